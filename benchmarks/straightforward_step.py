"""ClusterGAN's training step as written directly from the paper, as a baseline for ours: eager, float32, no tricks.

It has the same networks, equations and order of draws as `clustergan_core.methods.clustergan`, and a test checks that
the two agree. The critic is called separately for real, generated and mixed samples, the penalty uses a second backward
pass, the generator is called once for each of the critic's batches, and Adam is PyTorch's default.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from clustergan_core.methods.clustergan import ClusterGAN
from clustergan_core.nn.prior import Latent


class StraightforwardStep:
    """Trains copies of a method's networks with its settings; `random` is the only source of randomness."""

    def __init__(self, method: ClusterGAN, random: torch.Generator) -> None:
        self.settings, self.prior, self.random = method.settings, method.prior, random
        self.generator: nn.Module = copy.deepcopy(method.generator)
        self.encoder: nn.Module = copy.deepcopy(method.encoder)
        self.critic: nn.Module = copy.deepcopy(method.critic)
        betas = (self.settings.beta1, self.settings.beta2)
        players = [*self.generator.parameters(), *self.encoder.parameters()]
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=self.settings.learning_rate, betas=betas)
        self.player_optimizer = torch.optim.Adam(players, lr=self.settings.learning_rate, betas=betas)

    def train_step(self, batches: Sequence[Tensor]) -> dict[str, Tensor]:
        """One generator update after a critic update on each batch of real samples (B, *shape)."""
        losses: dict[str, Tensor] = {}
        for real in batches:
            latent = self.prior.sample(len(real), self.random, real.device)
            mix = torch.rand(len(real), generator=self.random, device=real.device)
            losses |= self.critic_losses(real, latent, mix)
            self.critic_optimizer.zero_grad()
            (losses["critic"] + self.settings.penalty_weight * losses["penalty"]).backward()
            self.critic_optimizer.step()
        latent = self.prior.sample(self.settings.batch_size, self.random, batches[0].device)
        losses |= self.generator_encoder_losses(latent)
        self.player_optimizer.zero_grad()
        self.player_loss(losses).backward()
        self.player_optimizer.step()
        return losses

    def critic_losses(self, real: Tensor, latent: Latent, mix: Tensor) -> dict[str, Tensor]:
        """−(mean D(x) − mean D(G(z))) and mean (‖∇D(x̂)‖ − 1)² at x̂ = mix·x + (1 − mix)·G(z)."""
        with torch.no_grad():
            fake = self.generator(latent.joined())
        mix = mix.view(-1, *[1] * (real.dim() - 1))
        between = (mix * real + (1 - mix) * fake).requires_grad_(True)
        critic = self.critic(fake).mean() - self.critic(real).mean()
        scores = self.critic(between)
        (gradient,) = torch.autograd.grad(scores, between, torch.ones_like(scores), create_graph=True)
        return {"critic": critic, "penalty": ((gradient.flatten(1).norm(2, dim=1) - 1) ** 2).mean()}

    def generator_encoder_losses(self, latent: Latent) -> dict[str, Tensor]:
        """−mean D(G(z)), the squared error of z_n and the cross-entropy of z_c."""
        fake = self.generator(latent.joined())
        recovered = self.encoder(fake)
        n_normal = self.settings.n_normal
        return {
            "generator": -self.critic(fake).mean(),
            "normal_recovery": functional.mse_loss(recovered[:, :n_normal], latent.normal),
            "cluster_recovery": functional.cross_entropy(recovered[:, n_normal:], latent.cluster.argmax(dim=1)),
        }

    def player_loss(self, losses: dict[str, Tensor]) -> Tensor:
        """The sum that generator and encoder minimise."""
        return (
            losses["generator"]
            + self.settings.normal_weight * losses["normal_recovery"]
            + self.settings.cluster_weight * losses["cluster_recovery"]
        )
