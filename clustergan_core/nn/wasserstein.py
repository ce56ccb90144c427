"""The critic's part of a Wasserstein game with gradient penalty (Gulrajani et al., arXiv 1704.00028, algorithm 1).

What every GAN of that family shares: one call of the generator for all of the critic's batches, the critic's two terms
by the fast path where the critic allows it, and its step. What is drawn, and what the generator makes of it, is the
method's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.nn.acceleration import Precision, autocast
from clustergan_core.nn.batch_norm import run_batches
from clustergan_core.nn.input_gradients import gradients_by_autograd, is_piecewise_linear, scores_and_gradients
from clustergan_core.nn.losses import gradient_penalty, mix_samples, wasserstein_critic_loss
from clustergan_core.nn.networks import Critic


def draw_mix(count: int, random: torch.Generator, device: torch.device) -> Tensor:
    """Mixing weights (count,) in [0, 1): where between a real and a generated sample the penalty is taken."""
    return torch.rand(count, generator=random, device=device)


def generate_batches(generator: nn.Sequential, latents: Sequence[Tensor], precision: Precision) -> Tensor:
    """Samples (G, B, *shape) for G batches of the generator's input (B, n_latent), each with statistics of its own.

    In one pass, since the generator stands still while the critic learns.
    """
    stacked = torch.stack(list(latents))
    with autocast(stacked.device, precision):
        return run_batches(generator, stacked).float()


def critic_losses(critic: Critic, real: Tensor, fake: Tensor, mix: Tensor, precision: Precision) -> dict[str, Tensor]:
    """The critic's two terms, `critic` and `penalty`, for real and generated samples (B, *shape) and a `mix` (B,)."""
    # The critic's step must not reach the generator.
    fake = fake.detach()
    between = mix_samples(real, fake, mix)
    score = _score_samples if is_piecewise_linear(critic) else _score_batches
    real_scores, fake_scores, gradients = score(critic, real, fake, between, precision)
    return {
        "critic": wasserstein_critic_loss(real_scores, fake_scores),
        "penalty": gradient_penalty(gradients),
    }


def take_critic_step(losses: Mapping[str, Tensor], penalty_weight: float, optimizer: Optimizer) -> dict[str, Tensor]:
    """One step of the critic's optimiser on critic + penalty_weight · penalty; returns the losses detached."""
    loss = losses["critic"] + penalty_weight * losses["penalty"]
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return {name: value.detach() for name, value in losses.items()}


def _score_samples(
    critic: Critic, real: Tensor, fake: Tensor, between: Tensor, precision: Precision
) -> tuple[Tensor, Tensor, Tensor]:
    """Scores (B,) of real and generated samples, and the critic's gradients at `between` (B, *shape)."""
    scores, gradients = scores_and_gradients(
        critic.hidden,
        torch.cat([real, fake, between]),
        critic.last.weight[0],
        rows=slice(2 * len(real), None),
        precision=precision,
    )
    real_scores, fake_scores, _ = (scores + critic.last.bias).split(len(real))
    return real_scores, fake_scores, gradients


def _score_batches(
    critic: Critic, real: Tensor, fake: Tensor, between: Tensor, precision: Precision
) -> tuple[Tensor, Tensor, Tensor]:
    """The same for a normalised critic: statistics must be those of one kind of sample, as in the paper."""
    with autocast(real.device, precision):
        real_scores, fake_scores = critic(real).float(), critic(fake).float()
    return real_scores, fake_scores, gradients_by_autograd(critic, between)
