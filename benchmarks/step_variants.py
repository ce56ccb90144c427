"""Variants of ClusterGAN's step with one idea removed or added, so that the gain of each can be measured alone."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.optim import Adam

from clustergan_core.methods.clustergan import ClusterGAN
from clustergan_core.nn.input_gradients import gradients_by_autograd
from clustergan_core.nn.losses import gradient_penalty, mix_samples, wasserstein_critic_loss
from clustergan_core.nn.prior import Latent


class PlainAdam(ClusterGAN):
    """Uses PyTorch's default Adam: one pass over memory for each of its operations."""

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        super().prepare(samples, generator)
        rate, betas = self.settings.learning_rate, (self.settings.beta1, self.settings.beta2)
        self.critic_optimizer = Adam(self.critic.parameters(), rate, betas)
        self.player_optimizer = Adam(self.players, rate, betas)


class ForeachAdam(ClusterGAN):
    """Uses Adam with operations on lists of tensors."""

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        super().prepare(samples, generator)
        rate, betas = self.settings.learning_rate, (self.settings.beta1, self.settings.beta2)
        self.critic_optimizer = Adam(self.critic.parameters(), rate, betas, foreach=True)
        self.player_optimizer = Adam(self.players, rate, betas, foreach=True)


class CriticGradientsInPlayersStep(ClusterGAN):
    """Lets the players' backward pass also compute the critic's gradients, which are not used."""

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        super().prepare(samples, generator)
        self.players = [*self.players, *self.critic.parameters()]


class GeneratorCallForEachBatch(ClusterGAN):
    """Calls the generator once for each of the critic's batches."""

    def _generate_batches(self, latents: Sequence[Latent]) -> Tensor:
        with torch.no_grad(), self._passes():
            return torch.stack([self.generator(latent.joined()).float() for latent in latents])


class SecondBackwardPass(ClusterGAN):
    """Scores real and generated samples in one pass; the penalty uses autograd's second backward pass."""

    def critic_losses(self, real: Tensor, fake: Tensor, mix: Tensor) -> dict[str, Tensor]:
        with self._passes():
            scores = self.critic(torch.cat([real, fake])).float()
            gradients = gradients_by_autograd(self.critic, mix_samples(real, fake, mix)).float()
        real_scores, fake_scores = scores.chunk(2)
        return {
            "critic": wasserstein_critic_loss(real_scores, fake_scores),
            "penalty": gradient_penalty(gradients),
        }


class SeparatePasses(ClusterGAN):
    """Scores real and generated samples in separate passes; the penalty uses autograd's second backward pass."""

    def critic_losses(self, real: Tensor, fake: Tensor, mix: Tensor) -> dict[str, Tensor]:
        with self._passes():
            real_scores, fake_scores = self.critic(real).float(), self.critic(fake).float()
            gradients = gradients_by_autograd(self.critic, mix_samples(real, fake, mix)).float()
        return {
            "critic": wasserstein_critic_loss(real_scores, fake_scores),
            "penalty": gradient_penalty(gradients),
        }


class ChannelsLast(ClusterGAN):
    """Stores the weights of convolutions with the channels as the innermost dimension."""

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        super().prepare(samples, generator)
