"""Tables I to IV of NEMGAN (Mishra et al., "Effect of the latent structure on clustering with GANs", arXiv 2005.02435).

The text that these were read from is damaged: rows are lost in Table I and IV, and those of Table II have slipped by a
line. A figure whose row is not certain is left out.
"""

from __future__ import annotations

from dataclasses import replace

from clustergan_core.paper_tables.clustergan import ARI, CLUSTERGAN, FRECHET, INFOGAN, NMI, PURITY
from clustergan_core.paper_tables.facts import Measure, Paper, PaperTable, TableColumn, TableRow, by_column

WGAN = TableRow("WGAN", "wgan-gp", {"prior": "normal"}, "None of the three conditions.")
DELIGAN = TableRow("DeLiGAN", "deligan", note="C1, a latent space with modes.")
ALI = TableRow("ALI / BiGAN", "bigan", note="C2, an inverter; ours is BiGAN.")
NEMGAN = TableRow("NEMGAN", "nemgan", note="C1, C2 and C3, modes of the masses that the classes have.")
LEARNED = TableRow("NEMGAN, learned masses", "nemgan-labelled", note="Learns from the labels of 1% of the samples.")

MNIST_2_70 = TableColumn("MNIST-2, 70:30", "mnist-2-70-30", masses="0.7 0.3")
MNIST_2_90 = TableColumn("MNIST-2, 90:10", "mnist-2-90-10", masses="0.9 0.1")
MNIST_5 = TableColumn("MNIST-5", "mnist-5", masses="0.3 0.1 0.4 0.1 0.1")
FASHION_5 = TableColumn("FMNIST-5", "fashion-5", masses="0.3 0.1 0.3 0.2 0.1")
CIFAR_2_70 = TableColumn("CIFAR-2, 70:30", "cifar-2-70-30", masses="0.7 0.3")
CIFAR_2_90 = TableColumn("CIFAR-2, 90:10", "cifar-2-90-10", masses="0.9 0.1")
CELEBA = TableColumn("CelebA", note="CelebA, black hair or not: pictures that you bring (docs/data.md).")

MEASURES = (PURITY, NMI, ARI, FRECHET)
UNSTATED = "One figure each; the number of runs is not stated."
ACC_IS_PURITY = "The authors' code computes purity of k-means on the inverter's output; the paper calls it “ACC”."

TABLE_I = PaperTable(
    name="table-i",
    title="Table I: unbalanced grey images",
    rows=(WGAN, DELIGAN, ALI, CLUSTERGAN, NEMGAN),
    columns=(MNIST_2_70, MNIST_2_90, MNIST_5, FASHION_5),
    measures=MEASURES,
    selection=UNSTATED,
    figures=by_column(
        {
            "MNIST-2, 70:30": {
                "WGAN": (0.64, 0.06, 0.08, 19.76),
                "DeLiGAN": (0.66, 0.13, 0.11, 10.14),
                "ALI / BiGAN": (0.75, 0.20, 0.25, 15.11),
                "NEMGAN": (0.98, 0.89, 0.93, 1.33),
            },
            "MNIST-2, 90:10": {
                "WGAN": (0.64, 0.09, 0.07, 20.32),
                "DeLiGAN": (0.59, 0.15, 0.13, 11.45),
                "ALI / BiGAN": (0.61, 0.24, 0.25, 10.84),
                "NEMGAN": (0.98, 0.86, 0.91, 1.66),
            },
            "MNIST-5": {
                "WGAN": (0.51, 0.21, 0.19, 20.64),
                "DeLiGAN": (0.71, 0.55, 0.52, 12.07),
                "ALI / BiGAN": (0.76, 0.59, 0.64, 15.31),
                "NEMGAN": (0.96, 0.89, 0.89, 1.13),
            },
            "FMNIST-5": {
                "WGAN": (0.62, 0.30, 0.30, 10.46),
                "DeLiGAN": (0.77, 0.66, 0.61, 5.41),
                "ALI / BiGAN": (0.75, 0.68, 0.65, 9.20),
                "NEMGAN": (0.92, 0.81, 0.81, 0.69),
            },
        }
    ),
    notes=(ACC_IS_PURITY, "ClusterGAN's row is lost in the text that these figures were read from."),
)

TABLE_II = PaperTable(
    name="table-ii",
    title="Table II: unbalanced colour images",
    rows=(WGAN, DELIGAN, ALI, CLUSTERGAN, NEMGAN),
    columns=(CIFAR_2_70, CIFAR_2_90, CELEBA),
    measures=MEASURES,
    selection=UNSTATED,
    figures=by_column(
        {
            "CIFAR-2, 70:30": {
                "WGAN": (0.66, 0.41, 0.46, 55.54),
                "DeLiGAN": (0.70, 0.51, 0.54, 42.87),
                "ALI / BiGAN": (0.75, 0.60, 0.63, 47.35),
                "ClusterGAN": (0.72, 0.68, 0.65, 44.38),
                "NEMGAN": (0.88, 0.70, 0.75, 31.15),
            },
            "CIFAR-2, 90:10": {
                "WGAN": (0.50, 0.19, 0.17, 58.45),
                "DeLiGAN": (0.54, 0.18, 0.29, 43.87),
                "ALI / BiGAN": (0.63, 0.26, 0.39, 48.16),
                "ClusterGAN": (0.67, 0.22, 0.21, 42.01),
                "NEMGAN": (0.83, 0.26, 0.28, 32.86),
            },
            "CelebA": {
                "WGAN": (0.55, 0.02, 0.01, 150.2),
                "DeLiGAN": (0.58, 0.15, 0.14, 110.9),
            },
        }
    ),
    notes=(
        ACC_IS_PURITY,
        "The rows have slipped by a line in the text that these figures were read from, and CelebA's best are lost: "
        "which method a figure belongs to is our reading.",
    ),
)


