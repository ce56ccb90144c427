"""LISI: how many groups there are around a point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clustergan_core.evaluation.neighbours import search_nearest

NEIGHBOURS_A_PERPLEXITY = 3
TOLERANCE = 1e-5  # of the logarithm of the perplexity
MAX_TRIALS = 50


def local_diversity(
    points: NDArray[np.float32], groups: NDArray[np.int64], n_neighbours: int = 90
) -> NDArray[np.float64]:
    """The effective number of groups (N,) around each of the points (N, D): from 1 to how many groups there are.

    The local inverse Simpson index (Korsunsky et al., Nature Methods 16:1289, 2019): the inverse of the chance that two
    neighbours are of one group, where neighbours are drawn by a Gaussian of perplexity `n_neighbours` / 3. A point
    counts among its neighbours, but is not drawn. Fewer than 6 points say nothing, and have 1.
    """
    n_neighbours = min(n_neighbours, len(points))
    perplexity = n_neighbours // NEIGHBOURS_A_PERPLEXITY
    if perplexity < 2:
        return np.ones(len(points))
    neighbours, squares = search_nearest(points, n_neighbours - 1)  # (N, n_neighbours − 1)
    weights = _find_weights(np.sqrt(np.maximum(squares, 0).astype(np.float64)), perplexity)
    codes = np.unique(groups, return_inverse=True)[1]
    shares = np.stack(
        [(weights * (codes[neighbours] == group)).sum(axis=1) for group in range(int(codes.max()) + 1)], axis=1
    )
    return 1 / (shares**2).sum(axis=1)


def _find_weights(distances: NDArray[np.float64], perplexity: float) -> NDArray[np.float64]:
    """Weights (N, M) ∝ exp(−β·distance) with sum 1, β such that their entropy is log(perplexity), by bisection."""
    from scipy.special import softmax

    lowest, highest = np.zeros(len(distances)), np.full(len(distances), np.inf)
    beta = np.ones(len(distances))
    weights = np.empty_like(distances)
    for _ in range(MAX_TRIALS):
        weights = softmax(-distances * beta[:, None], axis=1)
        entropy = -(weights * np.log(np.maximum(weights, 1e-300))).sum(axis=1)
        excess = entropy - np.log(perplexity)
        if (np.abs(excess) < TOLERANCE).all():
            break
        lowest, highest = np.where(excess > 0, beta, lowest), np.where(excess > 0, highest, beta)
        beta = np.where(np.isinf(highest), 2 * lowest, (lowest + np.where(np.isinf(highest), 0, highest)) / 2)
    return weights
