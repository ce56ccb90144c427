"""k-means and Leiden on prepared genes: planted groups come back, K is met, and a seed repeats them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clustergan_core.data.counts.prepare import prepare
from clustergan_core.data.counts.settings import QUALITY_PRESETS, PreparationSettings
from clustergan_core.data.own.labels import number_labels
from clustergan_core.evaluation.clusterings import (
    kmeans_cells,
    leiden_at,
    leiden_clusters,
    neighbour_graph,
    principal_components,
)
from tests.small_cells import facs_matrix, planted_matrix


@pytest.fixture(scope="module")
def planted() -> tuple[np.ndarray, np.ndarray]:
    """(components, group of each cell)"""
    matrix, groups = planted_matrix(n_cells=300, n_groups=5)
    samples = prepare(matrix, PreparationSettings(quality=QUALITY_PRESETS["paper"])).samples
    return principal_components(samples), groups


def test_components_hold_most_of_what_differs(planted: tuple[np.ndarray, np.ndarray]) -> None:
    components, _ = planted
    assert components.shape == (300, 50) and components.dtype == np.float32
    assert components[:, 0].var() >= components[:, 1].var() >= components[:, 49].var()
    assert principal_components(np.eye(4, 3, dtype=np.float32)).shape == (4, 3)


def test_planted_groups_come_back(planted: tuple[np.ndarray, np.ndarray]) -> None:
    components, groups = planted
    assert adjusted_rand_score(groups, kmeans_cells(components, 5)) > 0.95
    found = leiden_at(neighbour_graph(components), 5)
    assert found.n_clusters == 5 and adjusted_rand_score(groups, found.clusters) > 0.95


@pytest.mark.parametrize("n_clusters", [6, 8, 12])
def test_a_resolution_is_found_for_the_clusters_asked_for(
    planted: tuple[np.ndarray, np.ndarray], n_clusters: int
) -> None:
    graph = neighbour_graph(planted[0])
    found = leiden_at(graph, n_clusters)
    assert found.n_clusters == n_clusters
    assert np.array_equal(leiden_clusters(graph, found.resolution).clusters, found.clusters)


def test_the_graph_is_scanpys_own(planted: tuple[np.ndarray, np.ndarray]) -> None:
    import scanpy

    cells = scanpy.AnnData(planted[0])
    scanpy.pp.neighbors(cells, n_neighbors=15, use_rep="X")
    difference = abs(neighbour_graph(planted[0]) - cells.obsp["connectivities"])
    assert difference.max() < 1e-5


def test_no_resolution_joins_what_no_neighbour_connects(planted: tuple[np.ndarray, np.ndarray]) -> None:
    assert leiden_at(neighbour_graph(planted[0]), 2).n_clusters == 5


def test_the_same_seed_gives_the_same_clusters(planted: tuple[np.ndarray, np.ndarray]) -> None:
    components, _ = planted
    graph = neighbour_graph(components)
    assert (neighbour_graph(components) != graph).nnz == 0
    assert np.array_equal(leiden_clusters(graph, seed=3).clusters, leiden_clusters(graph, seed=3).clusters)
    assert np.array_equal(kmeans_cells(components, 4, seed=3), kmeans_cells(components, 4, seed=3))
    sizes = np.bincount(leiden_clusters(graph).clusters)
    assert (np.diff(sizes) <= 0).all()


def test_few_cells_can_be_clustered() -> None:
    components = np.array([[0, 0], [0, 1], [9, 9]], dtype=np.float32)
    assert len(np.unique(kmeans_cells(components, 5))) == 3
    assert leiden_clusters(neighbour_graph(components)).clusters.shape == (3,)


def test_sorted_blood_cells_are_told_apart(data_folder: Path) -> None:
    matrix = facs_matrix(data_folder)
    dataset = prepare(matrix, PreparationSettings())
    labels, _ = number_labels(dataset.columns["subpop"])
    found = leiden_at(neighbour_graph(principal_components(dataset.samples)), 5)
    assert found.n_clusters == 5 and adjusted_rand_score(labels, found.clusters) > 0.5
