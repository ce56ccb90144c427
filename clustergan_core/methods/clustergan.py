"""ClusterGAN (Mukherjee, Asnani, Lin, Kannan; arXiv 1809.03627), the paper's method and nothing added.

Symbols: β_n → normal_weight, β_c → cluster_weight, σ → sigma, d_n → n_normal, K → n_clusters, λ → penalty_weight.

One training step: `n_critic_steps` times, the critic learns to tell real from generated samples under a gradient
penalty; then generator and encoder take one joint Adam step on
    −mean D(G(z)) + β_n · MSE(z_n, E(G(z))_n) + β_c · CE(z_c, E(G(z))_c).

Step counts of the preset `paper` stand only in the authors' public code: 500,000 generator steps for images and
pendigits, 100,000 for the expression matrix. Those take hours to months on a CPU; `default` keeps the method and the
five critic steps, raises the learning rate and stops after minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.method import Batch, Encoding, Method, MethodSettings
from clustergan_core.nn.acceleration import Precision, autocast, build_adam
from clustergan_core.nn.losses import cluster_recovery_loss, normal_recovery_loss, wasserstein_generator_loss
from clustergan_core.nn.networks import (
    Architecture,
    CriticNorm,
    Initialisation,
    build_networks,
    choose_architecture,
    is_convolved,
)
from clustergan_core.nn.prior import Latent, Prior
from clustergan_core.nn.wasserstein import critic_losses, draw_mix, generate_batches, take_critic_step
from clustergan_core.preset import PRESETS, Preset, PresetName, paper_settings, shorten

PAPER_STEPS = 500_000
PAPER_STEPS_EXPRESSION = 100_000

# Chosen by purity on training and validation labels (digits, seeds 10–12; see docs/decisions.md), never by test labels.
_FAST_SETTINGS: dict[str, Any] = {"learning_rate": 5e-4, "initialisation": "framework", "critic_norm": "none"}
_FAST_STEPS = 4_000
_FAST_STEPS_OF = {"synthetic": 1_500}  # where all modes are found long before
# Convolutions cost ten times as much a step on a CPU: a quarter of the width brings minutes back. Fewer critic steps
# would save more and learn no clusters in that time.
_FAST_CONVOLVED_SETTINGS: dict[str, Any] = {**_FAST_SETTINGS, "width": 0.25, "precision": "bfloat16"}
_FAST_CONVOLVED_STEPS = 3_000


class ClusterGANSettings(MethodSettings):
    """Settings of ClusterGAN; the defaults are the paper's for MNIST."""

    n_clusters: int = Field(10, ge=2, le=1000, title="Clusters K", description="Number of modes of the latent prior.")
    n_normal: int = Field(30, ge=1, le=1000, title="z_n size", description="Dimensions of the normal part of z.")
    sigma: float = Field(0.1, gt=0, le=10, title="σ", description="Standard deviation of z_n.")
    batch_size: int = Field(64, ge=2, le=8192, title="Batch size", description="Samples in each batch.")
    n_critic_steps: int = Field(
        5, ge=1, le=20, title="Critic steps", description="Critic updates for each generator update."
    )
    learning_rate: float = Field(1e-4, gt=0, le=0.1, title="Learning rate", description="Adam's step size.")
    beta1: float = Field(0.5, ge=0, lt=1, title="Adam β₁", description="Decay of Adam's first moment.")
    beta2: float = Field(0.9, ge=0, lt=1, title="Adam β₂", description="Decay of Adam's second moment.")
    penalty_weight: float = Field(
        10.0, ge=0, le=1000, title="Gradient penalty", description="Weight of the critic's gradient penalty."
    )
    normal_weight: float = Field(
        10.0, ge=0, le=1000, title="β_n", description="Weight of recovering z_n from the generated sample."
    )
    cluster_weight: float = Field(
        10.0, ge=0, le=1000, title="β_c", description="Weight of recovering the mode from the generated sample."
    )
    architecture: Architecture | Literal["auto"] = Field(
        "auto", title="Networks", description="The paper's networks by name; auto follows the kind and shape of data."
    )
    width: float = Field(1.0, ge=0.05, le=4, title="Width", description="Scales every hidden layer.")
    initialisation: Initialisation = Field(
        "normal-0.02", title="Initialisation", description="N(0, 0.02) as in the paper, or the framework's own."
    )
    critic_norm: CriticNorm = Field(
        "paper",
        title="Critic's normalisation",
        description="Batch normalisation where the paper's table has it, or none.",
    )
    precision: Precision = Field(
        "float32",
        title="Precision",
        description="Of the networks' passes; bfloat16 is faster where the networks are large. Weights stay float32.",
    )


class ClusterGAN(Method):
    """Generator, encoder and Wasserstein critic on the discrete-continuous prior."""

    name = "clustergan"
    title = "ClusterGAN"
    reference = "arXiv 1809.03627"
    Settings = ClusterGANSettings
    presets = PRESETS

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

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        settings = paper_settings(dataset, kind)
        if name == "paper":
            return Preset(settings, PAPER_STEPS_EXPRESSION if kind == "expression" else PAPER_STEPS)
        if is_convolved(kind, shape):
            return Preset(settings | _FAST_CONVOLVED_SETTINGS, shorten(_FAST_CONVOLVED_STEPS, name))
        fast = _FAST_SETTINGS
        if kind == "image" and "n_normal" not in settings:
            fast = fast | {"n_normal": 10}  # 30 dimensions are many for 64 pixels
        return Preset(settings | fast, shorten(_FAST_STEPS_OF.get(dataset, _FAST_STEPS), name))

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
