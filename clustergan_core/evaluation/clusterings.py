"""k-means and Leiden on the same genes that a method was given, to compare with its clusters.

Both use 50 principal components of the prepared samples; Leiden runs on the graph of each cell's 15 nearest
neighbours, as scanpy builds it. The same seed gives the same clusters.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

N_COMPONENTS = 50
N_NEIGHBOURS = 15
N_STARTS = 10
DEFAULT_RESOLUTION = 1.0
RESOLUTIONS = (0.005, 20.0)  # the range in which a resolution for K clusters is searched
MAX_TRIALS = 14  # bisections of its logarithm, down to half a thousandth; 3 s each for 73,000 cells


@dataclass(frozen=True)
class LeidenClusters:
    """A clustering and its resolution; the largest cluster is number 0."""

    clusters: NDArray[np.int64]  # (N,)
    resolution: float

    @property
    def n_clusters(self) -> int:
        """How many clusters there are; `leiden_at` does not always find the requested number."""
        return int(self.clusters.max()) + 1


def principal_components(samples: NDArray[np.float32], seed: int = 0) -> NDArray[np.float32]:
    """The first 50 principal components (N, D) of samples (N, n_genes), or as many as there are."""
    n_components = min(N_COMPONENTS, samples.shape[1], len(samples) - 1)
    return PCA(n_components, svd_solver="covariance_eigh", random_state=seed).fit_transform(samples).astype(np.float32)


def kmeans_cells(
    components: NDArray[np.float32], n_clusters: int, seed: int = 0, n_starts: int = N_STARTS
) -> NDArray[np.int64]:
    """k-means of components (N, D), the best of `n_starts` starts; fewer clusters where fewer cells are distinct."""
    n_distinct = len(np.unique(components, axis=0))
    kmeans = KMeans(min(n_clusters, n_distinct), n_init=n_starts, random_state=seed)
    return kmeans.fit_predict(components).astype(np.int64)


def neighbour_graph(components: NDArray[np.float32], seed: int = 0) -> csr_matrix[Any]:
    """scanpy's weights (N, N) between each cell and its 15 nearest, including itself.

    Neighbours are exact: scanpy's approximate search, its default for many cells, takes a minute to compile in the
    first call of each process.
    """
    with warnings.catch_warnings():
        # umap-learn warns when scanpy imports it, about a part that is not used here.
        warnings.filterwarnings("ignore", message="Tensorflow not installed", category=ImportWarning)
        import scanpy

        cells = scanpy.AnnData(components)
        n_neighbours = min(N_NEIGHBOURS, len(components) - 1)
        # By name rather than as an object: only for its own transformer does scanpy set a cell's distance to itself to
        # zero, instead of a rounding error that would pass for the distance to its nearest neighbour.
        scanpy.pp.neighbors(cells, n_neighbors=n_neighbours, use_rep="X", transformer="sklearn", random_state=seed)
    return csr_matrix(cells.obsp["connectivities"])


def leiden_clusters(graph: csr_matrix[Any], resolution: float = DEFAULT_RESOLUTION, seed: int = 0) -> LeidenClusters:
    """Leiden (Traag, Waltman & van Eck, arXiv 1810.08473) by modularity on a `neighbour_graph`."""
    import scanpy

    cells = scanpy.AnnData(np.zeros((graph.shape[0], 1), dtype=np.float32))
    scanpy.tl.leiden(
        cells,
        resolution=resolution,
        random_state=seed,
        adjacency=graph,
        flavor="igraph",
        n_iterations=2,
        directed=False,
    )
    return LeidenClusters(cells.obs["leiden"].astype(int).to_numpy(dtype=np.int64), resolution)


def leiden_at(graph: csr_matrix[Any], n_clusters: int, seed: int = 0) -> LeidenClusters:
    """Leiden at a resolution that gives `n_clusters`, by bisection; else the nearest number found on the way."""
    lower, upper = RESOLUTIONS
    best = leiden_clusters(graph, DEFAULT_RESOLUTION, seed)
    trial = best
    for _ in range(MAX_TRIALS):
        if abs(trial.n_clusters - n_clusters) < abs(best.n_clusters - n_clusters):
            best = trial
        if best.n_clusters == n_clusters:
            break
        if trial.n_clusters < n_clusters:
            lower = trial.resolution
        else:
            upper = trial.resolution
        trial = leiden_clusters(graph, math.sqrt(lower * upper), seed)
    return best


def kmeans_clusters(latents: NDArray[np.float32], n_clusters: int, seed: int = 0) -> NDArray[np.int64]:
    """k-means of latents (N, D) into clusters (N,), the best of ten starts; how the paper clusters its latents.

    With fewer distinct latents than clusters, each distinct latent is a cluster.
    """
    n_distinct = len(np.unique(latents, axis=0))
    kmeans = KMeans(min(n_clusters, n_distinct), n_init=N_STARTS, random_state=seed)
    return kmeans.fit_predict(latents).astype(np.int64)
