"""Alarms for over-correction: what moving the samples of an experiment together may have destroyed.

A sample of an experiment is a batch here, because a sample is one row of a data set in this code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from clustergan_core.cells.markers import MIN_CELLS, wilcoxon
from clustergan_core.evaluation.neighbours import nearest_neighbours

N_NEIGHBOURS = 15
LEAST_KEPT = 0.6  # of a cell's neighbours in its own sample
LONE_SHARE = 0.95  # of a cluster's cells in one sample
N_TOP_GENES = 20
# Of the top 20 of two samples. Labelled types share 5 to 18 in four data sets, types joined by mistake 0 to 4, unless
# they are alike (two kinds of T cells: 10) or a third sample has both.
LEAST_SHARED_GENES = 5
LEAST_CELLS = 10  # of a cluster in a sample, below which its top genes are noise


@dataclass(frozen=True)
class NeighboursLost:
    """Cells have lost neighbours that they had within their own sample."""

    kept_share: float  # below LEAST_KEPT

    @property
    def sentence(self) -> str:
        """For people."""
        return (
            f"Only {self.kept_share:.0%} of the neighbours that cells had within their own sample are still their "
            f"neighbours after correction (below {LEAST_KEPT:.0%}): differences within samples may be lost. Compare "
            "with the run without correction."
        )


@dataclass(frozen=True)
class OneSampleCluster:
    """A cluster that one sample holds nearly alone: a type that the others lack, or a part that was not mixed."""

    cluster: int
    sample: str
    share: float  # at least LONE_SHARE
    n_cells: int
    name: str = ""  # what a person calls the cluster

    @property
    def sentence(self) -> str:
        """For people."""
        return (
            f"{self.share:.0%} of the {self.n_cells:,} cells of {self.name or f'cluster {self.cluster}'} are from "
            f"{self.sample}: a type that the other samples lack, or cells that differ by sample alone. Look at its "
            "markers."
        )


@dataclass(frozen=True)
class GenesDisagree:
    """A cluster whose cells in two samples are marked by different genes."""

    cluster: int
    samples: tuple[str, str]
    n_shared: int  # of the N_TOP_GENES, below LEAST_SHARED_GENES
    name: str = ""  # what a person calls the cluster

    @property
    def sentence(self) -> str:
        """For people."""
        one, other = self.samples
        return (
            f"{self.name or f'Cluster {self.cluster}'} shares only {self.n_shared} of its top {N_TOP_GENES} genes "
            f"between {one} and {other}: it may hold two types. Look at its markers within each sample."
        )


@dataclass(frozen=True)
class ConditionIsSample:
    """Each condition has a single sample, so that differences between conditions and between samples are the same."""

    conditions: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """For people."""
        return (
            f"Each of the conditions {', '.join(self.conditions)} has one sample: what differs between conditions and "
            "what differs between samples cannot be told apart, and correction removes both."
        )


Alarm = NeighboursLost | OneSampleCluster | GenesDisagree | ConditionIsSample


def find_alarms(
    before: NDArray[np.float32],
    after: NDArray[np.float32],
    values: csc_matrix,
    batches: NDArray[np.int64],
    clusters: NDArray[np.int64],
    names: Sequence[str],
    conditions: Sequence[str],
) -> tuple[Alarm, ...]:
    """Every alarm of a correction of N cells, the most general first; none for one sample.

    `before` (N, D) and `after` (N, E) are the cells' places in spaces of one kind, such as principal components and
    Harmony's: an encoder keeps fewer neighbours than components do, corrected or not. `values` (N, G) are
    log-normalised expression, `batches` (N,) numbers into `names`, `clusters` (N,) any numbers. `conditions` has one
    of each sample, "" where it is not known.
    """
    if len(np.unique(batches)) < 2:
        return ()
    kept = own_neighbours_kept(before, after, batches)
    lost = [NeighboursLost(kept)] if kept < LEAST_KEPT else []
    return (
        *_find_identical(conditions),
        *lost,
        *find_lone(batches, clusters, names),
        *_find_disagreeing(values, batches, clusters, names),
    )


def own_neighbours_kept(before: NDArray[np.float32], after: NDArray[np.float32], batches: NDArray[np.int64]) -> float:
    """The share of each cell's 15 nearest in its own sample that are among its 15 nearest there after correction too.

    Both are searched within the sample alone, so that cells of other samples coming near cost nothing.
    """
    n_kept = n_all = 0
    for batch in np.unique(batches):
        own = batches == batch
        one, other = nearest_neighbours(before[own], N_NEIGHBOURS), nearest_neighbours(after[own], N_NEIGHBOURS)
        n_kept += int((one[:, :, None] == other[:, None, :]).any(axis=2).sum())
        n_all += one.size
    return n_kept / n_all if n_all else 1.0


def top_genes(
    values: csc_matrix, batches: NDArray[np.int64], clusters: NDArray[np.int64], n_top: int = N_TOP_GENES
) -> dict[int, dict[int, frozenset[int]]]:
    """The genes that mark each cluster within each sample: {cluster: {batch: columns of `values` (N, G)}}.

    Ranked by Wilcoxon's test of the cluster's cells against the other cells of the same sample. A cluster with fewer
    than 10 cells in a sample, or with all of the sample's cells, has none there.
    """
    numbers = np.unique(clusters)
    found: dict[int, dict[int, frozenset[int]]] = {int(cluster): {} for cluster in numbers}
    for batch in np.unique(batches):
        rows = np.flatnonzero(batches == batch)
        present, groups, sizes = np.unique(clusters[rows], return_inverse=True, return_counts=True)
        if len(present) < 2:
            continue
        own = csc_matrix(values[rows])
        tested = np.flatnonzero(np.diff(own.indptr) >= MIN_CELLS)
        scores = wilcoxon(csc_matrix(own[:, tested]), groups.astype(np.int64), len(present)).score
        for group, cluster in enumerate(present):
            if sizes[group] >= LEAST_CELLS:
                best = np.argsort(-scores[group], kind="stable")[:n_top]
                found[int(cluster)][int(batch)] = frozenset(tested[best].tolist())
    return found


def find_lone(batches: NDArray[np.int64], clusters: NDArray[np.int64], names: Sequence[str]) -> list[OneSampleCluster]:
    """The clusters (N,), or types, of which one of the batches (N,), called by its name, holds 95% or more."""
    lone = []
    for cluster in np.unique(clusters):
        counts = np.bincount(batches[clusters == cluster], minlength=len(names))
        share = float(counts.max() / counts.sum())
        if share >= LONE_SHARE:
            lone.append(OneSampleCluster(int(cluster), names[int(counts.argmax())], share, int(counts.sum())))
    return lone


def name_clusters(alarms: Iterable[Alarm], name_of: Callable[[int], str]) -> tuple[Alarm, ...]:
    """The alarms with what a person calls their clusters, by number."""
    return tuple(
        replace(alarm, name=name_of(alarm.cluster)) if isinstance(alarm, OneSampleCluster | GenesDisagree) else alarm
        for alarm in alarms
    )


def _find_identical(conditions: Sequence[str]) -> list[ConditionIsSample]:
    counts = Counter(conditions)
    is_told = "" not in counts and len(counts) > 1
    return [ConditionIsSample(tuple(counts))] if is_told and max(counts.values()) == 1 else []


def _find_disagreeing(
    values: csc_matrix, batches: NDArray[np.int64], clusters: NDArray[np.int64], names: Sequence[str]
) -> list[GenesDisagree]:
    """At most one alarm a cluster: that of the two samples that share the fewest genes."""
    disagreeing = []
    for cluster, of_batch in top_genes(values, batches, clusters).items():
        shared = [(len(of_batch[one] & of_batch[other]), one, other) for one, other in combinations(of_batch, 2)]
        if shared and min(shared)[0] < LEAST_SHARED_GENES:
            n_shared, one, other = min(shared)
            disagreeing.append(GenesDisagree(cluster, (names[one], names[other]), n_shared))
    return disagreeing
