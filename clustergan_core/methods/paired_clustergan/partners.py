"""Partners, which must get the same code as a sample: a near neighbour, another view of the sample, or both."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

# Rotation, scale and shear follow common practice for digits; the shift is 2 pixels of 28.
MAX_ROTATION = math.radians(15)
SCALES = (0.8, 1.2)
MAX_SHEAR = 0.3
MAX_SHIFT = 2 / 28 * 2  # in half sides, the unit of a sampling grid


class Partners:
    """Draws partners for the samples (N, *shape) of a training split."""

    def __init__(
        self, samples: Tensor, neighbours: Tensor | None, is_augmented: bool, generator: torch.Generator
    ) -> None:
        """`neighbours` (N, M) are indices of samples; if they are None or M = 0, each sample is its own partner."""
        self.samples = samples
        self.neighbours = neighbours if neighbours is not None and neighbours.shape[1] else None
        self.is_augmented = is_augmented
        self.random = generator

    def pair(self, indices: Tensor) -> Tensor:
        """The samples at `indices` (B,), followed by their partners, each in its own view: (2B, *shape)."""
        chosen = indices
        if self.neighbours is not None:
            n_neighbours = self.neighbours.shape[1]
            pick = torch.randint(n_neighbours, indices.shape, generator=self.random, device=indices.device)
            chosen = self.neighbours[indices, pick]
        both = self.samples[torch.cat([indices, chosen])]
        return random_affine(both, self.random) if self.is_augmented else both


def random_affine(images: Tensor, generator: torch.Generator) -> Tensor:
    """Transforms each image (B, C, H, W) by its own random rotation, scale, shear and shift; the outside is zero."""
    draws = torch.rand(5, len(images), generator=generator, device=images.device)
    angle = (2 * draws[0] - 1) * MAX_ROTATION
    scale = SCALES[0] + (SCALES[1] - SCALES[0]) * draws[1]
    shear = (2 * draws[2] - 1) * MAX_SHEAR
    shift = (2 * draws[3:5] - 1) * MAX_SHIFT
    cos, sin = angle.cos() / scale, angle.sin() / scale
    rows = torch.stack([cos, shear * cos - sin, shift[0], sin, shear * sin + cos, shift[1]], dim=1)
    grid = functional.affine_grid(rows.view(-1, 2, 3), list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)
