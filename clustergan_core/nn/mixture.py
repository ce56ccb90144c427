"""Gaussian mixtures in a latent space: fitted by scikit-learn (full covariances) or learned by gradients (diagonal).

A component is its mean μ and a factor L of its covariance L·Lᵀ, so that noise ε ~ N(0, I) and a component give the
point μ + L·ε, and a point and a component give the noise.
"""

from __future__ import annotations

import math
import warnings
from abc import abstractmethod
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor, nn

from clustergan_core.data.dataset import draw_subset
from clustergan_core.errors import SettingsError
from clustergan_core.nn.prior import ModeWeights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

N_STARTS = 10
MAX_FITTED = 20_000  # points that a mixture is fitted to; more change its means by less than a start does
MAX_ROUNDS = 200  # of expectation and maximisation
LEAST_VARIANCE = 1e-4  # added to every variance, as a share of the points' mean variance
LOG_VARIANCE_LIMIT = 10.0  # of learned variances: beyond it a density leaves the range of single precision


class Mixture(nn.Module):
    """Base of both mixtures of K Gaussians in D dimensions."""

    masses: ModeWeights  # the components' weights

    @abstractmethod
    def log_joint(self, points: Tensor) -> Tensor:
        """log π_k + log N(z; k) for points (B, D): (B, K)."""

    @abstractmethod
    def locate(self, noise: Tensor, weights: Tensor) -> Tensor:
        """Points (B, D) for noise (B, D) and component weights (B, K); between components μ and L are mixed."""

    @abstractmethod
    def noise_of(self, points: Tensor, cluster: Tensor) -> Tensor:
        """The noise (B, D) that `locate` turns into points (B, D) of components (B,)."""

    def responsibilities(self, points: Tensor) -> Tensor:
        """The probability (B, K) of each component given points (B, D)."""
        return self.log_joint(points).softmax(dim=1)


class FittedMixture(Mixture):
    """A mixture with full covariances, held in buffers; a standard normal K times over until it is fitted."""

    means: Tensor  # (K, D)
    factors: Tensor  # (K, D, D), lower triangular

    def __init__(self, n_clusters: int, n_dimensions: int) -> None:
        super().__init__()
        self.masses = ModeWeights(n_clusters)
        self.register_buffer("means", torch.zeros(n_clusters, n_dimensions))
        self.register_buffer("factors", torch.eye(n_dimensions).repeat(n_clusters, 1, 1))

    def fit(self, points: Tensor, seed: int) -> None:
        """Fits it to points (N, D) by `fit_mixture`."""
        weights, means, covariances = fit_mixture(points, len(self.means), seed, "full")
        self.masses.shares.copy_(torch.from_numpy(weights))
        self.means.copy_(torch.from_numpy(means))
        self.factors.copy_(torch.linalg.cholesky(torch.from_numpy(covariances)))

    def log_joint(self, points: Tensor) -> Tensor:
        noise = self._noise(points)  # (B, K, D)
        log_volume = self.factors.diagonal(dim1=1, dim2=2).log().sum(dim=1)  # (K,)
        log_density = -0.5 * (noise.square().sum(dim=2) + points.shape[1] * math.log(2 * math.pi)) - log_volume
        return self.masses.shares.log() + log_density

    def locate(self, noise: Tensor, weights: Tensor) -> Tensor:
        means, factors = self.means.to(noise.device), self.factors.to(noise.device)
        return weights @ means + torch.einsum("bk,kij,bj->bi", weights, factors, noise)

    def noise_of(self, points: Tensor, cluster: Tensor) -> Tensor:
        return self._noise(points)[torch.arange(len(points), device=points.device), cluster]

    def _noise(self, points: Tensor) -> Tensor:
        """The noise (B, K, D) of points (B, D) for every component."""
        offsets = (points[:, None] - self.means).permute(1, 2, 0)  # (K, D, B)
        return torch.linalg.solve_triangular(self.factors, offsets, upper=False).permute(2, 0, 1)


class LearnedMixture(Mixture):
    """A mixture with diagonal covariances whose weights (as logits), means and variances are parameters.

    Logits keep the weights positive, and the logarithms of the variances are held within ±10.
    """

    def __init__(self, n_clusters: int, n_dimensions: int) -> None:
        super().__init__()
        self.masses = ModeWeights(n_clusters)
        self.logits = nn.Parameter(torch.zeros(n_clusters))
        self.means = nn.Parameter(torch.zeros(n_clusters, n_dimensions))
        self.log_variances = nn.Parameter(torch.zeros(n_clusters, n_dimensions))

    @torch.no_grad()
    def start_from(self, points: Tensor, seed: int) -> None:
        """Moves the parameters to a mixture that `fit_mixture` fits to points (N, D)."""
        weights, means, variances = fit_mixture(points, len(self.means), seed, "diag")
        self.logits.copy_(torch.from_numpy(weights).log())
        self.means.copy_(torch.from_numpy(means))
        self.log_variances.copy_(torch.from_numpy(variances).log())
        self.settle()

    @torch.no_grad()
    def settle(self) -> None:
        """Ends a step: holds the variances within their limits, and writes the weights of the logits into `masses`."""
        self.log_variances.clamp_(-LOG_VARIANCE_LIMIT, LOG_VARIANCE_LIMIT)
        self.masses.shares.copy_(self.logits.softmax(dim=0))

    def log_joint(self, points: Tensor) -> Tensor:
        squares = (points[:, None] - self.means).square() / self.log_variances.exp()  # (B, K, D)
        log_density = -0.5 * (squares + self.log_variances + math.log(2 * math.pi)).sum(dim=2)
        return self.logits.log_softmax(dim=0) + log_density

    def locate(self, noise: Tensor, weights: Tensor) -> Tensor:
        means, log_variances = self.means.to(noise.device), self.log_variances.to(noise.device)
        return weights @ means + (weights @ (0.5 * log_variances).exp()) * noise

    def noise_of(self, points: Tensor, cluster: Tensor) -> Tensor:
        return (points - self.means[cluster]) / (0.5 * self.log_variances[cluster]).exp()


def fit_mixture(
    points: Tensor, n_clusters: int, seed: int, covariances: Literal["full", "diag"]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Weights (K,), means (K, D) and covariances (K, D, D) or variances (K, D) of scikit-learn's mixture.

    The best of ten starts by k-means, on at most 20,000 of the points (N, D). Raises SettingsError for fewer points
    than clusters.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    if len(points) < n_clusters:
        raise SettingsError(
            f"A mixture of {n_clusters} components needs as many samples, and there are {len(points)}: "
            "choose fewer clusters."
        )
    values = points.detach().cpu().double().numpy()[draw_subset(len(points), MAX_FITTED, seed)]
    mixture = GaussianMixture(
        n_clusters,
        covariance_type=covariances,
        n_init=N_STARTS,
        max_iter=MAX_ROUNDS,
        reg_covar=LEAST_VARIANCE * float(values.var(axis=0).mean()) + 1e-12,
        random_state=seed,
    )
    with warnings.catch_warnings(), threadpool_limits(1):
        # Early in a training there may be nothing to converge to; the best of all starts is what is wanted anyway.
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(values)
    return mixture.weights_, mixture.means_, mixture.covariances_
