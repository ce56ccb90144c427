"""NEMGAN (Mishra, Jayendran, Prathosh; arXiv 2005.02435), with given and with learned masses of the modes.

z = y + ν₂: y is a unit vector in the last K places of z, drawn with the masses softmax α, and ν₂ ~ U(−spread, spread)^d
keeps the modes apart. The inverter h recovers both from a generated sample. A step is the critic's under a gradient
penalty (10), then one of generator and inverter on
    −mean D(G(z)) + 10 · MSE(z, h_z(G(z))) + 1 · CE(y, h_y(G(z))).

With learned masses (`LabelledNEMGAN`) every step also trains h on a batch of labelled samples, with all labels equally
frequent. From a twentieth of the training on, α descends KL(mean h(x) ‖ softmax α) over real samples x; the
gradient, softmax α − mean h(x), needs no sampling of y. Mode k means label k.

Symbols: α → logits of the masses, M → n_clusters, ν₂ → the latent's noise.

Differences from the authors' code: without labels the masses are given (with learned ones and no labels they would
drift to whatever h believes); y comes by the inverse of its distribution function and not from a steep sigmoid, whose
slope is almost everywhere zero; labelled batches, of which their code takes two every tenth step and a hundred every
hundredth, 1.2 a step, are spread evenly; no dropout; the test set is not balanced by repeating samples; the networks
are ClusterGAN's. Running statistics of h come from real samples.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.errors import SettingsError
from clustergan_core.method import Batch, Encoding, LabelledMethod, LabelledSubset, Method
from clustergan_core.methods.nemgan.settings import (
    LabelledNEMGANFacts,
    LabelledNEMGANSettings,
    NEMGANFacts,
    NEMGANSettings,
)
from clustergan_core.nn.acceleration import autocast, build_adam
from clustergan_core.nn.batch_norm import held_statistics
from clustergan_core.nn.losses import cluster_recovery_loss, normal_recovery_loss, wasserstein_generator_loss
from clustergan_core.nn.networks import build_networks, choose_architecture
from clustergan_core.nn.non_saturating import take_step
from clustergan_core.nn.prior import Latent, ModeWeights, Prior
from clustergan_core.nn.wasserstein import critic_losses, draw_mix, generate_batches, take_critic_step

GIVEN_SHARE = 0.05  # of the training in which masses stay as given


class NEMGAN(NEMGANFacts, Method):
    __doc__ = NEMGANFacts.__doc__

    settings: NEMGANSettings

    def __init__(self, settings: NEMGANSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        n_latent, n_clusters = max(settings.n_normal, settings.n_clusters), settings.n_clusters
        super().__init__(settings, kind, shape, Prior(n_latent, n_clusters, settings.spread, "uniform"))
        networks = build_networks(
            choose_architecture(kind, shape) if settings.architecture == "auto" else settings.architecture,
            kind,
            shape,
            n_latent,
            settings.width,
            settings.initialisation,
            settings.critic_norm,
            n_encoder_outputs=n_latent + n_clusters,
        )
        self.generator, self.encoder, self.critic = networks.generator, networks.encoder, networks.critic
        self.masses = ModeWeights(n_clusters)
        self.masses.shares.copy_(torch.tensor(settings.shares()))

    def prepare(self, samples: Tensor, generator: torch.Generator, labelled: LabelledSubset | None = None) -> None:
        self.random = generator
        rate, betas = self.settings.learning_rate, (self.settings.beta1, self.settings.beta2)
        self.critic_optimizer = build_adam(self.critic.parameters(), rate, betas)
        self.generator_optimizer = build_adam(self.generator.parameters(), rate, betas)
        self.encoder_optimizer = build_adam(self.encoder.parameters(), rate, betas)

    @property
    def mode_weights(self) -> ModeWeights | None:
        return self.masses if self.settings.masses else None

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size] * self.settings.n_critic_steps

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        self.train()
        latents = [self._latents(self._draw(len(batch.samples))) for batch in batches]
        fakes = generate_batches(self.generator, latents, self.settings.precision)
        losses: dict[str, Tensor] = {}
        for batch, fake in zip(batches, fakes, strict=True):
            mix = draw_mix(len(fake), self.random, self.device)
            losses |= take_critic_step(
                critic_losses(self.critic, batch.samples, fake, mix, self.settings.precision),
                self.settings.penalty_weight,
                self.critic_optimizer,
            )
        with torch.no_grad():
            self._read(batches[-1].samples)  # the only pass that moves h's running statistics
        return losses | self._generator_encoder_step()

    def generator_encoder_losses(self, latent: Latent) -> dict[str, Tensor]:
        """The three loss terms of generator and inverter for a batch of latents."""
        z = self._latents(latent)
        with autocast(self.device, self.settings.precision):
            fake = self.generator(z)
            scores = self.critic(fake)
        with held_statistics(self.encoder):
            recovered, logits = self._read(fake)
        return {
            "generator": wasserstein_generator_loss(scores.float()),
            "latent_recovery": normal_recovery_loss(z, recovered),
            "cluster_recovery": cluster_recovery_loss(latent.cluster, logits),
        }

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        recovered, logits = self._read(samples)
        code = logits.softmax(dim=1)
        # What remains of ẑ without its mode is the noise, so that `generate` puts ẑ together again.
        return Encoding(recovered - self._at_modes(code), code)

    def generate(self, latent: Latent) -> Tensor:
        self.eval()
        return self.generator(self._latents(latent))

    def optimizers(self) -> dict[str, Optimizer]:
        return {
            "critic": self.critic_optimizer,
            "generator": self.generator_optimizer,
            "encoder": self.encoder_optimizer,
        }

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "encoder": self.encoder, "mode_masses": self.masses}

    def _generator_encoder_step(self) -> dict[str, Tensor]:
        losses = self.generator_encoder_losses(self._draw(self.settings.batch_size))
        loss = (
            losses["generator"]
            + self.settings.normal_weight * losses["latent_recovery"]
            + self.settings.cluster_weight * losses["cluster_recovery"]
        )
        self.generator_optimizer.zero_grad(set_to_none=True)
        self.encoder_optimizer.zero_grad(set_to_none=True)
        # The critic passes gradients on but receives none.
        loss.backward(inputs=[*self.generator.parameters(), *self.encoder.parameters()])
        self.generator_optimizer.step()
        self.encoder_optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    def _draw(self, count: int) -> Latent:
        return self.prior.sample(count, self.random, self.device, self.masses.draw(count, self.random))

    def _latents(self, latent: Latent) -> Tensor:
        """The generator's input z (B, n_latent)."""
        return latent.normal + self._at_modes(latent.cluster)

    def _at_modes(self, cluster: Tensor) -> Tensor:
        """Weights of modes (B, n_clusters) in the last places of latents (B, n_latent)."""
        return functional.pad(cluster, (self.prior.n_normal - self.n_clusters, 0))

    def _read(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """ẑ (B, n_latent) and the logits of ŷ (B, n_clusters)."""
        with autocast(samples.device, self.settings.precision if self.training else "float32"):
            output = self.encoder(samples)
        recovered, logits = output.float().tensor_split([self.prior.n_normal], dim=1)
        return recovered, logits


class LabelledNEMGAN(LabelledNEMGANFacts, NEMGAN, LabelledMethod):
    __doc__ = LabelledNEMGANFacts.__doc__

    settings: LabelledNEMGANSettings  # pyright: ignore[reportIncompatibleVariableOverride]  # narrowed, never assigned

    def __init__(self, settings: LabelledNEMGANSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape)
        self.alpha = nn.Parameter(self.masses.shares.log())

    def prepare(self, samples: Tensor, generator: torch.Generator, labelled: LabelledSubset | None = None) -> None:
        super().prepare(samples, generator)
        self.mass_optimizer = build_adam([self.alpha], self.settings.mass_rate, (0.9, 0.999))
        if labelled is None:  # only the time of a step is measured
            indices = torch.arange(min(len(samples), self.n_labelled), device=samples.device)
            labelled = LabelledSubset(indices, indices % self.n_clusters)
        n_labels = int(labelled.labels.max()) + 1
        if n_labels > self.n_clusters:
            raise SettingsError(
                f"There are {n_labels} labels, but n_clusters is {self.n_clusters}: set it to at least {n_labels}, "
                "because each label has its own mode."
            )
        self.labelled, self.labelled_samples = labelled, samples[labelled.indices]
        counts = torch.bincount(labelled.labels, minlength=self.n_clusters)
        self.draw_weights = 1 / counts[labelled.labels].float()  # every label is drawn equally often
        self.moves_masses = False

    def begin_step(self, step: int, n_steps: int) -> None:
        self._begin(step > GIVEN_SHARE * n_steps)

    def begin_added_step(self, step: int, n_steps: int) -> None:
        self._begin(True)

    def _begin(self, moves_masses: bool) -> None:
        self.moves_masses = moves_masses
        self.variant = f"{'moving' if moves_masses else 'given'} masses"

    @property
    def mode_weights(self) -> ModeWeights | None:
        return self.masses

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        losses = super().train_step(batches)
        chosen = torch.multinomial(self.draw_weights, self.settings.batch_size, True, generator=self.random)
        loss = self.label_loss(chosen)
        take_step(loss, self.encoder_optimizer)
        losses["labels"] = loss.detach()
        if self.moves_masses:
            loss = self.mass_loss(batches[-1].samples)
            take_step(loss, self.mass_optimizer)
            self.masses.shares.copy_(self.alpha.detach().softmax(dim=0))
            losses["masses"] = loss.detach()
        return losses

    def label_loss(self, chosen: Tensor) -> Tensor:
        """Cross-entropy of h and the labels, for labelled samples by their numbers (B,)."""
        with held_statistics(self.encoder):
            logits = self._read(self.labelled_samples[chosen])[1]
        return functional.cross_entropy(logits, self.labelled.labels[chosen])

    def mass_loss(self, samples: Tensor) -> Tensor:
        """KL(mean h(x) ‖ softmax α) for real samples (B, *shape); its gradient by α is softmax α − mean h(x)."""
        with torch.no_grad(), held_statistics(self.encoder):
            found = self._read(samples)[1].softmax(dim=1).mean(dim=0)
        return functional.kl_div(self.alpha.log_softmax(dim=0), found, reduction="sum")

    def optimizers(self) -> dict[str, Optimizer]:
        return super().optimizers() | {"masses": self.mass_optimizer}