LEARNED_MASS, TRUE_MASS = Measure("Learned mass", ""), Measure("True mass", "")
_ONE_PERCENT = {  # of the training samples
    "MNIST-2, 70:30": 79,
    "MNIST-2, 90:10": 61,
    "MNIST-5": 540,
    "FMNIST-5": 540,
    "CIFAR-2, 70:30": 64,
    "CIFAR-2, 90:10": 50,
}


def _classes(count: int) -> tuple[TableRow, ...]:
    """A row for the mass of each mode, which has the number of its label."""
    return tuple(
        TableRow(f"Class {number}", "nemgan-labelled", scores={LEARNED_MASS.title: f"mode_mass_{number}"})
        for number in range(1, count + 1)
    )


def _with_labels(column: TableColumn) -> TableColumn:
    n_labelled = _ONE_PERCENT.get(column.title)
    return replace(column, settings={"n_labelled": n_labelled} if n_labelled else {})


_LEARNED_MASSES: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "MNIST-2, 70:30": ((0.709, 0.291), (0.7, 0.3)),
    "MNIST-2, 90:10": ((0.891, 0.109), (0.9, 0.1)),
    "MNIST-5": ((0.291, 0.095, 0.419, 0.095, 0.099), (0.3, 0.1, 0.4, 0.1, 0.1)),
    "FMNIST-5": ((0.304, 0.096, 0.284, 0.220, 0.096), (0.3, 0.1, 0.3, 0.2, 0.1)),
    "CIFAR-2, 70:30": ((0.679, 0.321), (0.7, 0.3)),
    "CIFAR-2, 90:10": ((0.876, 0.124), (0.9, 0.1)),
    "CelebA": ((0.272, 0.727), (0.239, 0.761)),
}

TABLE_III = PaperTable(
    name="table-iii",
    title="Table III: masses learned from 1% of the labels",
    rows=_classes(5),
    columns=tuple(map(_with_labels, (MNIST_2_70, MNIST_2_90, MNIST_5, FASHION_5, CIFAR_2_70, CIFAR_2_90, CELEBA))),
    measures=(LEARNED_MASS, TRUE_MASS),
    selection=UNSTATED,
    figures={
        (f"Class {number}", column): pair
        for column, (learned, true) in _LEARNED_MASSES.items()
        for number, pair in enumerate(zip(learned, true, strict=True), 1)
    },
)

TABLE_IV = PaperTable(
    name="table-iv",
    title="Table IV: balanced data",
    rows=(INFOGAN, CLUSTERGAN, NEMGAN),
    columns=(
        TableColumn("MNIST", "mnist"),
        TableColumn("FMNIST", "fashion"),
        TableColumn("CIFAR-10", "cifar10"),
    ),
    measures=MEASURES,
    selection=UNSTATED,
    figures=by_column(
        {
            "MNIST": {"InfoGAN": (0.89, 0.86, 0.82, 8.74), "ClusterGAN": (0.95, 0.89, 0.89, 1.84)},
            "FMNIST": {"InfoGAN": (0.61, 0.59, 0.44, 12.44), "ClusterGAN": (0.63, 0.64, 0.50, 0.56)},
            "CIFAR-10": {"NEMGAN": (0.67, 0.76, 0.72, 26.35)},
        }
    ),
    notes=(
        "Purity, NMI and ARI of InfoGAN and ClusterGAN are those of ClusterGAN's own Table 1. In the text that these "
        "figures were read from, the methods of the other rows cannot be told.",
    ),
)

PRIORS = ("one-hot", "mixture", "normal", "uniform")
_BY_PRIOR = tuple(
    TableRow(f"WGAN-GP, {prior} prior", "wgan-gp", {} if prior == "one-hot" else {"prior": prior}) for prior in PRIORS
)

MODE_COUNTING = PaperTable(
    name="mode-counting",
    title="Mode counting: planted groups that a generator is to reach",
    rows=(*_BY_PRIOR, DELIGAN, CLUSTERGAN, NEMGAN),
    columns=(
        TableColumn("Ring of 8", "ring-8"),
        TableColumn("Corners, 4", "corners-4"),
        TableColumn("Moons, 80:20", "moons-80-20", masses="0.8 0.2"),
    ),
    measures=(
        Measure("Modes reached", "n_reached"),
        Measure("Share of strays", "stray_share", lower_is_better=True),
        Measure("KL of the modes' shares", "divergence", lower_is_better=True),
        PURITY,
    ),
    selection="Nothing legible: the paper's figures of the ring and the moons are pictures.",
    figures={},
    notes=(
        "Of 2,500 generated samples, one within 3 standard deviations of a mean belongs to its mode; the others are "
        "strays. Moons: within 3 standard deviations of the arc. The weights are those of the end of training.",
        "Elsewhere the ring reads: GAN 6.3 modes, ALI 6.6, PacGAN2 7.9 (arXiv 1712.04086).",
    ),
)

PAPER = Paper(
    name="nemgan",
    short="NEMGAN",
    title="Effect of the Latent Structure on Clustering with GANs (NEMGAN)",
    authors="Mishra, Jayendran and Prathosh",
    reference="arXiv 2005.02435",
    claims="A GAN generates faithful clusters only if its latent space has modes (C1), an inverter recovers them (C2), "
    "and their masses are those of the classes (C3). NEMGAN has all three, which puts it ahead of methods with fewer "
    "where classes are unbalanced, and it learns the masses from labels of 1% of the samples.",
    tables=(TABLE_I, TABLE_II, TABLE_III, TABLE_IV, MODE_COUNTING),
)
