"""Sweeps that papers report, and the rows they print.

Table 3 of ClusterGAN (arXiv 1809.03627) varies K on MNIST and gives purity, the best of five runs by validation purity.
The sensitivity study of Li and Dama ("Clustering with GANs", a reproduction with VAE+GMM), Tables 6 to 9, varies the
size of z_n, its spread, the batch size and K on MNIST and gives cluster accuracy, NMI and ARI of single runs. It prints
the spread as "variance", which is understood here as the σ of ClusterGAN's code, and multiplies the learning rate by
batch size / 64. A row is shown only beside runs with the settings that its table states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

SweepPresetName = Literal["k-robustness", "z-size", "sigma", "batch-size"]

SCALED_RATES = ("learning_rate", "encoder_learning_rate")  # of the game, which the batch size is of


@dataclass(frozen=True)
class SweepPreset:
    """A setting and the values a paper gave it, with what else its table states."""

    name: SweepPresetName
    title: str
    setting: str
    values: tuple[Any, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)  # settings that differ from the paper's usual ones
    scales_rate: bool = False  # whether the learning rate is multiplied by batch size / the usual batch size


@dataclass(frozen=True)
class PaperRow:
    """A printed row: one score at each value of a setting."""

    source: str
    score: str  # the score of ours that it is compared with
    figures: Mapping[Any, float]
    fixed: Mapping[str, Any]  # the other settings of its table
    scales_rate: bool = False

    def is_comparable(self, settings: Mapping[str, Any], scales_rate: bool) -> bool:
        """Whether a sweep with these shared settings repeats the table's."""
        return scales_rate == self.scales_rate and all(settings.get(name) == self.fixed[name] for name in self.fixed)


SWEEP_PRESETS: dict[SweepPresetName, SweepPreset] = {
    "k-robustness": SweepPreset("k-robustness", "K (Table 3)", "n_clusters", (7, 9, 10, 11, 13)),
    "z-size": SweepPreset("z-size", "Size of z_n", "n_normal", (10, 20, 30, 50), {"sigma": 0.75}),
    "sigma": SweepPreset("sigma", "σ of z_n", "sigma", (0.1, 0.5, 0.75, 1.0)),
    "batch-size": SweepPreset("batch-size", "Batch size", "batch_size", (32, 64, 128, 256, 1024), scales_rate=True),
}

_MNIST: dict[str, Any] = {"n_clusters": 10, "n_normal": 30, "sigma": 0.1, "batch_size": 64}


def _study_rows(
    number: int, setting: str, rows: Mapping[Any, tuple[float, float, float]], scales_rate: bool = False, **fixed: Any
) -> tuple[PaperRow, ...]:
    """A table of the study: cluster accuracy, NMI and ARI at each value."""
    shared = {name: value for name, value in (_MNIST | fixed).items() if name != setting}
    scores = (("cluster_accuracy", "cluster accuracy"), ("nmi", "NMI"), ("ari", "ARI"))
    return tuple(
        PaperRow(
            f"Li and Dama, Table {number} ({title}, single runs)",
            name,
            MappingProxyType({value: row[index] for value, row in rows.items()}),
            MappingProxyType(shared),
            scales_rate,
        )
        for index, (name, title) in enumerate(scores)
    )


_MNIST_ROWS: dict[str, tuple[PaperRow, ...]] = {
    "n_clusters": (
        PaperRow(
            "ClusterGAN, Table 3 (purity, best of five)",
            "purity",
            MappingProxyType({7: 0.72, 9: 0.80, 10: 0.95, 11: 0.90, 13: 0.84}),
            MappingProxyType({"n_normal": 30, "sigma": 0.1, "batch_size": 64}),
        ),
        *_study_rows(
            9,
            "n_clusters",
            {
                7: (0.632, 0.712, 0.564),
                9: (0.846, 0.836, 0.787),
                10: (0.951, 0.898, 0.896),
                11: (0.888, 0.837, 0.770),
                13: (0.855, 0.790, 0.716),
            },
        ),
    ),
    "n_normal": _study_rows(
        6,
        "n_normal",
        {
            10: (0.861, 0.833, 0.791),
            20: (0.928, 0.863, 0.851),
            30: (0.935, 0.872, 0.864),
            50: (0.577, 0.510, 0.336),
        },
        sigma=0.75,
    ),
    "sigma": _study_rows(
        7,
        "sigma",
        {
            0.1: (0.951, 0.898, 0.896),
            0.5: (0.887, 0.826, 0.792),
            0.75: (0.935, 0.872, 0.864),
            1.0: (0.598, 0.600, 0.435),
        },
    ),
    "batch_size": _study_rows(
        8,
        "batch_size",
        {
            32: (0.960, 0.913, 0.914),
            64: (0.951, 0.898, 0.896),
            128: (0.812, 0.787, 0.723),
            256: (0.711, 0.726, 0.623),
            1024: (0.384, 0.288, 0.208),
        },
        scales_rate=True,
    ),
}


def paper_rows(dataset: str, setting: str, settings: Mapping[str, Any], scales_rate: bool) -> tuple[PaperRow, ...]:
    """The rows that papers print for a data set and a setting, of tables whose other settings are these."""
    rows = _MNIST_ROWS.get(setting, ()) if dataset == "mnist" else ()
    return tuple(row for row in rows if row.is_comparable(settings, scales_rate))


def values_of(preset: SweepPreset, n_labels: int | None) -> tuple[Any, ...]:
    """The preset's values; K depends on the number of labels L as in Table 3: L − 3, L − 1, L, L + 1, L + 3.

    Values below two clusters are left out.
    """
    if preset.setting != "n_clusters" or n_labels is None:
        return preset.values
    return tuple(k for k in (n_labels - 3, n_labels - 1, n_labels, n_labels + 1, n_labels + 3) if k >= 2)
