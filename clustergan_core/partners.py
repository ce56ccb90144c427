"""What must get the same code as a sample: one of its nearest neighbours, another view of it, or both."""

from __future__ import annotations

import torch
from torch import Tensor

from clustergan_core.augmentation import random_affine


class Partners:
    """Draws partners for the samples (N, *shape) of a training split."""

    def __init__(
        self, samples: Tensor, neighbours: Tensor | None, is_augmented: bool, generator: torch.Generator
    ) -> None:
        """`neighbours` (N, M) are indices of samples; without them, or with none (M = 0), each is its own partner."""
        self.samples = samples
        self.neighbours = neighbours if neighbours is not None and neighbours.shape[1] else None
        self.is_augmented = is_augmented
        self.random = generator

    def pair(self, indices: Tensor) -> Tensor:
        """The samples at `indices` (B,) and below them their partners, each in a view of its own: (2B, *shape)."""
        chosen = indices
        if self.neighbours is not None:
            n_neighbours = self.neighbours.shape[1]
            pick = torch.randint(n_neighbours, indices.shape, generator=self.random, device=indices.device)
            chosen = self.neighbours[indices, pick]
        both = self.samples[torch.cat([indices, chosen])]
        return random_affine(both, self.random) if self.is_augmented else both
