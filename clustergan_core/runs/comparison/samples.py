"""The clusters that several runs give the same samples, and how far two of them agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from clustergan_core.errors import RunError
from clustergan_core.evaluation.agreement import accuracy, ari, contingency_table, nmi
from clustergan_core.runs.run import Run


@dataclass(frozen=True)
class Assignment:
    """The clusters that one run gives some samples of its data."""

    run: Run
    indices: NDArray[np.int64]  # (N,) positions in the data set
    clusters: NDArray[np.int64]  # (N,)


@dataclass(frozen=True)
class CommonSamples:
    """Samples that several runs have all assigned; rows of `clusters` are runs."""

    runs: tuple[Run, ...]
    indices: NDArray[np.int64]  # (N,) positions in the data set, ascending
    clusters: NDArray[np.int64]  # (R, N)


@dataclass(frozen=True)
class ClusteringAgreement:
    """How far two clusterings of the same samples agree, without labels."""

    counts: NDArray[np.int64]  # (K left, K right) samples in each pair of clusters
    ari: float
    nmi: float
    one_to_one: float  # share of samples in clusters that are matched one to one


def find_common(assignments: Sequence[Assignment]) -> CommonSamples:
    """The samples that all runs have assigned; RunError where their data differs or no samples are shared."""
    first = assignments[0].run
    for other in (assignment.run for assignment in assignments[1:]):
        if other.config.dataset.digest != first.config.dataset.digest:
            one, another = first.config.dataset.name, other.config.dataset.name
            data = f"{one} and {another}" if one != another else f"two contents of {one}"
            raise RunError(
                f"{first.name} and {other.name} were trained on different data ({data}), so they have no samples in "
                "common: choose runs of the same data."
            )
    indices = reduce(np.intersect1d, (assignment.indices for assignment in assignments))
    if len(indices) == 0:
        names = " and ".join(assignment.run.name for assignment in assignments)
        raise RunError(f"{names} have no common samples in the chosen split: choose all samples.")
    clusters = np.stack([_clusters_of(assignment, indices) for assignment in assignments])
    return CommonSamples(tuple(assignment.run for assignment in assignments), indices, clusters)


def compare_two(common: CommonSamples) -> ClusteringAgreement:
    """The contingency table of two runs' clusters, and how far they agree."""
    left, right = common.clusters
    n_left, n_right = (run.config.n_clusters for run in common.runs)
    counts = contingency_table(left, right, n_left, n_right)
    return ClusteringAgreement(counts, ari(left, right), nmi(left, right), accuracy(left, right))


def _clusters_of(assignment: Assignment, indices: NDArray[np.int64]) -> NDArray[np.int64]:
    order = np.argsort(assignment.indices)
    return assignment.clusters[order[np.searchsorted(assignment.indices[order], indices)]]
