"""Sweeps that papers report, and the rows they print.

Table 3 of ClusterGAN (arXiv 1809.03627) varies K on MNIST and gives purity, the best of five runs by validation purity.
The sensitivity study of Li and Dama ("Clustering with GANs", a reproduction with VAE+GMM) varies the size of z_n, its
spread, the batch size and K on MNIST and gives the cluster accuracy of single runs; it prints the spread as "variance",
which is understood here as the σ of ClusterGAN's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

SweepPresetName = Literal["k-robustness", "z-size", "sigma", "batch-size"]


@dataclass(frozen=True)
class SweepPreset:
    """A setting and the values a paper gave it."""

    name: SweepPresetName
    title: str
    setting: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class PaperRow:
    """A printed row: one score at each value of a setting."""

    source: str
    score: str  # the score of ours that it is compared with
    figures: Mapping[Any, float]


SWEEP_PRESETS: dict[SweepPresetName, SweepPreset] = {
    "k-robustness": SweepPreset("k-robustness", "K (Table 3)", "n_clusters", (7, 9, 10, 11, 13)),
    "z-size": SweepPreset("z-size", "Size of z_n", "n_normal", (10, 20, 30, 50)),
    "sigma": SweepPreset("sigma", "σ of z_n", "sigma", (0.1, 0.5, 0.75, 1.0)),
    "batch-size": SweepPreset("batch-size", "Batch size", "batch_size", (32, 64, 128, 256, 1024)),
}

_PAPER = "ClusterGAN, Table 3 (purity, best of five)"
_STUDY = "Li and Dama (cluster accuracy, single runs)"
_MNIST_ROWS: dict[str, tuple[PaperRow, ...]] = {
    "n_clusters": (
        PaperRow(_PAPER, "purity", MappingProxyType({7: 0.72, 9: 0.80, 10: 0.95, 11: 0.90, 13: 0.84})),
        PaperRow(_STUDY, "purity", MappingProxyType({7: 0.632, 9: 0.846, 10: 0.951, 11: 0.888, 13: 0.855})),
    ),
    "n_normal": (PaperRow(_STUDY, "purity", MappingProxyType({10: 0.861, 20: 0.928, 30: 0.935, 50: 0.577})),),
    "sigma": (PaperRow(_STUDY, "purity", MappingProxyType({0.1: 0.951, 0.5: 0.887, 0.75: 0.935, 1.0: 0.598})),),
    "batch_size": (
        PaperRow(_STUDY, "purity", MappingProxyType({32: 0.960, 64: 0.951, 128: 0.812, 256: 0.711, 1024: 0.384})),
    ),
}


def paper_rows(dataset: str, setting: str) -> tuple[PaperRow, ...]:
    """The rows that papers print for a data set and a setting; none for most."""
    return _MNIST_ROWS.get(setting, ()) if dataset == "mnist" else ()


def values_of(preset: SweepPreset, n_labels: int | None) -> tuple[Any, ...]:
    """The preset's values; K depends on the number of labels L as in Table 3: L − 3, L − 1, L, L + 1, L + 3.

    Values below two clusters are left out.
    """
    if preset.setting != "n_clusters" or n_labels is None:
        return preset.values
    return tuple(k for k in (n_labels - 3, n_labels - 1, n_labels, n_labels + 1, n_labels + 3) if k >= 2)
