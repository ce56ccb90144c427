"""What generator and encoder need to know of the samples of an experiment: an embedding of each, and seen pairs.

A sample of an experiment is called a batch in code. The generator is told the batch of a cell, the encoder never is: it
sees genes alone, so that cells of a new sample can be assigned.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

MOST_DIMENSIONS = 8  # of the embedding of a batch


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

    def forward(self, latent: Tensor, batch: Tensor | None = None) -> Tensor:
        """Samples of z_n and mode (B, n_latent) as those of their batches (B,), or of the mean of all embeddings."""
        if batch is None:
            embedded = self.embedding.weight.mean(dim=0).expand(len(latent), -1)
        else:
            embedded = self.embedding(batch)
        return self.body(torch.cat([latent, embedded], dim=1))


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

    def draw(self, clusters: Tensor, generator: torch.Generator) -> Tensor:
        """A batch for each of clusters (B,) as often as its training samples have it; for an empty one as often as all.

        Clusters and result are on the generator's device.
        """
        counts = self.counts.to(generator.device, torch.float32)
        overall = counts.sum(dim=0) if counts.any() else torch.ones_like(counts[0])
        weights = torch.where(counts.sum(dim=1, keepdim=True) > 0, counts, overall)
        return torch.multinomial(weights[clusters], 1, generator=generator).squeeze(1)
