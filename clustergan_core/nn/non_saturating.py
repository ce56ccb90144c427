"""The steps of the original game (Goodfellow et al., arXiv 1406.2661), whichever of its two losses the generator has.

A normalised discriminator takes its running statistics from real samples alone, so that a real sample is read as in
training; generated ones are normalised by their own batch.
"""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.nn.acceleration import Precision, autocast
from clustergan_core.nn.batch_norm import held_statistics
from clustergan_core.nn.networks import Critic


def read_generated(critic: Critic, generated: Tensor, precision: Precision) -> tuple[Tensor, Tensor]:
    """The last hidden layer (B, n_features) and the scores (B,) of generated samples (B, *shape)."""
    with autocast(generated.device, precision), held_statistics(critic):
        features = critic.features(generated)
        scores = critic.last(features).squeeze(1)
    return features.float(), scores.float()


def read_real(critic: Critic, samples: Tensor, precision: Precision) -> tuple[Tensor, Tensor]:
    """The last hidden layer (B, n_features) and the scores (B,) of real samples, which move running statistics."""
    with autocast(samples.device, precision):
        features = critic.features(samples)
        scores = critic.last(features).squeeze(1)
    return features.float(), scores.float()


def take_step(loss: Tensor, optimizer: Optimizer) -> None:
    """One step of an optimiser on a loss; other networks pass gradients on but receive none."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward(inputs=list(parameters_of(optimizer)))
    optimizer.step()


def parameters_of(optimizer: Optimizer) -> Iterable[nn.Parameter]:
    """The parameters that an optimiser moves."""
    return (parameter for group in optimizer.param_groups for parameter in group["params"])
