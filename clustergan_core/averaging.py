"""Running averages of weights, and passes that leave batch normalisation's statistics alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn


@torch.no_grad()
def average_into(mean: nn.Module, network: nn.Module, decay: float) -> None:
    """Moves every weight and statistic of `mean` towards `network`'s: mean ← decay·mean + (1 − decay)·network."""
    means = [*mean.parameters(), *(buffer for buffer in mean.buffers() if buffer.is_floating_point())]
    values = [*network.parameters(), *(buffer for buffer in network.buffers() if buffer.is_floating_point())]
    get_ema_multi_avg_fn(decay)(means, values, 0)


@contextmanager
def held_statistics(network: nn.Module) -> Iterator[None]:
    """A block in which batch normalisation still normalises by the batch, and leaves its running statistics alone.

    A network that sees real and generated batches in turn must take its statistics from one of them.
    """
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    try:
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
