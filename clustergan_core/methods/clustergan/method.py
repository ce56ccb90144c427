"""ClusterGAN (Mukherjee, Asnani, Lin, Kannan; arXiv 1809.03627), the paper's method and nothing added.

Symbols: β_n → normal_weight, β_c → cluster_weight, σ → sigma, d_n → n_normal, K → n_clusters, λ → penalty_weight.

One training step: `n_critic_steps` times, the critic learns to tell real from generated samples under a gradient
penalty; then generator and encoder take one joint Adam step on
    −mean D(G(z)) + β_n · MSE(z_n, E(G(z))_n) + β_c · CE(z_c, E(G(z))_c).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.method import Batch, Encoding, Method
from clustergan_core.methods.clustergan.settings import ClusterGANFacts, ClusterGANSettings
from clustergan_core.nn.acceleration import autocast, build_adam
from clustergan_core.nn.losses import cluster_recovery_loss, normal_recovery_loss, wasserstein_generator_loss
from clustergan_core.nn.networks import build_networks, choose_architecture
from clustergan_core.nn.prior import Latent, Prior
from clustergan_core.nn.wasserstein import critic_losses, draw_mix, generate_batches, take_critic_step


class ClusterGAN(ClusterGANFacts, Method):
    __doc__ = ClusterGANFacts.__doc__

    settings: ClusterGANSettings

    def __init__(self, settings: ClusterGANSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape, Prior(settings.n_normal, settings.n_clusters, settings.sigma))
        architecture = choose_architecture(kind, shape) if settings.architecture == "auto" else settings.architecture
        networks = build_networks(
            architecture,
            kind,
            shape,
            settings.n_normal + settings.n_clusters,
            settings.width,
            settings.initialisation,
            settings.critic_norm,
        )
        self.generator, self.encoder, self.critic = networks.generator, networks.encoder, networks.critic

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.random = generator
        self.players = [*self.generator.parameters(), *self.encoder.parameters()]
        rate, betas = self.settings.learning_rate, (self.settings.beta1, self.settings.beta2)
        self.critic_optimizer = build_adam(self.critic.parameters(), rate, betas)
        self.player_optimizer = build_adam(self.players, rate, betas)

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size] * self.settings.n_critic_steps

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        if not self.training:
            self.train()
        latents, mixes = zip(*[self._draw(batch) for batch in batches], strict=True)
        fakes = self._generate_batches(latents)
        losses: dict[str, Tensor] = {}
        for batch, fake, mix in zip(batches, fakes, mixes, strict=True):
            losses |= take_critic_step(
                self.critic_losses(batch.samples, fake, mix), self.settings.penalty_weight, self.critic_optimizer
            )
        return losses | self._generator_encoder_step()

    def critic_losses(self, real: Tensor, fake: Tensor, mix: Tensor) -> dict[str, Tensor]:
        """The critic's two terms for real and generated samples (B, *shape) and mixing weights (B,)."""
        return critic_losses(self.critic, real, fake, mix, self.settings.precision)

    def generator_encoder_losses(self, latent: Latent) -> dict[str, Tensor]:
        """The three terms of generator and encoder for a batch of latents."""
        with self._passes():
            fake = self.generator(latent.joined())
            scores, recovered = self.critic(fake), self.encoder(fake)
        normal, cluster_logits = self._split(recovered.float())
        return {
            "generator": wasserstein_generator_loss(scores.float()),
            "normal_recovery": normal_recovery_loss(latent.normal, normal),
            "cluster_recovery": cluster_recovery_loss(latent.cluster, cluster_logits),
        }

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        normal, cluster_logits = self._split(self.encoder(samples))
        return Encoding(normal, cluster_logits.softmax(dim=1))

    @property
    def recovers_normal(self) -> bool:
        # The authors' code leaves ẑ_n out of what k-means reads as well where β_n is 0.
        return self.settings.normal_weight > 0

    def generate(self, latent: Latent) -> Tensor:
        self.eval()
        return self.generator(latent.joined())

    def optimizers(self) -> dict[str, Optimizer]:
        return {"critic": self.critic_optimizer, "player": self.player_optimizer}

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "encoder": self.encoder}

    def _draw(self, batch: Batch) -> tuple[Latent, Tensor]:
        """Latents and mixing weights (B,) for one batch of the critic."""
        device, count = batch.samples.device, len(batch.samples)
        latent = self.prior.sample(count, self.random, device)
        return latent, draw_mix(count, self.random, device)

    def _generate_batches(self, latents: Sequence[Latent]) -> Tensor:
        """Samples (G, B, *shape) for G batches of latents."""
        return generate_batches(self.generator, [latent.joined() for latent in latents], self.settings.precision)

    def _generator_encoder_step(self) -> dict[str, Tensor]:
        latent = self.prior.sample(self.settings.batch_size, self.random, self.device)
        losses = self.generator_encoder_losses(latent)
        loss = (
            losses["generator"]
            + self.settings.normal_weight * losses["normal_recovery"]
            + self.settings.cluster_weight * losses["cluster_recovery"]
        )
        self.player_optimizer.zero_grad(set_to_none=True)
        # The critic passes gradients on and gets none.
        loss.backward(inputs=self.players)
        self.player_optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    def _passes(self) -> AbstractContextManager[object]:
        """A block for the networks' passes, at the precision of the settings."""
        return autocast(self.device, self.settings.precision)

    def _split(self, latent: Tensor) -> tuple[Tensor, Tensor]:
        """The encoder's output (B, n_normal + n_clusters) as (ẑ_n, cluster logits)."""
        return latent[:, : self.settings.n_normal], latent[:, self.settings.n_normal :]
