"""MixtureMethod: what methods share whose clusters are the components of a Gaussian mixture in a latent space.

A latent is a component and the noise within it, so that a walk between modes mixes two components. An encoding holds
the components' probabilities and the noise of the likeliest, which together are the point in the latent space.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, TypeVar

import torch
from torch import Tensor

from clustergan_core.data.dataset import Kind
from clustergan_core.method import ENCODE_BATCH, Encoding, Method
from clustergan_core.method_facts import MethodSettings
from clustergan_core.nn.mixture import Mixture
from clustergan_core.nn.prior import Latent, ModeWeights, Prior

SomeMixture = TypeVar("SomeMixture", bound=Mixture)


class MixtureMethod(Method, Generic[SomeMixture]):
    """A method with a mixture of `n_clusters` Gaussians in a latent space of D dimensions."""

    mixture: SomeMixture

    def __init__(self, settings: MethodSettings, kind: Kind, shape: tuple[int, ...], n_dimensions: int) -> None:
        super().__init__(settings, kind, shape, Prior(n_dimensions, settings.n_clusters, sigma=1.0))

    @abstractmethod
    def place(self, samples: Tensor) -> Tensor:
        """The points (B, D) of samples (B, *shape) in the latent space, in evaluation mode."""

    @abstractmethod
    def decode_points(self, points: Tensor) -> Tensor:
        """The samples (B, *shape) at points (B, D) of the latent space, in evaluation mode."""

    @property
    def mode_weights(self) -> ModeWeights | None:
        return self.mixture.masses

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        points = self.place(samples)
        cluster = self.mixture.responsibilities(points)
        return Encoding(self.mixture.noise_of(points, cluster.argmax(dim=1)), cluster)

    def generate(self, latent: Latent) -> Tensor:
        self.eval()
        return self.decode_points(self.mixture.locate(latent.normal, latent.cluster))

    def decode(self, encoding: Encoding) -> Tensor:
        self.eval()
        return self.decode_points(self.clustering_features(encoding))

    @torch.no_grad()
    def clustering_features(self, encoding: Encoding) -> Tensor:
        """The points (B, D) in the latent space."""
        assert encoding.cluster is not None
        likeliest = self.prior.one_hot(encoding.cluster.argmax(dim=1))
        return self.mixture.locate(encoding.normal, likeliest)

    @torch.no_grad()
    def recoverable(self, latent: Latent) -> Tensor:
        return self.mixture.locate(latent.normal, latent.cluster)

    @torch.no_grad()
    def place_all(self, samples: Tensor) -> Tensor:
        """The points (N, D) of any number of samples, on their device."""
        self.eval()
        return torch.cat([self.place(batch) for batch in samples.split(ENCODE_BATCH)])
