"""How many clusters to look for in cells that nobody has labelled, told in seconds and before anything is trained.

Two answers stand side by side. Leiden's count at its default resolution is what biologists are used to; on the eight
matrices of docs/measurements.md it was nearer to the number of known types than the criteria in every case, so it is
the number to begin with. The criteria of `suggest_n_clusters`, which the sweep of trained runs is judged by, read
k-means here and tell where the coarse groups lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, Dataset
from clustergan_core.evaluation.agreement import ari
from clustergan_core.evaluation.clusterings import kmeans_cells, leiden_clusters, neighbour_graph, principal_components
from clustergan_core.evaluation.label_free import shared_with_neighbours, silhouette
from clustergan_core.evaluation.library_threads import libraries_on_one_thread
from clustergan_core.evaluation.neighbours import nearest_neighbours
from clustergan_core.evaluation.suggest_k import Suggestion, suggest_n_clusters

MAX_CELLS = 5_000  # drawn of more: Leiden's count hardly moves, and the answer is there in seconds
CANDIDATES = tuple(range(3, 21))
SEEDS = (0, 1)
N_NEIGHBOURS = 15
LEAST_CLUSTERS, MOST_CLUSTERS = 2, 50

_known: dict[str, CellK] = {}  # by the data's digest: a page asks again with every change of its form


@dataclass(frozen=True)
class CellK:
    """Numbers of clusters to choose from."""

    n_clusters: int  # the one to begin with
    n_leiden: int  # clusters that Leiden finds at its default resolution
    suggestion: Suggestion | None  # by label-free criteria on k-means; None where cells are too few
    n_cells: int  # that were looked at


def suggest_cell_k(dataset: Dataset) -> CellK:
    """Numbers of clusters for prepared cells. Labels play no part; the same cells give the same answer."""
    if dataset.digest not in _known:
        _known[dataset.digest] = _look(dataset)
    return _known[dataset.digest]


def _look(dataset: Dataset) -> CellK:
    with libraries_on_one_thread():
        components = principal_components(_drawn(dataset))
        n_leiden = leiden_clusters(neighbour_graph(components)).n_clusters
        suggestion = suggest_n_clusters(_figures(components))
    n_clusters = min(max(n_leiden, LEAST_CLUSTERS), MOST_CLUSTERS)
    return CellK(n_clusters, n_leiden, suggestion, len(components))


def _drawn(dataset: Dataset) -> NDArray[np.float32]:
    """Training samples (n, n_genes), at most MAX_CELLS of them."""
    train = dataset.splits.train
    if len(train) > MAX_CELLS:
        train = np.sort(np.random.default_rng(DATA_SEED).choice(train, MAX_CELLS, replace=False))
    return dataset.samples[train]


def _figures(components: NDArray[np.float32]) -> dict[str, dict[int, list[float]]]:
    """The criteria's figures by name and K."""
    neighbours = nearest_neighbours(components, N_NEIGHBOURS)
    figures: dict[str, dict[int, list[float]]] = {"seed_agreement": {}, "silhouette": {}, "neighbour_agreement": {}}
    for k in (k for k in CANDIDATES if k < len(components)):
        clusterings = [kmeans_cells(components, k, seed, n_starts=1) for seed in SEEDS]
        figures["seed_agreement"][k] = [ari(*clusterings)]
        found = [silhouette(components, clusters) for clusters in clusterings]
        figures["silhouette"][k] = [value for value in found if value is not None]
        figures["neighbour_agreement"][k] = [shared_with_neighbours(neighbours, clusters) for clusters in clusterings]
    return figures
