"""The two ends of a walk in several independently trained runs, whose clusters are matched with those of one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.evaluation.matching import match_clusters

LEAST_OVERLAP = 0.5  # Jaccard index below which a run does not have the type; above it no other cluster can match
LEAST_CELLS = 30  # of each type, in each run: fewer leave no thirds to read


@dataclass(frozen=True)
class WalkEnds:
    """The cells that a run puts at the two ends of a walk."""

    starts: NDArray[np.bool_]  # (N,)
    finishes: NDArray[np.bool_]  # (N,)
    overlap: float  # the smaller Jaccard index of the two types with those of the run that names them
    run: int  # position of the run
    modes: tuple[int, int]  # what the run calls the types at the start and at the finish

    @property
    def n_smaller(self) -> int:
        """The number of cells of the smaller type."""
        return int(min(self.starts.sum(), self.finishes.sum()))


def find_ends(clusterings: Sequence[NDArray[np.int64]], start: int, finish: int) -> list[WalkEnds]:
    """The ends of the walk from cluster `start` to `finish` of the first clustering (N,), in each that has both.

    A clustering has them if the clusters that it is matched with share at least half of their cells (Jaccard index),
    and if both hold at least LEAST_CELLS. Clusters are negative for cells that a run did not read.
    """
    reference = clusterings[0]
    n_reference = int(max(reference.max(), start, finish)) + 1
    ends = []
    for run, clusters in enumerate(clusterings):
        matching = match_clusters(reference, clusters, n_reference, int(clusters.max()) + 1)
        overlap = float(matching.overlaps[[start, finish]].min())
        if overlap < LEAST_OVERLAP:
            continue
        modes = (int(matching.partners[start]), int(matching.partners[finish]))
        found = WalkEnds(clusters == modes[0], clusters == modes[1], overlap, run, modes)
        if found.n_smaller >= LEAST_CELLS:
            ends.append(found)
    return ends
