"""Runs several batches through a network in one pass, each with its own batch statistics.

In training, batch normalisation makes a sample's output depend on its batch: 320 samples at once are not five batches
of 64. Therefore only that layer processes the batches one by one, in order, and all other layers take all samples at
once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


@torch.no_grad()
def run_batches(network: nn.Sequential, batches: Tensor) -> Tensor:
    """Maps batches (G, B, *shape) to outputs (G, B, *out), the same as G calls of the network in training.

    Running statistics are also updated as by those G calls. No gradients are computed.
    """
    n_batches, batch_size = batches.shape[:2]
    values = batches.flatten(0, 1)
    for layer in network:
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            values = torch.cat([layer(batch) for batch in values.split(batch_size)])
        else:
            values = layer(values)
    return values.unflatten(0, (n_batches, batch_size))


@contextmanager
def held_statistics(network: nn.Module) -> Iterator[None]:
    """A context in which batch normalisation normalises by the batch but does not update its running statistics.

    A network that sees real and generated batches in turn must take its statistics from only one kind.
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
