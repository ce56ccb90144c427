"""Scores of a clustering without labels: how its clusters are used and how compact they are."""

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import draw_subset


def usage(clusters: NDArray[np.int64], n_clusters: int) -> NDArray[np.float64]:
    """The fraction of samples in each of the `n_clusters` clusters (K,); 0 for empty ones."""
    return np.bincount(clusters, minlength=n_clusters) / max(1, len(clusters))


def usage_entropy(clusters: NDArray[np.int64], n_clusters: int) -> float:
    """The entropy of the usage in nats: log K where all clusters are equally used, 0 where one holds everything."""
    used = usage(clusters, n_clusters)
    used = used[used > 0]
    # max turns the −0.0 of a single cluster into 0.0.
    return max(0.0, -float(np.sum(used * np.log(used))))


def silhouette(
    latents: NDArray[np.float32], clusters: NDArray[np.int64], max_samples: int = 2000, seed: int = 0
) -> float | None:
    """The mean silhouette in [−1, 1] of at most `max_samples` latents (N, D), drawn with `seed`.

    None where it is meaningless: fewer than two clusters among those drawn, or a cluster for every sample.
    """
    from sklearn.metrics import silhouette_score

    drawn = draw_subset(len(latents), max_samples, seed)
    latents, clusters = latents[drawn], clusters[drawn]
    n_present = len(np.unique(clusters))
    if not 2 <= n_present < len(clusters):
        return None
    return float(silhouette_score(latents, clusters))


def shared_with_neighbours(neighbours: NDArray[np.int64], clusters: NDArray[np.int64]) -> float:
    """How much more often neighbours (N, n) share a cluster than by chance.

    κ = (observed − Σ usage²) / (1 − Σ usage²), where `observed` is the fraction of pairs in the same cluster:
    1 when every sample shares its cluster with all its neighbours, about 0 when clusters ignore them,
    and 0 when all samples are in one cluster.
    """
    if neighbours.size == 0:
        return 0.0
    observed = float(np.mean(clusters[neighbours] == clusters[:, None]))
    expected = float(np.sum(usage(clusters, int(clusters.max()) + 1) ** 2))
    return 0.0 if np.isclose(expected, 1.0, rtol=0, atol=1e-12) else (observed - expected) / (1 - expected)


def information_of_neighbours(neighbours: NDArray[np.int64], clusters: NDArray[np.int64], n_clusters: int) -> float:
    """How much the cluster of a sample tells about those of its neighbours (N, n), as a share of log `n_clusters`.

    The mutual information of the two clusters over all pairs, less (U − 1)² / 2Nn, which U clusters have by chance
    (Miller & Madow 1955): 1 where `n_clusters` clusters of one size never part neighbours, 0 where clusters ignore
    neighbours or all samples are in one. Unlike agreement beyond chance, it does not prefer few clusters: a mode
    against all others tells little, however seldom the two part.
    """
    n_used = int(clusters.max(initial=0)) + 1
    if neighbours.size == 0 or n_clusters < 2:
        return 0.0
    pairs = np.zeros((n_used, n_used))
    np.add.at(pairs, (np.repeat(clusters, neighbours.shape[1]), clusters[neighbours].ravel()), 1)
    joint = (pairs + pairs.T) / (2 * neighbours.size)
    shares = joint.sum(axis=1)
    occurs = joint > 0
    information = float(np.sum(joint[occurs] * np.log(joint[occurs] / np.outer(shares, shares)[occurs])))
    by_chance = (int((shares > 0).sum()) - 1) ** 2 / (2 * neighbours.size)
    return max(0.0, information - by_chance) / float(np.log(n_clusters))
