"""The latent space: a normal part z_n and a one-hot cluster part z_c, with walks between its modes.

ClusterGAN (arXiv 1809.03627) §2.3: z = (z_n, z_c), z_n ~ N(0, σ² I), z_c = e_k with k uniform on the K clusters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

Noise = Literal["normal", "uniform"]
MAX_SEED = 2**31


@dataclass(frozen=True)
class Latent:
    """A batch of latent vectors, in two parts, for a generator that may also be told the sample of an experiment."""

    normal: Tensor  # (B, n_normal), z_n
    cluster: Tensor  # (B, n_clusters), z_c: one-hot when sampled, any point of the simplex on a walk; (B, 0) without
    batch: Tensor | None = None  # (B,) int64, the sample of the experiment to generate; None for no particular one

    def joined(self) -> Tensor:
        """The generator's input (B, n_normal + n_clusters), z_n first."""
        return torch.cat([self.normal, self.cluster], dim=1)


@dataclass(frozen=True)
class Prior:
    """The discrete-continuous mixture that a generator is trained on, or its continuous part alone."""

    n_normal: int
    n_clusters: int  # modes: entries of the one-hot part, 0 for a prior without modes
    sigma: float  # standard deviation of normal noise; uniform noise lies in [−sigma, sigma]
    noise: Noise = "normal"

    def sample(
        self, count: int, generator: torch.Generator, device: torch.device, cluster: Tensor | None = None
    ) -> Latent:
        """Draws `count` latents; `cluster` (count,) of int64 fixes their modes."""
        if self.noise == "uniform":
            unit = torch.rand(count, self.n_normal, generator=generator, device=device)
            normal = (2 * unit - 1) * self.sigma
        else:
            normal = torch.randn(count, self.n_normal, generator=generator, device=device) * self.sigma
        if not self.n_clusters:
            return Latent(normal, torch.zeros(count, 0, device=device))
        if cluster is None:
            cluster = torch.randint(self.n_clusters, (count,), generator=generator, device=device)
        return Latent(normal, self.one_hot(cluster))

    def one_hot(self, cluster: Tensor) -> Tensor:
        """Mode numbers (B,) as unit vectors (B, n_clusters)."""
        return torch.nn.functional.one_hot(cluster, self.n_clusters).to(torch.float32)

    def mixture(self, weights: Tensor) -> Tensor:
        """Scales non-negative weights (..., n_clusters) to the simplex; all-zero weights become uniform."""
        weights = weights.clamp(min=0)
        total = weights.sum(dim=-1, keepdim=True)
        uniform = torch.full_like(weights, 1 / self.n_clusters)
        return torch.where(total > 0, weights / total.clamp(min=torch.finfo(weights.dtype).tiny), uniform)

    def walk(self, start: int, end: int, mu: Tensor) -> Tensor:
        """Cluster parts (B, n_clusters) = μ·e_start + (1 − μ)·e_end for μ (B,) in [0, 1] (§2.7).

        Training draws only one-hot vectors, so points with 0 < μ < 1 are never sampled.
        """
        modes = torch.eye(self.n_clusters, dtype=mu.dtype, device=mu.device)
        return mu[:, None] * modes[start] + (1 - mu[:, None]) * modes[end]


class ModeWeights(nn.Module):
    """Each mode's share of the samples, for methods that learn it; the prior itself is uniform."""

    shares: Tensor  # (n_clusters,), which sum to 1

    def __init__(self, n_clusters: int) -> None:
        super().__init__()
        self.register_buffer("shares", torch.full((n_clusters,), 1 / n_clusters))

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Draws modes (count,) of int64 on the generator's device."""
        draws = torch.rand(count, generator=generator, device=generator.device)
        cumulative = self.shares.to(generator.device, torch.float32).cumsum(dim=0)
        return torch.searchsorted(cumulative, draws).clamp(max=len(self.shares) - 1)


def draw_seed(generator: torch.Generator) -> int:
    """A seed for scikit-learn, drawn from a training's only source of randomness."""
    return int(torch.randint(MAX_SEED, (), generator=generator, device=generator.device))
