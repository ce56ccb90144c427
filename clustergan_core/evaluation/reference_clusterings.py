"""Clusterings that stand beside a method's own, for comparison."""

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

N_STARTS = 10


def kmeans_clusters(latents: NDArray[np.float32], n_clusters: int, seed: int = 0) -> NDArray[np.int64]:
    """k-means of latents (N, D) into clusters (N,), the best of ten starts; the paper's reading of its own latents.

    With fewer distinct latents than clusters, each distinct latent is a cluster.
    """
    n_distinct = len(np.unique(latents, axis=0))
    kmeans = KMeans(min(n_clusters, n_distinct), n_init=N_STARTS, random_state=seed)
    return kmeans.fit_predict(latents).astype(np.int64)
