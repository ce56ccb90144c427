"""Clusterings to compare with a method's: k-means, Leiden, Ward, spectral, NMF, and a mixture on UMAP.

For cells, k-means and Leiden use 50 principal components of the prepared samples; Leiden runs on the graph of each
cell's 15 nearest neighbours, as scanpy builds it. Ward, spectral clustering, the factorisation and the mixture on UMAP
use the samples themselves and cannot place a new one. The same seed gives the same clusters.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.errors import DataError
from clustergan_core.evaluation.library_threads import libraries_on_one_thread

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

N_COMPONENTS = 50
N_NEIGHBOURS = 15
N_STARTS = 10
UMAP_NEIGHBOURS = 20
DEFAULT_RESOLUTION = 1.0
RESOLUTIONS = (0.005, 20.0)  # the range in which a resolution for K clusters is searched
MAX_PAIRED = 10_000  # samples whose distances to each other are kept: 0.4 GB
MAX_FACTORISATIONS = 1_000  # multiplicative updates
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
    from sklearn.decomposition import PCA

    n_components = min(N_COMPONENTS, samples.shape[1], len(samples) - 1)
    return PCA(n_components, svd_solver="covariance_eigh", random_state=seed).fit_transform(samples).astype(np.float32)


def kmeans_cells(
    components: NDArray[np.float32], n_clusters: int, seed: int = 0, n_starts: int = N_STARTS
) -> NDArray[np.int64]:
    """k-means of components (N, D), the best of `n_starts` starts; fewer clusters where fewer cells are distinct."""
    from sklearn.cluster import KMeans

    n_distinct = len(np.unique(components, axis=0))
    kmeans = KMeans(min(n_clusters, n_distinct), n_init=n_starts, random_state=seed)
    return kmeans.fit_predict(components).astype(np.int64)


def neighbour_graph(components: NDArray[np.float32], seed: int = 0) -> csr_matrix[Any]:
    """scanpy's weights (N, N) between each cell and its 15 nearest, including itself.

    Neighbours are exact: scanpy's approximate search, its default for many cells, takes a minute to compile in the
    first call of each process.
    """
    from scipy.sparse import csr_matrix

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
    from sklearn.cluster import KMeans

    n_distinct = len(np.unique(latents, axis=0))
    kmeans = KMeans(min(n_clusters, n_distinct), n_init=N_STARTS, random_state=seed)
    return kmeans.fit_predict(latents).astype(np.int64)


def kmeans_centres(
    latents: NDArray[np.float32], n_clusters: int, seed: int = 0, n_starts: int = N_STARTS
) -> NDArray[np.float32]:
    """The centres (K, D) of k-means of latents (N, D); fewer where fewer latents are distinct."""
    from sklearn.cluster import KMeans

    n_distinct = len(np.unique(latents, axis=0))
    kmeans = KMeans(min(n_clusters, n_distinct), n_init=n_starts, random_state=seed)
    with libraries_on_one_thread():
        return kmeans.fit(latents).cluster_centers_.astype(np.float32)


def ward_clusters(samples: NDArray[np.float32], n_clusters: int, seed: int = 0) -> NDArray[np.int64]:
    """Ward's agglomerative clustering of samples (N, D) into clusters (N,); nothing in it is drawn.

    DataError for more than 10,000 samples.
    """
    from sklearn.cluster import AgglomerativeClustering

    _check_paired(len(samples), "Ward's clustering")
    return AgglomerativeClustering(n_clusters, linkage="ward").fit_predict(samples).astype(np.int64)


def spectral_rbf_clusters(samples: NDArray[np.float32], n_clusters: int, seed: int = 0) -> NDArray[np.int64]:
    """Spectral clustering of samples (N, D) by exp(−γ‖x − y‖²) into clusters (N,), with γ = 1 / median ‖x − y‖².

    The median because a γ of 1, scikit-learn's own, leaves each picture alike to itself only. DataError for more than
    10,000 samples.
    """
    from scipy.spatial.distance import pdist
    from sklearn.cluster import SpectralClustering

    _check_paired(len(samples), "Spectral clustering by a Gaussian kernel")
    gamma = 1 / float(np.median(pdist(samples, "sqeuclidean")))
    spectral = SpectralClustering(n_clusters, gamma=gamma, n_init=N_STARTS, random_state=seed)
    return spectral.fit_predict(samples).astype(np.int64)


def spectral_neighbour_clusters(
    samples: NDArray[np.float32], n_clusters: int, seed: int = 0, n_neighbours: int = N_NEIGHBOURS
) -> NDArray[np.int64]:
    """Spectral clustering of samples (N, D) on the graph of their nearest neighbours into clusters (N,)."""
    from sklearn.cluster import SpectralClustering

    spectral = SpectralClustering(
        n_clusters,
        affinity="nearest_neighbors",
        n_neighbors=min(n_neighbours, len(samples)),
        n_init=N_STARTS,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # Parts that no neighbour connects are what clusters are looked for in.
        warnings.filterwarnings("ignore", message="Graph is not fully connected", category=UserWarning)
        return spectral.fit_predict(samples).astype(np.int64)


def umap_mixture_clusters(
    samples: NDArray[np.float32], n_clusters: int, seed: int = 0, n_neighbours: int = UMAP_NEIGHBOURS
) -> NDArray[np.int64]:
    """A Gaussian mixture with full covariances on UMAP's layout of samples (N, D) in K dimensions, into clusters (N,).

    The settings are those of N2D (McConville et al., arXiv 1908.05968), which lays out an autoencoder's latents: pass
    these for N2D itself. UMAP compiles for half a minute in the first call of a process. DataError for fewer than
    n_clusters + 2 samples, from which no layout of K dimensions can be started.
    """
    from sklearn.mixture import GaussianMixture

    from clustergan_core.embedding.umap import lay_out

    if len(samples) < n_clusters + 2:
        raise DataError(
            f"UMAP cannot lay out {len(samples)} samples in {n_clusters} dimensions: choose at least "
            f"{n_clusters + 2} samples or fewer clusters."
        )
    layout = lay_out(samples, n_clusters, n_neighbours, min_dist=0.0, seed=seed)
    mixture = GaussianMixture(n_clusters, n_init=N_STARTS, random_state=seed)
    with libraries_on_one_thread():
        return mixture.fit_predict(layout.astype(np.float64)).astype(np.int64)


def nmf_clusters(samples: NDArray[np.float32], n_clusters: int, seed: int = 0) -> NDArray[np.int64]:
    """The part of most weight in each sample (N, D) of a factorisation W·H in K parts, by Kullback-Leibler divergence.

    Parts are scaled to the same sum before weights are compared. The start fills zeros with the mean, since
    multiplicative updates cannot move them. DataError where a value is negative.
    """
    from sklearn.decomposition import NMF

    if samples.min() < 0:
        raise DataError(
            f"Non-negative matrix factorisation needs values of at least 0, and the least is {samples.min():g}: "
            "choose data that is counted or scaled to [0, 1]."
        )
    factorisation = NMF(
        n_clusters,
        init="nndsvda",
        solver="mu",
        beta_loss="kullback-leibler",
        max_iter=MAX_FACTORISATIONS,
        random_state=seed,
    )
    weights = factorisation.fit_transform(samples)  # (N, n_clusters)
    return (weights * factorisation.components_.sum(axis=1)).argmax(axis=1).astype(np.int64)


def _check_paired(n_samples: int, what: str) -> None:
    if n_samples > MAX_PAIRED:
        raise DataError(
            f"{what} of {n_samples:,} samples takes too much memory: choose at most {MAX_PAIRED:,} of them."
        )
