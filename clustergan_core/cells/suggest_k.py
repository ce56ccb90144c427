"""How many clusters to look for in unlabelled cells, within seconds and before anything is trained.

There are two answers, and a question before them. Leiden's count at its default resolution is what biologists are used
to; on the data sets of docs/measurements.md it was nearer to the number of labels than any criterion, so it is the
number to begin with. The criteria of `suggest_n_clusters`, which also judge sweeps of trained runs, are computed from
k-means here and show where the coarse groups are. Both find clusters in noise too: whether there are any is measured
beside them (`measure_structure`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, Dataset, draw_subset
from clustergan_core.evaluation.agreement import ari
from clustergan_core.evaluation.clusterings import kmeans_cells, leiden_clusters, neighbour_graph, principal_components
from clustergan_core.evaluation.label_free import information_of_neighbours, silhouette
from clustergan_core.evaluation.library_threads import libraries_on_one_thread
from clustergan_core.evaluation.neighbours import nearest_neighbours
from clustergan_core.evaluation.structure import LEAST_STRUCTURE, measure_structure
from clustergan_core.evaluation.suggest_k import Suggestion, suggest_n_clusters

MAX_CELLS = 5_000  # drawn from more: Leiden's count hardly changes, and the answer takes seconds
MAX_FOR_STRUCTURE = 1_000
CANDIDATES = (*range(2, 17), 18, 20, 25, 30)
SEEDS = (0, 1, 2)  # three pairs of clusterings, so that their agreement has a spread
N_NEIGHBOURS = 15
LEAST_CLUSTERS, MOST_CLUSTERS = 2, 50

_cache: dict[str, CellK] = {}  # by the data's digest: a page asks again with every change of its form


@dataclass(frozen=True)
class CellK:
    """Numbers of clusters to choose from."""

    n_clusters: int  # the number to begin with
    n_leiden: int  # clusters that Leiden finds at its default resolution
    suggestion: Suggestion | None  # by label-free criteria on k-means; None for too few cells
    n_cells: int  # that were examined
    structure: float  # of the data against a reference without groups

    @property
    def has_clusters(self) -> bool:
        """Whether the cells have groups at all; noise has not, whatever Leiden finds in it."""
        return self.structure >= LEAST_STRUCTURE


def suggest_cell_k(dataset: Dataset) -> CellK:
    """Numbers of clusters for prepared cells. Labels are not used; the same cells give the same answer."""
    if dataset.digest not in _cache:
        _cache[dataset.digest] = _suggest(dataset)
    return _cache[dataset.digest]


def _suggest(dataset: Dataset) -> CellK:
    with libraries_on_one_thread():
        components = principal_components(_draw_cells(dataset))
        n_leiden = leiden_clusters(neighbour_graph(components)).n_clusters
        suggestion = suggest_n_clusters(_figures(components))
        structure = measure_structure(components[draw_subset(len(components), MAX_FOR_STRUCTURE, DATA_SEED)])
    n_clusters = min(max(n_leiden, LEAST_CLUSTERS), MOST_CLUSTERS)
    return CellK(n_clusters, n_leiden, suggestion, len(components), structure)


def _draw_cells(dataset: Dataset) -> NDArray[np.float32]:
    """Training samples (n, n_genes), at most MAX_CELLS of them."""
    return dataset.samples[draw_subset(dataset.splits.train, MAX_CELLS, DATA_SEED)]


def _figures(components: NDArray[np.float32]) -> dict[str, dict[int, list[float]]]:
    """The criteria's values by name and K."""
    neighbours = nearest_neighbours(components, N_NEIGHBOURS)
    figures: dict[str, dict[int, list[float]]] = {
        name: {} for name in ("seed_agreement", "data_silhouette", "neighbour_information")
    }
    for k in (k for k in CANDIDATES if k < len(components)):
        clusterings = [kmeans_cells(components, k, seed, n_starts=1) for seed in SEEDS]
        figures["seed_agreement"][k] = [ari(*pair) for pair in combinations(clusterings, 2)]
        silhouettes = [silhouette(components, clusters) for clusters in clusterings]
        figures["data_silhouette"][k] = [value for value in silhouettes if value is not None]
        figures["neighbour_information"][k] = [
            information_of_neighbours(neighbours, clusters, k) for clusters in clusterings
        ]
    return figures
