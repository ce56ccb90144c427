"""InfoGAN (Chen et al., arXiv 1606.03657): a GAN that keeps codes of its prior readable from its samples.

The prior is (noise, continuous codes, one-hot mode c), with noise and codes from U(−1, 1), or both normal. Q shares the
discriminator's body; its head is FC128, batch normalisation, leaky ReLU, FC. The bound on the mutual information is
    I = H(c) + E log Q(c | G(z, c)) + E log N(continuous; μ_Q, 1) ≤ log K + constant,
and a step is one of the discriminator with Q on −log D(x) − log(1 − D(G)) − λI, then one of the generator on
−log D(G) − λI, as in the authors' code.

Symbols: λ → information_weight, c → mode, Q → head.

Differences: the networks are those of ClusterGAN's table, whose MNIST discriminator has no batch normalisation; the
discriminator's and Q's running statistics come from real samples alone, so that `assign` reads them as in training.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.method import Batch, Encoding, Method
from clustergan_core.methods.infogan.settings import InfoGANFacts, InfoGANSettings
from clustergan_core.nn.acceleration import autocast, build_adam
from clustergan_core.nn.batch_norm import held_statistics
from clustergan_core.nn.losses import (
    cluster_recovery_loss,
    non_saturating_critic_loss,
    non_saturating_generator_loss,
    unit_gaussian_loss,
)
from clustergan_core.nn.networks import LEAK, build_networks, choose_architecture
from clustergan_core.nn.non_saturating import read_generated, read_real, take_step
from clustergan_core.nn.prior import Latent, Prior

N_HEAD = 128


class InfoGAN(InfoGANFacts, Method):
    __doc__ = InfoGANFacts.__doc__

    settings: InfoGANSettings

    def __init__(self, settings: InfoGANSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        # Continuous codes are the last entries of the noise: both are drawn anew for each sample.
        n_noise = settings.n_normal + settings.n_continuous
        super().__init__(settings, kind, shape, Prior(n_noise, settings.n_clusters, 1.0, settings.noise))
        networks = build_networks(
            choose_architecture(kind, shape) if settings.architecture == "auto" else settings.architecture,
            kind,
            shape,
            n_noise + settings.n_clusters,
            settings.width,
            settings.initialisation,
            settings.critic_norm,
        )
        self.generator, self.critic = networks.generator, networks.critic
        self.head = nn.Sequential(
            nn.Linear(self.critic.last.in_features, N_HEAD),
            nn.BatchNorm1d(N_HEAD),
            nn.LeakyReLU(LEAK),
            nn.Linear(N_HEAD, settings.n_clusters + settings.n_continuous),
        )

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.random = generator
        betas = (self.settings.beta1, self.settings.beta2)
        readers = [*self.critic.parameters(), *self.head.parameters()]
        self.critic_optimizer = build_adam(readers, self.settings.learning_rate, betas)
        self.generator_optimizer = build_adam(self.generator.parameters(), self.settings.generator_learning_rate, betas)

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size]

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        self.train()
        weight = self.settings.information_weight
        real = batches[0].samples
        latent = self._draw(len(real))
        with torch.no_grad(), autocast(self.device, self.settings.precision):
            fake = self.generator(latent.joined()).float()
        read = self.critic_losses(real, fake, latent)
        take_step(read["critic"] + weight * self._code_loss(read), self.critic_optimizer)
        made = self.generator_losses(self._draw(len(real)))
        take_step(made["generator"] + weight * self._code_loss(made), self.generator_optimizer)
        return {name: loss.detach() for name, loss in (read | made).items()}

    def critic_losses(self, real: Tensor, fake: Tensor, latent: Latent) -> dict[str, Tensor]:
        """The loss terms of discriminator and Q for real and generated samples (B, *shape), these from `latent`."""
        real_features, real_scores = read_real(self.critic, real, self.settings.precision)
        with torch.no_grad():
            self.head(real_features)  # Q learns from generated samples, but must read real ones
        features, scores = read_generated(self.critic, fake, self.settings.precision)
        return {"critic": non_saturating_critic_loss(real_scores, scores), **self._recovery(features, latent)}

    def generator_losses(self, latent: Latent) -> dict[str, Tensor]:
        """The generator's loss terms for a batch of latents."""
        with autocast(self.device, self.settings.precision):
            fake = self.generator(latent.joined())
        features, scores = read_generated(self.critic, fake, self.settings.precision)
        return {"generator": non_saturating_generator_loss(scores), **self._recovery(features, latent)}

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        logits, continuous = self._read(self.critic.features(samples))
        noise = torch.zeros(len(samples), self.settings.n_normal, device=samples.device)  # Q does not read it
        return Encoding(torch.cat([noise, continuous], dim=1), logits.softmax(dim=1))

    @property
    def recovers_normal(self) -> bool:
        return False

    def decode(self, encoding: Encoding) -> Tensor | None:
        assert encoding.cluster is not None
        return self.generate(Latent(encoding.normal, encoding.cluster))

    def generate(self, latent: Latent) -> Tensor:
        self.eval()
        return self.generator(latent.joined())

    def optimizers(self) -> dict[str, Optimizer]:
        return {"critic": self.critic_optimizer, "generator": self.generator_optimizer}

    def inference_networks(self) -> dict[str, nn.Module]:
        # Q reads by the discriminator's body, so a shipped run holds the discriminator too.
        return {"generator": self.generator, "discriminator": self.critic, "head": self.head}

    def _draw(self, count: int) -> Latent:
        return self.prior.sample(count, self.random, self.device)

    def _recovery(self, features: Tensor, latent: Latent) -> dict[str, Tensor]:
        """The negative parts of I without its constant, from the features (B, F) of generated samples."""
        with held_statistics(self.head):
            logits, continuous = self._read(features)
        losses = {"cluster_recovery": cluster_recovery_loss(latent.cluster, logits)}
        if self.settings.n_continuous:
            codes = latent.normal[:, self.settings.n_normal :]
            losses["continuous_recovery"] = unit_gaussian_loss(codes, continuous)
        return losses

    @staticmethod
    def _code_loss(losses: dict[str, Tensor]) -> Tensor:
        continuous = losses.get("continuous_recovery")
        return losses["cluster_recovery"] if continuous is None else losses["cluster_recovery"] + continuous

    def _read(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Q's logits (B, n_clusters) and means of the continuous codes (B, n_continuous)."""
        logits, continuous = self.head(features).tensor_split([self.n_clusters], dim=1)
        return logits, continuous
