"""Whether data has groups at all, before anyone asks how many.

k-means finds clusters in anything, so its clusters are compared with those of a reference that has none: one normal
distribution with the data's spread in each principal component, as the gap statistic compares (Tibshirani, Walther &
Hastie, J. R. Statist. Soc. B 63, 2001). What is compared is how much a sample's cluster tells about its neighbours'.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clustergan_core.evaluation.clusterings import kmeans_cells
from clustergan_core.evaluation.label_free import information_of_neighbours
from clustergan_core.evaluation.neighbours import nearest_neighbours

CANDIDATES = (2, 3, 5, 8, 12, 20)
N_NEIGHBOURS = 15
N_STARTS, N_REFERENCE_STARTS = 3, 2
LEAST_PER_CLUSTER = 10  # samples: with hardly more than its neighbours, a small cluster tells all in any data
# Noise reached 0.07 at most, the data sets that this was chosen on 0.24 at least (docs/measurements.md).
LEAST_STRUCTURE = 0.15


def measure_structure(components: NDArray[np.float32], seed: int = 0) -> float:
    """How far the information of neighbours exceeds the reference's, as a share of log K, at the K where it does most.

    About 0 for principal components (N, D) without groups, up to 1; 0 where there are too few samples to say. k-means
    starts from fixed seeds, the reference is drawn from `seed`.
    """
    candidates = [k for k in CANDIDATES if k * LEAST_PER_CLUSTER <= len(components)]
    if not candidates:
        return 0.0
    random = np.random.default_rng(seed)
    reference = (random.normal(size=components.shape) * components.std(axis=0)).astype(np.float32)
    of_data = _informations(components, candidates, N_STARTS)
    of_reference = _informations(reference, candidates, N_REFERENCE_STARTS)
    return max(one - other for one, other in zip(of_data, of_reference, strict=True))


def _informations(components: NDArray[np.float32], candidates: Sequence[int], n_starts: int) -> list[float]:
    """The mean over starts of k-means at each K."""
    neighbours = nearest_neighbours(components, N_NEIGHBOURS)
    return [
        statistics.fmean(
            information_of_neighbours(neighbours, kmeans_cells(components, k, start, n_starts=1), k)
            for start in range(n_starts)
        )
        for k in candidates
    ]
