"""The autoencoder that VaDE, DEC and DCN train first: D-500-500-2000-z and its mirror image, with rectified units.

Sizes are those of DEC (Xie, Girshick, Farhadi, arXiv 1511.06335, §4.3), which VaDE and IDEC use as well. It is trained
as a whole, without the authors' layerwise training as denoising autoencoders: with Adam that is no longer needed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from clustergan_core.data.dataset import Kind

HIDDEN = (500, 500, 2000)


class Autoencoder(nn.Module):
    """Encodes samples (B, *shape) to points (B, n_latent) and decodes points to samples.

    `width` scales the hidden layers. Decoded images and tables lie in [0, 1].
    """

    def __init__(self, kind: Kind, shape: tuple[int, ...], n_latent: int, width: float) -> None:
        super().__init__()
        hidden = [max(2, round(size * width)) for size in HIDDEN]
        sizes = [math.prod(shape), *hidden]
        self.is_unbounded = kind == "expression"
        self.body = nn.Sequential(nn.Flatten(), *_hidden_layers(sizes))
        self.head = nn.Linear(sizes[-1], n_latent)
        self.mirror = nn.Sequential(
            *_hidden_layers([n_latent, *reversed(hidden)]), nn.Linear(hidden[0], sizes[0]), nn.Unflatten(1, shape)
        )

    def encode(self, samples: Tensor) -> Tensor:
        """Points (B, n_latent) of samples (B, *shape)."""
        return self.head(self.body(samples))

    def decode(self, points: Tensor) -> Tensor:
        """Samples (B, *shape) at points (B, n_latent)."""
        outputs = self.mirror(points)
        return outputs if self.is_unbounded else outputs.sigmoid()

    def squared_error(self, samples: Tensor, points: Tensor) -> Tensor:
        """Σ (x − x̂)² over features, averaged over samples (B, *shape) that are decoded from points (B, n_latent)."""
        return (self.decode(points) - samples).flatten(1).square().sum(dim=1).mean()

    def negative_log_likelihood(self, samples: Tensor, points: Tensor) -> Tensor:
        """−log p(x|z) averaged over samples: Bernoulli features in [0, 1], normal ones of variance 1 in expression.

        The normal's constant, half the number of features times log 2π, is left out.
        """
        if self.is_unbounded:
            return 0.5 * self.squared_error(samples, points)
        bits = functional.binary_cross_entropy_with_logits(self.mirror(points), samples, reduction="none")
        return bits.flatten(1).sum(dim=1).mean()

    @torch.no_grad()
    def encode_all(self, samples: Tensor, batch_size: int = 1024) -> Tensor:
        """Points (N, n_latent) of any number of samples, on their device."""
        return torch.cat([self.encode(batch) for batch in samples.split(batch_size)])


def _hidden_layers(sizes: Sequence[int]) -> list[nn.Module]:
    return [layer for n_in, n_out in pairwise(sizes) for layer in (nn.Linear(n_in, n_out), nn.ReLU())]


def split_phases(step: int, n_steps: int, share: float) -> tuple[int, int]:
    """(the steps of the first phase, the step's number in the second, counted from 1; at most 0 in the first).

    The first phase is `share` of `n_steps`, at least one step, and leaves at least one to the second where there are
    two steps.
    """
    n_first = max(1, min(round(share * n_steps), n_steps - 1))
    return n_first, step - n_first
