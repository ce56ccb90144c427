"""DATASETS: every named data set, built in or published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from clustergan_core.data.dataset import Dataset, Kind
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.published import cell_sets, cifar, coil, digit_tables, mnist, synthetic, usps
from clustergan_core.data.published.download import OnProgress, PublishedFile, fetch, find_local
from clustergan_core.errors import SettingsError

Fetch = Callable[[PublishedFile], Path]


@dataclass(frozen=True)
class DatasetSource:
    """What is known about a data set before it is loaded, and how to load it."""

    name: str
    title: str
    kind: Kind
    description: str
    shape: tuple[int, ...]
    n_samples: int
    n_labels: int
    licence: str
    load: Callable[[Fetch], Dataset] | None = None  # None for a count matrix, which `opening` reads and prepares
    files: tuple[PublishedFile, ...] = ()
    find_counts: Callable[[Fetch], Path] | None = None  # the file of a count matrix
    options: OwnDataOptions = field(default_factory=OwnDataOptions)  # of a count matrix, unless a person chooses others
    has_splits: bool = True  # False where there are so few samples that all are trained on and scored
    has_modes: bool = False  # whether `Dataset.modes` says which modes a generator should reach

    @property
    def is_built_in(self) -> bool:
        """Whether the set needs neither a file nor the network."""
        return not self.files


DATASETS: dict[str, DatasetSource] = {
    "digits": DatasetSource(
        name="digits",
        title="Digits (8×8)",
        kind="image",
        description="Small handwritten digits that come with scikit-learn; split 80/10/10.",
        shape=(1, 8, 8),
        n_samples=1797,
        n_labels=10,
        licence="BSD-3-clause (scikit-learn); data: UCI, CC BY 4.0",
        load=lambda _: digit_tables.load_digits(),
    ),
    "synthetic": DatasetSource(
        name="synthetic",
        title="Synthetic (4 components)",
        kind="table",
        description="The paper's 4 Gaussians in the plane, seen through two random sigmoid layers; split 80/10/10.",
        shape=(100,),
        n_samples=10000,
        n_labels=4,
        licence="MIT, drawn by this project",
        load=lambda _: synthetic.load_synthetic(),
    ),
    "gaussians-100d": DatasetSource(
        name="gaussians-100d",
        title="Gaussians in 100 dimensions",
        kind="table",
        description="The paper's toy of §2.5: 10 Gaussians, means within ±0.3, standard deviation 0.12.",
        shape=(100,),
        n_samples=10000,
        n_labels=10,
        licence="MIT, drawn by this project",
        load=lambda _: synthetic.load_gaussians(),
    ),
    "ring-8": DatasetSource(
        name="ring-8",
        title="Ring of 8 Gaussians",
        kind="table",
        description="8 narrow Gaussians on a circle in the plane: a generator is to reach them all.",
        shape=(2,),
        n_samples=10000,
        n_labels=8,
        licence="MIT, drawn by this project",
        load=lambda _: synthetic.load_ring(),
        has_modes=True,
    ),
    "corners-4": DatasetSource(
        name="corners-4",
        title="4 Gaussians in corners",
        kind="table",
        description="4 Gaussians in the corners of a square in the plane.",
        shape=(2,),
        n_samples=10000,
        n_labels=4,
        licence="MIT, drawn by this project",
        load=lambda _: synthetic.load_corners(),
        has_modes=True,
    ),
    "moons-80-20": DatasetSource(
        name="moons-80-20",
        title="Two moons, 80:20",
        kind="table",
        description="Two half circles in the plane that reach into each other, one four times as large as the other.",
        shape=(2,),
        n_samples=10000,
        n_labels=2,
        licence="MIT, drawn by this project",
        load=lambda _: synthetic.load_moons(),
        has_modes=True,
    ),
    "mnist": DatasetSource(
        name="mnist",
        title="MNIST",
        kind="image",
        description="Handwritten digits, 60,000 for training and 10,000 for testing.",
        shape=(1, 28, 28),
        n_samples=70000,
        n_labels=10,
        licence="none stated",
        load=mnist.load_mnist,
        files=mnist.MNIST_FILES,
    ),
    "mnist-2-70-30": DatasetSource(
        name="mnist-2-70-30",
        title="MNIST, 3 and 5 at 70:30",
        kind="image",
        description="MNIST's 3s and some of its 5s, which look alike.",
        shape=(1, 28, 28),
        n_samples=10202,
        n_labels=2,
        licence="none stated",
        load=lambda fetch: mnist.load_mnist_2(fetch, 0.7),
        files=mnist.MNIST_FILES,
    ),
    "mnist-2-90-10": DatasetSource(
        name="mnist-2-90-10",
        title="MNIST, 3 and 5 at 90:10",
        kind="image",
        description="MNIST's 3s and few of its 5s, which look alike.",
        shape=(1, 28, 28),
        n_samples=7934,
        n_labels=2,
        licence="none stated",
        load=lambda fetch: mnist.load_mnist_2(fetch, 0.9),
        files=mnist.MNIST_FILES,
    ),
    "mnist-5": DatasetSource(
        name="mnist-5",
        title="MNIST-5",
        kind="image",
        description="MNIST with its digits merged into five classes of 10 to 41%.",
        shape=(1, 28, 28),
        n_samples=70000,
        n_labels=5,
        licence="none stated",
        load=mnist.load_mnist_5,
        files=mnist.MNIST_FILES,
    ),
    "stacked-mnist": DatasetSource(
        name="stacked-mnist",
        title="Stacked MNIST",
        kind="image",
        description="Three random digits as the channels of an image: 1,000 modes to reach. Takes 2 GB of memory.",
        shape=(3, 28, 28),
        n_samples=128000,
        n_labels=1000,
        licence="none stated",
        load=mnist.load_stacked_mnist,
        files=mnist.MNIST_FILES,
        has_modes=True,
    ),
    "fashion": DatasetSource(
        name="fashion",
        title="Fashion-MNIST",
        kind="image",
        description="Clothes in 10 classes, 60,000 for training and 10,000 for testing.",
        shape=(1, 28, 28),
        n_samples=70000,
        n_labels=10,
        licence="MIT (Zalando SE)",
        load=mnist.load_fashion,
        files=mnist.FASHION_FILES,
    ),
    "fashion-5": DatasetSource(
        name="fashion-5",
        title="Fashion-5",
        kind="image",
        description="Fashion-MNIST with its classes merged into the paper's five.",
        shape=(1, 28, 28),
        n_samples=70000,
        n_labels=5,
        licence="MIT (Zalando SE)",
        load=mnist.load_fashion_5,
        files=mnist.FASHION_FILES,
    ),
    "pendigits": DatasetSource(
        name="pendigits",
        title="Pendigits",
        kind="table",
        description="Digits as 8 pen positions, 16 features; test digits come from writers not trained on.",
        shape=(16,),
        n_samples=10992,
        n_labels=10,
        licence="CC BY 4.0 (UCI); the copy states none",
        load=digit_tables.load_pendigits,
        files=digit_tables.PENDIGITS_FILES,
    ),
    "optdigits": DatasetSource(
        name="optdigits",
        title="Optical digits",
        kind="image",
        description="Handwritten digits as 8×8 images; the test part is what Digits (8×8) holds.",
        shape=(1, 8, 8),
        n_samples=5620,
        n_labels=10,
        licence="CC BY 4.0 (UCI); the copy states none",
        load=digit_tables.load_optdigits,
        files=digit_tables.OPTDIGITS_FILES,
    ),
    "usps": DatasetSource(
        name="usps",
        title="USPS",
        kind="image",
        description="Digits scanned from envelopes, 16×16, 7,291 for training and 2,007 for testing.",
        shape=(1, 16, 16),
        n_samples=9298,
        n_labels=10,
        licence="none stated",
        load=usps.load_usps,
        files=usps.USPS_FILES,
    ),
    "cifar10": DatasetSource(
        name="cifar10",
        title="CIFAR-10",
        kind="image",
        description="Colour photographs in 10 classes, 50,000 for training and 10,000 for testing.",
        shape=(3, 32, 32),
        n_samples=60000,
        n_labels=10,
        licence="none stated",
        load=cifar.load_cifar10,
        files=cifar.CIFAR_FILES,
    ),
    "cifar-2-70-30": DatasetSource(
        name="cifar-2-70-30",
        title="CIFAR-10, frogs and airplanes at 70:30",
        kind="image",
        description="CIFAR-10's frogs and some of its airplanes.",
        shape=(3, 32, 32),
        n_samples=8572,
        n_labels=2,
        licence="none stated",
        load=lambda fetch: cifar.load_cifar_2(fetch, 0.7),
        files=cifar.CIFAR_FILES,
    ),
    "cifar-2-90-10": DatasetSource(
        name="cifar-2-90-10",
        title="CIFAR-10, frogs and airplanes at 90:10",
        kind="image",
        description="CIFAR-10's frogs and few of its airplanes.",
        shape=(3, 32, 32),
        n_samples=6667,
        n_labels=2,
        licence="none stated",
        load=lambda fetch: cifar.load_cifar_2(fetch, 0.9),
        files=cifar.CIFAR_FILES,
    ),
    "coil20": DatasetSource(
        name="coil20",
        title="COIL-20",
        kind="image",
        description="20 objects on a turntable in grey, 72 views each; split 80/10/10.",
        shape=(1, 32, 32),
        n_samples=1440,
        n_labels=20,
        licence="none stated",
        load=coil.load_coil20,
        files=coil.COIL20_FILES,
    ),
    "coil100": DatasetSource(
        name="coil100",
        title="COIL-100",
        kind="image",
        description="100 objects on a turntable in colour, 72 views each; split 80/10/10.",
        shape=(3, 32, 32),
        n_samples=7200,
        n_labels=100,
        licence="none stated",
        load=coil.load_coil100,
        files=coil.COIL100_FILES,
    ),
    "pbmc68k_reduced": DatasetSource(
        name="pbmc68k_reduced",
        title="Blood cells (700 PBMC)",
        kind="expression",
        description="700 blood cells, 765 genes, log-normalised values; comes with scanpy. Labels: each cell's most "
        "similar sorted population.",
        shape=(765,),
        n_samples=700,
        n_labels=10,
        licence="BSD-3-clause (scanpy); data: 10x Genomics, Zheng et al. 2017",
        find_counts=lambda _: cell_sets.find_pbmc68k_reduced(),
        options=OwnDataOptions(labels="bulk_labels"),
        has_splits=False,
    ),
    "pbmc_facs": DatasetSource(
        name="pbmc_facs",
        title="Sorted blood cells (8 populations)",
        kind="expression",
        description="3,152 cells that were sorted before sequencing: a small version of the paper's 10x experiment, "
        "720 genes prepared as in the paper; split 80/10/10. Converted from fastTopics' pbmc_facs.RData, so there is "
        "nothing to download: put pbmc_facs.h5ad into the data folder.",
        shape=(720,),
        n_samples=3152,
        n_labels=8,
        licence="BSD-2-clause (fastTopics); data: 10x Genomics, Zheng et al. 2017",
        find_counts=lambda fetch: fetch(cell_sets.PBMC_FACS_FILE),
        files=(cell_sets.PBMC_FACS_FILE,),
        options=cell_sets.PBMC_FACS_OPTIONS,
    ),
}


def load_dataset(name: str, on_progress: OnProgress | None = None) -> Dataset:
    """Loads a set of DATASETS, downloading what is missing; `opening.open_dataset` opens count matrices.

    Raises SettingsError for an unknown name.
    """
    source = DATASETS.get(name)
    if source is None:
        raise SettingsError(f"There is no data set '{name}': choose one of {', '.join(DATASETS)}.")
    assert source.load is not None, f"{name} is a count matrix"
    return replace(source.load(lambda file: fetch(file, on_progress)), source=name)


def is_available(name: str) -> bool:
    """Whether every file is already in the data folder (unverified, no network); True for built-in sets."""
    return name in DATASETS and all(find_local(file) is not None for file in DATASETS[name].files)
