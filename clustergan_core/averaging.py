"""Running averages of weights, and passes that leave batch normalisation's statistics alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


@torch.no_grad()
def average_into(mean: nn.Module, network: nn.Module, rate: Tensor) -> None:
    """Moves every weight and statistic of `mean` towards `network`'s: mean ← (1 − rate)·mean + rate·network.

    `rate` () is a tensor, so that a recorded step sees it change.
    """
    means = [*mean.parameters(), *(buffer for buffer in mean.buffers() if buffer.is_floating_point())]
    values = [*network.parameters(), *(buffer for buffer in network.buffers() if buffer.is_floating_point())]
    for average, value in zip(means, values, strict=True):
        average.lerp_(value, rate)


def averaging_rate(step: int, decay: float) -> float:
    """The rate at the `step`-th of the averaged steps, counted from 1: 1 − decay, and more at the beginning.

    What was there before the first step must not weigh on a short training: at step t at most t/9 steps count.
    """
    return 1 - min(decay, step / (9 + step))


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
