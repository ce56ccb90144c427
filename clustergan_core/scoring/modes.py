"""One line for each mode of a run: its usage, its label and purity, and whether it is empty or repeats another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED, Dataset
from clustergan_core.evaluation.label_free import usage
from clustergan_core.evaluation.modes import duplicate_modes, empty_modes, mode_distances, mode_labels
from clustergan_core.generation import generate_modes
from clustergan_core.scoring.latents import RunLatents

if TYPE_CHECKING:
    from clustergan_core.method import Method

NEEDS_DATA = "needs the data"
NEEDS_LABELS = "needs labels"
_N_COMPARED_SAMPLES = 960  # generated to compare modes, over all modes; at least 8 a mode


@dataclass(frozen=True)
class ModeSummary:
    """What is known of the K modes; arrays are None where `missing` or the absence of latents says why."""

    n_clusters: int
    n_samples: int  # assigned samples that usage and purity are counted over; 0 while there are none
    usage: NDArray[np.float64] | None  # (K,) fractions
    purity: NDArray[np.float64] | None  # (K,), NaN for a mode without a labelled sample
    labels: tuple[str | None, ...] | None  # (K,) most frequent label
    missing: str  # why there is no purity: NEEDS_DATA, NEEDS_LABELS, or ""
    is_empty: NDArray[np.bool_]  # (K,); all False while the usage is unknown
    duplicates: tuple[tuple[int, ...], ...]  # (K,) other modes whose samples look nearly the same

    def order(self, by_usage: bool) -> NDArray[np.int64]:
        """Mode numbers (K,), ascending or the most used first; by number where the usage is unknown."""
        if by_usage and self.usage is not None:
            return np.argsort(-self.usage, kind="stable")
        return np.arange(self.n_clusters)

    def flags(self, mode: int) -> list[str]:
        """What is wrong with a mode, in words."""
        flags = ["empty"] if self.is_empty[mode] else []
        if self.duplicates[mode]:
            flags.append(f"like mode {', '.join(map(str, self.duplicates[mode]))}")
        return flags

    def table(self) -> pd.DataFrame:
        """A row a mode: mode, samples, usage, purity, label, flags. Unknown figures are missing values."""
        modes = range(self.n_clusters)
        unknown = np.full(self.n_clusters, np.nan)
        share = unknown if self.usage is None else self.usage
        return pd.DataFrame(
            {
                "mode": list(modes),
                "samples": pd.array(
                    [None] * self.n_clusters if self.usage is None else np.rint(share * self.n_samples).tolist(),
                    dtype="Int64",
                ),
                "usage": share,
                "purity": unknown if self.purity is None else self.purity,
                "label": [self.missing or None] * self.n_clusters if self.labels is None else list(self.labels),
                "flags": ["; ".join(self.flags(mode)) for mode in modes],
            }
        )


def summarise_modes(method: Method, latents: RunLatents | None, dataset: Dataset | None) -> ModeSummary:
    """Summary of a method's modes over the samples in `latents`; either of the two others may be absent.

    RunError for a method without modes.
    """
    method.require("modes")
    n_clusters = method.prior.n_clusters
    duplicates = find_duplicates(method)
    if latents is None:
        nothing = np.zeros(n_clusters, dtype=bool)
        return ModeSummary(n_clusters, 0, None, None, None, NEEDS_DATA, nothing, duplicates)
    share = usage(latents.clusters, n_clusters)
    purity, names, missing = _label_modes(latents, dataset, n_clusters)
    return ModeSummary(n_clusters, len(latents.clusters), share, purity, names, missing, empty_modes(share), duplicates)


def find_duplicates(method: Method) -> tuple[tuple[int, ...], ...]:
    """For each mode the modes whose generated samples are nearly the same."""
    n_samples = min(64, max(8, _N_COMPARED_SAMPLES // method.prior.n_clusters))
    return duplicate_modes(mode_distances(generate_modes(method, n_samples)))


def _label_modes(
    latents: RunLatents, dataset: Dataset | None, n_clusters: int
) -> tuple[NDArray[np.float64] | None, tuple[str | None, ...] | None, str]:
    """Purity and label of each mode, and why there are none."""
    if dataset is None:
        return None, None, NEEDS_DATA
    labels = None if dataset.labels is None else dataset.labels[latents.indices]
    if labels is None or not (labels != UNLABELLED).any():
        return None, None, NEEDS_LABELS
    nearest, purity = mode_labels(labels, latents.clusters, n_clusters, len(dataset.label_names))
    names = tuple(None if label == UNLABELLED else dataset.label_names[label] for label in nearest)
    return purity, names, ""
