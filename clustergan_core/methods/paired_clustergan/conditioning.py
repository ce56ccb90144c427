"""What the generator learns of the samples of an experiment: an embedding of each, means of pairs, and seen pairs.

A sample of an experiment is called a batch in code. The generator is told the batch of a cell, the encoder never is: it
sees genes alone, so that cells of a new sample can be assigned.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

MOST_DIMENSIONS = 8  # of the embedding of a batch
LEAST_HELD = 20  # training samples of a mode and a batch from which on their mean is held


class BatchGenerator(nn.Module):
    """A generator that also takes an embedding of the batch: (B, n_latent) and (B,) → (B, *shape)."""

    def __init__(self, body: nn.Module, n_batches: int, n_dimensions: int) -> None:
        """`body` maps (B, n_latent + n_dimensions) to samples."""
        super().__init__()
        self.body = body
        self.embedding = nn.Embedding(n_batches, n_dimensions)
        # As far from each other as modes are, so that the generator can tell them apart from the first step on.
        if n_batches == n_dimensions:
            nn.init.eye_(self.embedding.weight)
        else:
            nn.init.normal_(self.embedding.weight, std=n_dimensions**-0.5)

    def forward(self, latent: Tensor, batch: Tensor) -> Tensor:
        """Samples of z_n and mode (B, n_latent) as those of their batches (B,)."""
        return self.body(torch.cat([latent, self.embedding(batch)], dim=1))

    def average(self, latent: Tensor, shares: Tensor) -> Tensor:
        """Samples of z_n and mode (B, n_latent), averaged over all batches with shares (B, n_batches) that sum to 1.

        The generator is not trained on the mean of several embeddings, and makes unlike cells of it.
        """
        parts = [
            self(latent, torch.full((len(latent),), batch, device=latent.device)) for batch in range(shares.shape[1])
        ]
        return torch.einsum("sb...,bs->b...", torch.stack(parts), shares)


class SeenPairs(nn.Module):
    """How many training samples each mode and batch share, by the encoder that is saved."""

    counts: Tensor  # (n_clusters, n_batches) int64

    def __init__(self, n_clusters: int, n_batches: int) -> None:
        super().__init__()
        self.register_buffer("counts", torch.zeros(n_clusters, n_batches, dtype=torch.int64))

    @torch.no_grad()
    def count(self, clusters: Tensor, batches: Tensor) -> None:
        """Counts the pairs of clusters (N,) and batches (N,) anew."""
        pairs = clusters * self.counts.shape[1] + batches
        self.counts.copy_(pairs.bincount(minlength=self.counts.numel()).view_as(self.counts))

    def shares(self) -> Tensor:
        """Each batch's share (n_clusters, n_batches) of a mode's training samples; for an empty mode, of all."""
        counts = self.counts.to(torch.float32)
        overall = torch.where(counts.sum() > 0, counts.sum(dim=0), 1.0)
        weights = torch.where(counts.sum(dim=1, keepdim=True) > 0, counts, overall)
        return weights / weights.sum(dim=1, keepdim=True)

    def draw(self, clusters: Tensor, generator: torch.Generator) -> Tensor:
        """A batch for each of clusters (B,) by `shares`; clusters and result are on the generator's device."""
        shares = self.shares().to(generator.device)
        return torch.multinomial(shares[clusters], 1, generator=generator).squeeze(1)


class PairMeans(NamedTuple):
    """The mean training sample of each mode and batch."""

    means: Tensor  # (n_clusters, n_batches, D)
    is_held: Tensor  # (n_clusters, n_batches) 1 for pairs of enough samples, 0 for others
    variance: Tensor  # () of all samples, over all D features

    def loss(self, first: Tensor, second: Tensor, clusters: Tensor, batches: Tensor) -> Tensor:
        """How far the generator's means are from these: mean ⟨y − m, y′ − m⟩ / variance over pairs that are held.

        `first` and `second` (B, D) are two independent draws y, y′ for each of clusters (B,) and batches (B,), so that
        the expectation is the squared length of the bias. Few samples of a pair are in a batch, and the game alone
        learns what differs between the samples of a small mode with much noise.
        """
        means = self.means[clusters, batches]
        products = ((first - means) * (second - means)).sum(dim=1)
        return (self.is_held[clusters, batches] * products).mean() / self.variance


def fit_pair_means(samples: Tensor, clusters: Tensor, batches: Tensor, n_clusters: int, n_batches: int) -> PairMeans:
    """The means of training samples (N, *shape) by their clusters (N,) and batches (N,), on their device."""
    flat, pairs = samples.flatten(1).cpu(), (clusters * n_batches + batches).cpu()  # a GPU's sums would not repeat
    counts = pairs.bincount(minlength=n_clusters * n_batches)
    sums = torch.zeros(len(counts), flat.shape[1]).index_add_(0, pairs, flat)
    means = (sums / counts.clamp(min=1)[:, None]).view(n_clusters, n_batches, -1)
    is_held = (counts >= LEAST_HELD).to(flat.dtype).view(n_clusters, n_batches)
    variance = flat.var(dim=0).sum().clamp(min=1e-12)
    return PairMeans(means.to(samples.device), is_held.to(samples.device), variance.to(samples.device))
