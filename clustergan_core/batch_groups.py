"""Several batches through one network in one pass, each with batch statistics of its own.

Batch normalisation in training makes a sample's output depend on its batch: 320 samples at once are not five batches of
64. Here the samples of all batches lie side by side, sample 1 of each, then sample 2 of each, so that a layer's output
(B·G, C, …) seen as (B, G·C, …) has one channel for each batch and feature, and one call normalises them all apart.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


@torch.no_grad()
def run_batches(network: nn.Sequential, batches: Tensor) -> Tensor:
    """Batches (G, B, *shape) to outputs (G, B, *out), as G calls of the network in training would give them.

    Running statistics move as those G calls would have moved them. Without gradients.
    """
    n_batches, batch_size = batches.shape[:2]
    values = batches.transpose(0, 1).flatten(0, 1)
    for layer in network:
        is_norm = isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d)
        values = _normalise_apart(layer, values, n_batches) if is_norm else layer(values)
    return values.unflatten(0, (batch_size, n_batches)).transpose(0, 1)


def _normalise_apart(norm: nn.BatchNorm1d | nn.BatchNorm2d, values: Tensor, n_batches: int) -> Tensor:
    """(B·G, C, …) with one mean and variance for each of G batches and C channels."""
    mean, variance, momentum = norm.running_mean, norm.running_var, norm.momentum
    assert mean is not None and variance is not None and momentum is not None and norm.num_batches_tracked is not None
    means, variances = mean.repeat(n_batches), variance.repeat(n_batches)
    apart = functional.batch_norm(
        values.reshape(-1, n_batches * norm.num_features, *values.shape[2:]),
        means,
        variances,
        norm.weight.repeat(n_batches),
        norm.bias.repeat(n_batches),
        training=True,
        momentum=momentum,
        eps=norm.eps,
    )
    # What one batch adds fades with each batch after it.
    fading = (1 - momentum) ** torch.arange(n_batches - 1, -1, -1, dtype=mean.dtype, device=mean.device)
    for running, moved in ((mean, means), (variance, variances)):
        added = moved.view(n_batches, -1) - (1 - momentum) * running
        running.copy_((1 - momentum) ** n_batches * running + fading @ added)
    norm.num_batches_tracked.add_(n_batches)
    return apart.view(values.shape)
