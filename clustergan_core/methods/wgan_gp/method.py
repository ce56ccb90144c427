"""WGAN-GP (Gulrajani et al., arXiv 1704.00028) on the four priors of ClusterGAN's paper (arXiv 1809.03627, §2 and §6).

All priors have d = n_normal + K dimensions: normal 0.15·N(0, I_d); uniform U(−1, 1)^d; mixture e_k + 0.1·N(0, I_d);
one-hot (0.1·N(0, I), e_k). A step is ClusterGAN's without the encoder: `n_critic_steps` times the critic's under a
gradient penalty, then one of the generator on −mean D(G(z)).

The setting `adversarial_loss` puts the losses of the first GAN (Goodfellow et al., arXiv 1406.2661, algorithm 1) in
their place, with all else as it is. The critic is then a discriminator whose score is the logit of "real": it minimises
−mean log σ(D(x)) − mean log σ(−D(G(z))), without a penalty, of which that paper has none. The generator minimises
    saturating      mean log(1 − σ(D(G(z)))), the minimax game of eq. 1,
    non-saturating  −mean log σ(D(G(z))), which §3 of the paper advises.

Two readings, which the paper calls "GAN with Disc. φ" and "GAN with bp":
- critic-features: k-means on the activated last hidden layer of the critic; a cluster has the number of the mode whose
  generated samples lie nearest, one mode for each cluster.
- back-projection: Algorithm 1 from K fixed starts, one for each mode, with the bounds of the authors' code. The cluster
  is the mode of the best latent; on a prior without modes, the nearest centre of k-means on the latents of up to 200
  training samples. The reading `kmeans` of the scores is the paper's: k-means on all of z*.

Differences from the authors' code: starts are fixed, so that a sample is decoded alone as in a batch; each restart
keeps its best latent; fewer iterations and samples than 5,000 and all, as the settings say. On the mixture a restart
stays around its own mode, with the penalty on the noise and not on z itself, which would pull all modes to zero; the
uniform prior has bounds and no penalty, because its density is flat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.method import Batch, Encoding, Method
from clustergan_core.methods.wgan_gp.settings import AdversarialLoss, PriorName, WGANGPFacts, WGANGPSettings
from clustergan_core.nn.acceleration import autocast, build_adam
from clustergan_core.nn.back_projection import Descent, back_project, draw_starts
from clustergan_core.nn.centres import Centres
from clustergan_core.nn.losses import (
    non_saturating_critic_loss,
    non_saturating_generator_loss,
    saturating_generator_loss,
    wasserstein_generator_loss,
)
from clustergan_core.nn.networks import build_networks, choose_architecture
from clustergan_core.nn.non_saturating import read_generated, read_real, take_step
from clustergan_core.nn.prior import Latent, Noise, Prior
from clustergan_core.nn.wasserstein import critic_losses, draw_mix, generate_batches, take_critic_step

N_DECODED_FOR_CENTRES = 200  # training samples; all of them would take longer than the training
N_FOR_NUMBERS = 64  # generated samples of each mode, by which clusters are numbered


@dataclass(frozen=True)
class PriorFacts:
    """A prior's noise, and the largest size of its entries in Algorithm 1, both from the authors' code."""

    sigma: float
    bound: float
    noise: Noise = "normal"


PRIORS: dict[PriorName, PriorFacts] = {
    "one-hot": PriorFacts(0.1, 0.6),
    "mixture": PriorFacts(0.1, 1.0),
    "normal": PriorFacts(0.15, 1.0),
    "uniform": PriorFacts(1.0, 1.0, noise="uniform"),
}

GENERATOR_LOSSES: dict[AdversarialLoss, Callable[[Tensor], Tensor]] = {
    "wasserstein": wasserstein_generator_loss,
    "saturating": saturating_generator_loss,
    "non-saturating": non_saturating_generator_loss,
}


class WGANGP(WGANGPFacts, Method):
    __doc__ = WGANGPFacts.__doc__

    settings: WGANGPSettings
    starts: Tensor  # (n_clusters, n_noise + n_modes), noise and modes from which Algorithm 1 descends

    def __init__(self, settings: WGANGPSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        n_latent, facts = settings.n_normal + settings.n_clusters, PRIORS[settings.prior]
        n_noise = settings.n_normal if settings.prior == "one-hot" else n_latent
        n_modes = settings.n_clusters if settings.prior in ("one-hot", "mixture") else 0
        super().__init__(settings, kind, shape, Prior(n_noise, n_modes, facts.sigma, facts.noise))
        networks = build_networks(
            choose_architecture(kind, shape) if settings.architecture == "auto" else settings.architecture,
            kind,
            shape,
            n_latent,
            settings.width,
            settings.initialisation,
            settings.critic_norm,
        )
        self.generator, self.critic = networks.generator, networks.critic
        self.register_buffer("starts", draw_starts(self.prior, settings.n_clusters), persistent=False)
        n_features = self.critic.last.in_features if self._reads_features else n_latent
        self.centres = Centres(settings.n_clusters, n_features)

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.random = generator
        rate, betas = self.settings.learning_rate, (self.settings.beta1, self.settings.beta2)
        self.critic_optimizer = build_adam(self.critic.parameters(), rate, betas)
        self.generator_optimizer = build_adam(self.generator.parameters(), rate, betas)

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size] * self.settings.n_critic_steps

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        self.train()
        latents = [self._latents(self._draw(len(batch.samples))) for batch in batches]
        fakes = generate_batches(self.generator, latents, self.settings.precision)
        losses: dict[str, Tensor] = {}
        for batch, fake in zip(batches, fakes, strict=True):
            losses |= self._take_critic_step(batch.samples, fake)
        generator_loss = self.generator_loss(self._draw(self.settings.batch_size))
        self.generator_optimizer.zero_grad(set_to_none=True)
        # The critic passes gradients on but receives none.
        generator_loss.backward(inputs=list(self.generator.parameters()))
        self.generator_optimizer.step()
        return losses | {"generator": generator_loss.detach()}

    def generator_loss(self, latent: Latent) -> Tensor:
        """The generator's loss for a batch of latents."""
        with autocast(self.device, self.settings.precision):
            generated = self.generator(self._latents(latent))
            if self._is_wasserstein:
                scores = self.critic(generated).float()
            else:
                _, scores = read_generated(self.critic, generated, self.settings.precision)
        return GENERATOR_LOSSES[self.settings.adversarial_loss](scores)

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """The cross-entropy of the discriminator for real and generated samples (B, *shape)."""
        # The discriminator's step must not affect the generator.
        _, fake_scores = read_generated(self.critic, fake.detach(), self.settings.precision)
        _, real_scores = read_real(self.critic, real, self.settings.precision)
        return non_saturating_critic_loss(real_scores, fake_scores)

    @property
    def _is_wasserstein(self) -> bool:
        return self.settings.adversarial_loss == "wasserstein"

    def _take_critic_step(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """One step of the critic, or of the discriminator, and its losses."""
        if self._is_wasserstein:
            mix = draw_mix(len(fake), self.random, self.device)
            losses = critic_losses(self.critic, real, fake, mix, self.settings.precision)
            return take_critic_step(losses, self.settings.penalty_weight, self.critic_optimizer)
        loss = self.discriminator_loss(real, fake)
        take_step(loss, self.critic_optimizer)
        return {"discriminator": loss.detach()}

    def generate(self, latent: Latent) -> Tensor:
        self.eval()
        return self.generator(self._latents(latent))

    # --- reading ----------------------------------------------------------------------------------------------------

    @property
    def _reads_features(self) -> bool:
        return self.settings.reading == "critic-features"

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        if self._reads_features:
            return Encoding(self.critic.features(samples), None)
        decoded = back_project(self._generate_joined, samples, self.starts, self.descent)
        normal = decoded.best_latents[:, : self.prior.n_normal]
        return Encoding(normal, _shares(decoded.losses, samples[0].numel()) if self.has_modes else None)

    @property
    def is_read_calibrated(self) -> bool:
        return True

    def calibrate(self, samples: Tensor) -> None:
        if self._reads_features:
            features = self.encode_all(samples).normal
            self.centres.fit(features)
            if self.has_modes:
                self._number_by_modes()
        elif not self.has_modes:
            chosen = torch.linspace(0, len(samples) - 1, min(len(samples), N_DECODED_FOR_CENTRES)).long()
            self.centres.fit(self.encode_all(samples[chosen.to(samples.device)]).normal)

    def assign_encoding(self, encoding: Encoding) -> tuple[Tensor, Tensor]:
        if encoding.cluster is None:
            return self.centres.assign(encoding.normal)
        return super().assign_encoding(encoding)

    def clustering_features(self, encoding: Encoding) -> Tensor:
        if encoding.cluster is None:
            return encoding.normal
        return self._latents(Latent(encoding.normal, _one_hot(encoding.cluster)))

    def recoverable(self, latent: Latent) -> Tensor | None:
        return None if self._reads_features else self._latents(latent)

    def decode(self, encoding: Encoding) -> Tensor | None:
        if self._reads_features:
            return None
        normal = encoding.normal
        empty = torch.zeros(len(normal), 0, device=normal.device)
        return self.generate(Latent(normal, empty if encoding.cluster is None else _one_hot(encoding.cluster)))

    def optimizers(self) -> dict[str, Optimizer]:
        return {"critic": self.critic_optimizer, "generator": self.generator_optimizer}

    def inference_networks(self) -> dict[str, nn.Module]:
        critic: dict[str, nn.Module] = {"critic": self.critic} if self._reads_features else {}
        return {"generator": self.generator, "centres": self.centres, **critic}

    @property
    def descent(self) -> Descent:
        bound, settings = PRIORS[self.settings.prior].bound, self.settings
        weight = 0.0 if settings.prior == "uniform" else settings.latent_weight
        return Descent(
            settings.n_iterations,
            penalty_weight=weight,
            n_free=self.prior.n_normal,
            lowest=-bound,
            highest=bound,
        )

    # --- latents ----------------------------------------------------------------------------------------------------

    def _draw(self, count: int) -> Latent:
        return self.prior.sample(count, self.random, self.device)

    def _latents(self, latent: Latent) -> Tensor:
        """The generator's input (B, n_latent)."""
        if self.settings.prior == "mixture":
            return latent.normal + functional.pad(latent.cluster, (0, self.settings.n_normal))
        return latent.joined()

    def _generate_joined(self, joined: Tensor) -> Tensor:
        """Samples (B, *shape) of latents with noise and modes side by side."""
        return self.generator(self._latents(Latent(*joined.tensor_split([self.prior.n_normal], dim=1))))

    @torch.no_grad()
    def _number_by_modes(self) -> None:
        """Numbers the centres by the modes whose generated samples have the nearest mean features, one for each."""
        random = torch.Generator(self.device).manual_seed(0)
        modes = torch.arange(self.n_clusters, device=self.device).repeat_interleave(N_FOR_NUMBERS)
        generated = self.generate(self.prior.sample(len(modes), random, self.device, modes))
        features = torch.cat([self.critic.features(part) for part in generated.split(N_FOR_NUMBERS)])
        means = features.unflatten(0, (self.n_clusters, N_FOR_NUMBERS)).mean(dim=1)
        _, order = linear_sum_assignment(self.centres.squared_distances(means).cpu().numpy())
        self.centres.renumber(torch.from_numpy(order))


def _one_hot(cluster: Tensor) -> Tensor:
    """Unit vectors (B, n_clusters) of the likeliest clusters."""
    return functional.one_hot(cluster.argmax(dim=1), cluster.shape[1]).to(cluster.dtype)


def _shares(losses: Tensor, n_features: int) -> Tensor:
    """Probabilities (B, n_clusters) of the restarts with these losses.

    A loss is a mean absolute error of `n_features` values; the probabilities are those of Laplace noise whose scale is
    the best restart's loss.
    """
    best = losses.min(dim=1, keepdim=True).values.clamp(min=torch.finfo(losses.dtype).tiny)
    return (-n_features * losses / best).softmax(dim=1)
