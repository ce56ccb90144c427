"""k-means and Leiden on prepared genes: planted groups come back, K is met, and a seed repeats them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.linalg import eigh
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score

from clustergan_core.data.counts.prepare import prepare
from clustergan_core.data.counts.settings import QUALITY_PRESETS, PreparationSettings
from clustergan_core.data.own.labels import number_labels
from clustergan_core.errors import DataError
from clustergan_core.evaluation.clusterings import (
    kmeans_cells,
    leiden_at,
    leiden_clusters,
    neighbour_graph,
    nmf_clusters,
    principal_components,
    spectral_neighbour_clusters,
    spectral_rbf_clusters,
    umap_mixture_clusters,
    ward_clusters,
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


def blobs(n_each: int = 40, n_groups: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Groups in the corners of a cube, near enough for their edges to touch, and the group of each sample."""
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(n_groups), n_each)
    return (3 * np.eye(n_groups)[groups] + random.normal(size=(len(groups), n_groups))).astype(np.float32), groups


def rings(n_each: int = 150) -> tuple[np.ndarray, np.ndarray]:
    """Two circles around one centre, which no straight line parts."""
    groups = np.repeat([0, 1], n_each)
    angles = np.tile(np.linspace(0, 2 * np.pi, n_each, endpoint=False), 2)
    radius = np.where(groups == 0, 1.0, 3.0)
    return np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1).astype(np.float32), groups


@pytest.mark.parametrize("n_clusters", [2, 3, 4, 9])
def test_wards_clusters_are_scipys(n_clusters: int) -> None:
    samples, _ = blobs()
    expected = fcluster(linkage(samples.astype(np.float64), "ward"), n_clusters, "maxclust")
    assert adjusted_rand_score(expected, ward_clusters(samples, n_clusters)) == 1.0


def test_spectral_clusters_by_a_kernel_are_those_of_the_normalised_laplacians_second_vector() -> None:
    samples, groups = blobs(n_groups=2)
    distances = cdist(samples, samples, "sqeuclidean")
    kernel = np.exp(-distances / np.median(distances[np.triu_indices(len(samples), 1)]))
    scale = 1 / np.sqrt(kernel.sum(axis=1))
    _, vectors = eigh(np.eye(len(samples)) - scale[:, None] * kernel * scale)
    expected = vectors[:, 1] * scale > 0
    found = spectral_rbf_clusters(samples, 2)
    assert adjusted_rand_score(expected, found) > 0.9
    assert adjusted_rand_score(groups, found) > 0.9


def test_neighbours_part_rings_that_distances_do_not() -> None:
    samples, groups = rings()
    assert adjusted_rand_score(groups, spectral_neighbour_clusters(samples, 2, n_neighbours=8)) == 1.0
    assert adjusted_rand_score(groups, kmeans_cells(samples, 2)) < 0.1
    assert np.array_equal(spectral_neighbour_clusters(samples, 2), spectral_neighbour_clusters(samples, 2))


def test_a_factorisation_finds_the_parts_that_samples_were_made_of() -> None:
    random = np.random.default_rng(0)
    # Part 2 is five times as bright: unscaled weights would give it too few samples.
    parts = np.kron(np.eye(3), np.ones(6)) * np.array([[1.0], [1.0], [5.0]]) + 0.01
    weights = np.eye(3)[groups := np.repeat(np.arange(3), 30)] / parts.sum(axis=1)
    samples = (weights + 0.05 * random.random((90, 3)) / parts.sum(axis=1)) @ parts
    assert adjusted_rand_score(groups, nmf_clusters(samples.astype(np.float32), 3)) == 1.0
    with pytest.raises(DataError, match="the least is -1"):
        nmf_clusters(-np.ones((4, 3), dtype=np.float32), 2)


@pytest.mark.slow  # UMAP compiles
def test_a_mixture_on_umap_finds_rings_and_repeats() -> None:
    samples, groups = rings()
    found = umap_mixture_clusters(samples, 2, n_neighbours=8)
    assert adjusted_rand_score(groups, found) == 1.0
    assert np.array_equal(umap_mixture_clusters(samples, 2, n_neighbours=8), found)
    with pytest.raises(DataError, match="5 samples in 4 dimensions: choose at least 6"):
        umap_mixture_clusters(samples[:5], 4)


def test_clusterings_that_keep_all_distances_refuse_more_samples_than_fit() -> None:
    for cluster in (ward_clusters, spectral_rbf_clusters):
        with pytest.raises(DataError, match="10,001 samples"):
            cluster(np.zeros((10_001, 2), dtype=np.float32), 2)
