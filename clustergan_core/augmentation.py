"""Random affine maps of images: what leaves the class of a handwritten digit or a garment alone."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

# Rotation, scale and shear as in common practice for digits; the shift is 2 pixels of 28.
MAX_ROTATION = math.radians(15)
SCALES = (0.8, 1.2)
MAX_SHEAR = 0.3
MAX_SHIFT = 2 / 28 * 2  # in units of half a side, which is how a sampling grid counts


def random_affine(images: Tensor, generator: torch.Generator) -> Tensor:
    """Each image (B, C, H, W) under a rotation, scale, shear and shift of its own; the outside is zero."""
    draws = torch.rand(5, len(images), generator=generator, device=images.device)
    angle = (2 * draws[0] - 1) * MAX_ROTATION
    scale = SCALES[0] + (SCALES[1] - SCALES[0]) * draws[1]
    shear = (2 * draws[2] - 1) * MAX_SHEAR
    shift = (2 * draws[3:5] - 1) * MAX_SHIFT
    cos, sin = angle.cos() / scale, angle.sin() / scale
    rows = torch.stack([cos, shear * cos - sin, shift[0], sin, shear * sin + cos, shift[1]], dim=1)
    grid = functional.affine_grid(rows.view(-1, 2, 3), list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)
