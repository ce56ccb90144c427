"""Running averages of weights."""

from __future__ import annotations

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

    The values before the first step must not weigh on a short training: at step t at most t/9 steps count.
    """
    return 1 - min(decay, step / (9 + step))
