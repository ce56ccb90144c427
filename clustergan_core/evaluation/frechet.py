"""Fréchet distance between two samples of features: how far generated samples are from real ones.

Heusel et al., arXiv 1706.08500, eq. 6, for normal distributions with the samples' means and covariances:
    ‖μ₁ − μ₂‖² + tr S₁ + tr S₂ − 2 tr (S₁ S₂)^½.
The square root is never formed. With S = AᵀA for the centred features A / √(n − 1), the eigenvalues of S₁ S₂ are the
squared singular values of A₁ A₂ᵀ, so the last trace is their sum. That is exact for any number of samples, even fewer
than features, where the usual square root of a singular product loses digits or turns complex.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def frechet_distance(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """The squared Fréchet distance of features (n₁, D) and (n₂, D), at least 0; both need two samples or more.

    It is biased upwards for few samples: compare only values of the same features and the same n.
    """
    assert first.ndim == second.ndim == 2 and first.shape[1] == second.shape[1], (first.shape, second.shape)
    assert min(len(first), len(second)) >= 2, "one sample has no covariance"
    mean_1, factor_1 = _moments(first)
    mean_2, factor_2 = _moments(second)
    shared = float(np.linalg.svd(factor_1 @ factor_2.T, compute_uv=False).sum())
    means = float(np.sum((mean_1 - mean_2) ** 2))
    # Rounding can take the distance of equal samples a little below 0.
    return max(0.0, means + float(np.sum(factor_1**2)) + float(np.sum(factor_2**2)) - 2 * shared)


def _moments(features: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean (D,) and a factor R (min(n, D), D) with RᵀR the covariance, which QR gives without forming it."""
    features = features.astype(np.float64)
    mean = features.mean(axis=0)
    factor: NDArray[np.float64] = np.linalg.qr((features - mean) / np.sqrt(len(features) - 1))[1]
    return mean, factor
