"""How many neighbours of a cell are from another sample, and how many would be if samples made no difference.

A sample of an experiment is a batch here, because a sample is one row of a data set in this code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, draw_subset
from clustergan_core.evaluation.clusterings import kmeans_cells
from clustergan_core.evaluation.integration import harmony_components
from clustergan_core.evaluation.neighbours import project, search_nearest

N_NEIGHBOURS = 15
# Of the expected share. One sample split at random reaches .98 to 1.01, and .85 if the halves also differ in how many
# cells of each type they hold; the samples of four experiments reach .06 to .61 (docs/measurements.md).
LEAST_RATIO = 0.8
MAX_CELLS = 10_000  # more are drawn from: the shares are within a percentage point of those of all
LEAST_CELLS = 50
N_GROUPS = 15  # in Harmony's components, within which samples are expected to be mixed
N_STARTS = 3
LONE_SHARE = 0.95  # of a group's cells in one sample
MOST_LONE = 0.5  # of all cells


@dataclass(frozen=True)
class Crossing:
    """The share of the neighbours of all cells that are from another batch, and what mixing would give."""

    share: float
    expected: float  # if the cells of each group were mixed; 0 where each group is of one batch

    @property
    def ratio(self) -> float:
        """The share over the expected one, 1 for mixed batches; 1 too where nothing can cross."""
        return self.share / self.expected if self.expected else 1.0

    @property
    def is_mixed(self) -> bool:
        """Whether batches make little difference."""
        return self.ratio >= LEAST_RATIO

    @property
    def shares(self) -> str:
        """Both shares, for people."""
        return (
            f"{self.share:.0%} of a cell's nearest neighbours are from another sample, where {self.expected:.0%} would "
            "be if samples made no difference"
        )


def cross_neighbours(points: NDArray[np.float32], batches: NDArray[np.int64], groups: NDArray[np.int64]) -> Crossing:
    """Counts batches (N,) among the 15 nearest of each point (N, D), and expects those of its group (N,).

    The expected share of a point is that of the other batches among all other points of its group, so that groups which
    one batch holds alone are not expected to cross.
    """
    neighbours = search_nearest(points, min(N_NEIGHBOURS, len(points) - 1))[0]
    return Crossing(float((batches[neighbours] != batches[:, None]).mean()), share_of_others(batches, groups))


def share_of_others(batches: NDArray[np.int64], groups: NDArray[np.int64]) -> float:
    """The share of other batches (N,) among the other members of a point's group (N,), averaged over points."""
    codes, numbers = (np.unique(values, return_inverse=True)[1] for values in (batches, groups))
    counts = np.zeros((numbers.max() + 1, codes.max() + 1), dtype=np.int64)
    np.add.at(counts, (numbers, codes), 1)
    sizes = counts.sum(axis=1)[numbers]
    return float(((sizes - counts[numbers, codes]) / np.maximum(sizes - 1, 1)).mean())


def cross_uncorrected(samples: NDArray[np.float32], batches: NDArray[np.int64]) -> Crossing | None:
    """How far batches (N,) mix by themselves: neighbours in principal components of samples (N, ...), without labels.

    Groups are found by k-means in Harmony's components. Without them, batches that differ in their composition alone
    would count as apart. Where most samples are in groups of one batch, though, Harmony has not brought the batches
    together, and all samples are one group. None for one batch, and for too few samples to have neighbours.
    """
    if len(np.unique(batches)) < 2 or len(samples) < LEAST_CELLS:
        return None
    rows = draw_subset(len(samples), MAX_CELLS, DATA_SEED)
    drawn, codes = samples[rows].reshape(len(rows), -1), batches[rows]
    groups = kmeans_cells(harmony_components(drawn, codes), N_GROUPS, n_starts=N_STARTS)
    if _share_in_lone_groups(codes, groups) > MOST_LONE:
        groups = np.zeros_like(groups)
    return cross_neighbours(project(drawn), codes, groups)


def _share_in_lone_groups(batches: NDArray[np.int64], groups: NDArray[np.int64]) -> float:
    """The share of samples whose group is of one batch, but for one in twenty."""
    members = [batches[groups == group] for group in np.unique(groups)]
    return sum(len(own) for own in members if np.bincount(own).max() >= LONE_SHARE * len(own)) / len(groups)
