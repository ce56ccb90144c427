"""DeLiGAN (Gurumurthy, Sarvadevabhatla, Babu; arXiv 1706.02071): a GAN on a learned mixture of Gaussians.

z = μ_k + σ_k ⊙ ε with ε ~ N(0, I) and k uniform; μ and σ (K, d) are learned with the generator on
    −log D(G(z)) + λ · mean (1 − σ)².
A batch holds every component equally often, up to one sample. A step is one of the discriminator, then one of generator
and mixture; the authors' code chooses between the two by a moving threshold on the generator's loss.

The method has no inverter, so the reading is ours: z descends from every μ_k as in Algorithm 1, and the best z belongs
to the component with the largest density there (`nn/back_projection.py`).

Symbols: λ → sigma_weight, N components → n_clusters.

Differences: log σ is learned, so that σ stays positive; no minibatch discrimination; the networks are ClusterGAN's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.method import Batch, Encoding, Method
from clustergan_core.methods.deligan.settings import DeLiGANFacts, DeLiGANSettings
from clustergan_core.nn.acceleration import autocast, build_adam
from clustergan_core.nn.back_projection import Descent, back_project
from clustergan_core.nn.losses import non_saturating_critic_loss, non_saturating_generator_loss
from clustergan_core.nn.networks import build_networks, choose_architecture
from clustergan_core.nn.non_saturating import read_generated, read_real, take_step
from clustergan_core.nn.prior import Latent, Prior


class LatentMixture(nn.Module):
    """The learned mixture: means, and widths as their logarithms."""

    def __init__(self, n_clusters: int, n_latent: int, first_sigma: float) -> None:
        super().__init__()
        self.mean_weights = nn.Parameter(2 * torch.rand(n_clusters, n_latent) - 1)
        self.log_sigma_weights = nn.Parameter(torch.full((n_clusters, n_latent), math.log(first_sigma)))

    @property
    def means(self) -> Tensor:
        """μ (n_clusters, n_latent)."""
        return self.mean_weights

    @property
    def sigmas(self) -> Tensor:
        """σ (n_clusters, n_latent)."""
        return self.log_sigma_weights.exp()

    def forward(self, latent: Latent) -> Tensor:
        """z (B, n_latent) for standard noise and weights of the components, between which μ and σ are mixed."""
        return latent.cluster @ self.means + (latent.cluster @ self.sigmas) * latent.normal

    def posterior(self, z: Tensor) -> Tensor:
        """The components' shares (B, n_clusters) of the density at z (B, n_latent)."""
        standard = (z[:, None] - self.means) / self.sigmas
        return (-0.5 * standard.square().sum(dim=2) - self.log_sigma_weights.sum(dim=1)).softmax(dim=1)

    def regulariser(self) -> Tensor:
        """mean (1 − σ)², over components and dimensions."""
        return (1 - self.sigmas).square().mean()


class DeLiGAN(DeLiGANFacts, Method):
    __doc__ = DeLiGANFacts.__doc__

    settings: DeLiGANSettings

    def __init__(self, settings: DeLiGANSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape, Prior(settings.n_normal, settings.n_clusters, 1.0))
        networks = build_networks(
            choose_architecture(kind, shape) if settings.architecture == "auto" else settings.architecture,
            kind,
            shape,
            settings.n_normal,
            settings.width,
            settings.initialisation,
            settings.critic_norm,
        )
        self.generator, self.critic = networks.generator, networks.critic
        self.mixture = LatentMixture(settings.n_clusters, settings.n_normal, settings.first_sigma)

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.random = generator
        rate, betas = self.settings.learning_rate, (self.settings.beta1, self.settings.beta2)
        self.critic_optimizer = build_adam(self.critic.parameters(), rate, betas)
        players = [*self.generator.parameters(), *self.mixture.parameters()]
        self.generator_optimizer = build_adam(players, rate, betas)

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size]

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        self.train()
        real = batches[0].samples
        with torch.no_grad(), autocast(self.device, self.settings.precision):
            fake = self.generator(self.mixture(self.draw_balanced(len(real)))).float()
        critic_loss = self.critic_loss(real, fake)
        take_step(critic_loss, self.critic_optimizer)
        losses = self.generator_losses(self.draw_balanced(len(real)))
        take_step(losses["generator"] + self.settings.sigma_weight * losses["sigma"], self.generator_optimizer)
        return {"critic": critic_loss.detach(), **{name: loss.detach() for name, loss in losses.items()}}

    def draw_balanced(self, count: int) -> Latent:
        """Latents of which every component has equally many, up to one: which have more is drawn."""
        first = torch.randint(self.n_clusters, (1,), generator=self.random, device=self.device)
        modes = (torch.arange(count, device=self.device) + first) % self.n_clusters
        return self.prior.sample(count, self.random, self.device, modes)

    def critic_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """The discriminator's loss for real and generated samples (B, *shape)."""
        _, real_scores = read_real(self.critic, real, self.settings.precision)
        _, scores = read_generated(self.critic, fake, self.settings.precision)
        return non_saturating_critic_loss(real_scores, scores)

    def generator_losses(self, latent: Latent) -> dict[str, Tensor]:
        """The loss terms of generator and mixture for a batch of latents."""
        with autocast(self.device, self.settings.precision):
            fake = self.generator(self.mixture(latent))
        _, scores = read_generated(self.critic, fake, self.settings.precision)
        return {"generator": non_saturating_generator_loss(scores), "sigma": self.mixture.regulariser()}

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        means, sigmas = self.mixture.means.detach(), self.mixture.sigmas.detach()
        descent = Descent(self.settings.n_iterations, penalty_weight=0.0)
        z = back_project(self.generator, samples, means, descent).best_latents
        shares = self.mixture.posterior(z).detach()
        component = shares.argmax(dim=1)
        return Encoding((z - means[component]) / sigmas[component], shares)

    def clustering_features(self, encoding: Encoding) -> Tensor:
        return self.mixture(_likeliest(encoding)).detach()

    def recoverable(self, latent: Latent) -> Tensor | None:
        return self.mixture(latent).detach()

    def decode(self, encoding: Encoding) -> Tensor | None:
        return self.generate(_likeliest(encoding))

    def generate(self, latent: Latent) -> Tensor:
        self.eval()
        return self.generator(self.mixture(latent))

    def optimizers(self) -> dict[str, Optimizer]:
        return {"critic": self.critic_optimizer, "generator": self.generator_optimizer}

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "mixture": self.mixture}


def _likeliest(encoding: Encoding) -> Latent:
    """An encoding's noise in its likeliest component alone, whose mean and widths it was measured by."""
    assert encoding.cluster is not None
    component = functional.one_hot(encoding.cluster.argmax(dim=1), encoding.cluster.shape[1])
    return Latent(encoding.normal, component.to(encoding.normal.dtype))
