"""Two tiny methods, each without what ClusterGAN has: principal components with k-means, and a WGAN on noise alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.evaluation.clusterings import kmeans_clusters
from clustergan_core.method import Batch, Encoding, Method, MethodSettings
from clustergan_core.nn.acceleration import build_adam
from clustergan_core.nn.losses import wasserstein_critic_loss, wasserstein_generator_loss
from clustergan_core.nn.networks import build_networks
from clustergan_core.nn.prior import Latent, Prior
from clustergan_core.preset import Preset, PresetName

N_COMPONENTS = 3


class FewSettings(MethodSettings):
    """What both are told."""

    n_clusters: int = Field(4, ge=2, le=1000, title="Clusters K", description="Number of clusters.")
    batch_size: int = Field(16, ge=2, le=8192, title="Batch size", description="Samples in each batch.")


class _Small(Method):
    Settings = FewSettings
    settings: FewSettings

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        return Preset({}, 20)

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size]


class PCAKMeans(_Small):
    """Principal components, and the nearest of K centres of them."""

    name = "pca-kmeans"
    title = "PCA + k-means"
    reference = "a test's own"

    mean: Tensor  # (n_features,)
    axes: Tensor  # (n_features, N_COMPONENTS)
    centres: Tensor  # (n_clusters, N_COMPONENTS)

    def __init__(self, settings: FewSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape)
        n_features = int(np.prod(shape))
        self.register_buffer("mean", torch.zeros(n_features))
        self.register_buffer("axes", torch.zeros(n_features, N_COMPONENTS))
        self.register_buffer("centres", torch.zeros(settings.n_clusters, N_COMPONENTS))

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        flat = samples.flatten(1)
        self.mean.copy_(flat.mean(dim=0))
        self.axes.copy_(torch.linalg.svd(flat - self.mean, full_matrices=False)[2][:N_COMPONENTS].T)
        self.calibrate(samples)

    def calibrate(self, samples: Tensor) -> None:
        components = self.encode(samples).normal
        clusters = torch.from_numpy(kmeans_clusters(components.cpu().numpy(), self.n_clusters))
        for cluster in range(self.n_clusters):
            self.centres[cluster] = components[clusters == cluster].mean(dim=0)

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        return {"distance": torch.cdist(self.encode(batches[0].samples).normal, self.centres).amin(dim=1).mean()}

    def encode(self, samples: Tensor) -> Encoding:
        return Encoding((samples.flatten(1) - self.mean) @ self.axes, None)

    def decode(self, encoding: Encoding) -> Tensor:
        return (encoding.normal @ self.axes.T + self.mean).unflatten(1, self.shape)

    def assign_encoding(self, encoding: Encoding) -> tuple[Tensor, Tensor]:
        confidence, cluster = (-torch.cdist(encoding.normal, self.centres)).softmax(dim=1).max(dim=1)
        return cluster, confidence

    def optimizers(self) -> dict[str, Optimizer]:
        return {}

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"components": self}


class NoiseWGAN(_Small):
    """A Wasserstein GAN on normal noise, without modes and without an encoder."""

    name = "noise-wgan"
    title = "WGAN"
    reference = "a test's own"
    encodes = False

    def __init__(self, settings: FewSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape, Prior(n_normal=5, n_clusters=0, sigma=1.0))
        networks = build_networks("mlp", kind, shape, 5, width=0.1, initialisation="framework")
        self.generator, self.critic = networks.generator, networks.critic

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.random = generator
        self.generator_optimizer = build_adam(self.generator.parameters(), 1e-3, (0.5, 0.9))
        self.critic_optimizer = build_adam(self.critic.parameters(), 1e-3, (0.5, 0.9))

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        real = batches[0].samples
        fake = self.generator(self.prior.sample(len(real), self.random, real.device).joined())
        critic_loss = wasserstein_critic_loss(self.critic(real), self.critic(fake.detach()))
        self.critic_optimizer.zero_grad(set_to_none=True)
        critic_loss.backward()
        self.critic_optimizer.step()
        generator_loss = wasserstein_generator_loss(self.critic(fake))
        self.generator_optimizer.zero_grad(set_to_none=True)
        generator_loss.backward(inputs=list(self.generator.parameters()))
        self.generator_optimizer.step()
        return {"critic": critic_loss.detach(), "generator": generator_loss.detach()}

    def generate(self, latent: Latent) -> Tensor:
        return self.generator(latent.joined())

    def optimizers(self) -> dict[str, Optimizer]:
        return {"generator": self.generator_optimizer, "critic": self.critic_optimizer}

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator}


class InvertedWGAN(NoiseWGAN):
    """The WGAN read by optimising a latent for each sample, which takes long, and centres of those latents."""

    name = "inverted-wgan"
    title = "WGAN, inverted"
    encodes = True
    max_read = 60

    centres: Tensor  # (n_clusters, 5)

    def __init__(self, settings: FewSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape)
        self.register_buffer("centres", torch.randn(settings.n_clusters, 5, generator=torch.Generator().manual_seed(0)))

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        with torch.enable_grad():
            latent = torch.zeros(len(samples), 5, device=samples.device, requires_grad=True)
            for _ in range(2):
                distance = (self.generator(latent) - samples).square().sum()
                (slope,) = torch.autograd.grad(distance, latent)
                latent = (latent - 0.1 * slope).detach().requires_grad_(True)
        return Encoding(latent.detach(), None)

    def assign_encoding(self, encoding: Encoding) -> tuple[Tensor, Tensor]:
        distances = torch.cdist(encoding.normal, self.centres.to(encoding.normal.device))
        confidence, cluster = (-distances).softmax(dim=1).max(dim=1)
        return cluster, confidence

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"all": self}


LACKING: dict[str, type[Method]] = {method.name: method for method in (PCAKMeans, NoiseWGAN)}
