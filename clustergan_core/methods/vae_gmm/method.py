"""VAE + GMM: a variational autoencoder (Kingma and Welling, arXiv 1312.6114), then a mixture on its latent means.

A step takes one Adam step on −ELBO / B for a batch of B samples, with prior N(0, I), encoder N(μ(x), σ(x)² I) and
likelihood N(x̂(z), s² I):
    Σ_features (x − x̂)² / (2s²) + ½ Σ_dimensions (μ² + σ² − 1 − log σ²).
The squares are summed over features: averaged, they would weigh so little that the latents hold nothing. `calibrate`
fits a mixture with full covariances to the means μ(x) of the training split (Li and Dama's clustering). New samples
are decoded from its components, which is closer to where samples lie than the prior N(0, I) is.

Symbols: s → noise_scale. Li and Dama state neither s nor the type of covariance nor the length of the training.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.method import Batch
from clustergan_core.methods.vae_gmm.settings import VAEGMMFacts, VAEGMMSettings
from clustergan_core.mixture_method import MixtureMethod
from clustergan_core.nn.acceleration import build_adam
from clustergan_core.nn.losses import gaussian_divergence
from clustergan_core.nn.mixture import FittedMixture
from clustergan_core.nn.networks import build_networks, choose_architecture
from clustergan_core.nn.prior import draw_seed

BETAS = (0.9, 0.999)


class VAEGMM(VAEGMMFacts, MixtureMethod[FittedMixture]):
    __doc__ = VAEGMMFacts.__doc__

    settings: VAEGMMSettings

    def __init__(self, settings: VAEGMMSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape, settings.n_normal)
        networks = build_networks(
            choose_architecture(kind, shape) if settings.architecture == "auto" else settings.architecture,
            kind,
            shape,
            settings.n_normal,
            settings.width,
            initialisation="framework",
            n_encoder_outputs=2 * settings.n_normal,
        )
        self.encoder, self.decoder = networks.encoder, networks.generator
        self.mixture = FittedMixture(settings.n_clusters, settings.n_normal)

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.random = generator
        self.mixture_seed = draw_seed(generator)
        parameters = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimizer = build_adam(parameters, self.settings.learning_rate, BETAS)

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size]

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        self.train()
        samples = batches[0].samples
        noise = torch.randn(
            len(samples), self.settings.n_normal, generator=self.random, device=samples.device
        )  # (B, n_normal)
        losses = self.losses(samples, noise)
        self.optimizer.zero_grad(set_to_none=True)
        (losses["reconstruction"] + losses["divergence"]).backward()
        self.optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    def losses(self, samples: Tensor, noise: Tensor) -> dict[str, Tensor]:
        """Both parts of −ELBO, averaged over samples (B, *shape), at latents that noise (B, n_normal) fixes.

        The likelihood's constant, half the number of features times log 2πs², is left out.
        """
        mean, scale = self._split(self.encoder(samples))
        decoded = self.decoder(mean + scale * noise)
        squares = (decoded - samples).flatten(1).square().sum(dim=1)
        return {
            "reconstruction": (squares / (2 * self.settings.noise_scale**2)).mean(),
            "divergence": gaussian_divergence(mean, scale).mean(),
        }

    @property
    def is_read_calibrated(self) -> bool:
        return True

    def calibrate(self, samples: Tensor) -> None:
        self.mixture.fit(self.place_all(samples), self.mixture_seed)

    def place(self, samples: Tensor) -> Tensor:
        return self._split(self.encoder(samples))[0]

    def decode_points(self, points: Tensor) -> Tensor:
        return self.decoder(points)

    def optimizers(self) -> dict[str, Optimizer]:
        return {"autoencoder": self.optimizer}

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"encoder": self.encoder, "decoder": self.decoder, "mixture": self.mixture}

    def _split(self, outputs: Tensor) -> tuple[Tensor, Tensor]:
        """The encoder's outputs (B, 2·n_normal) as means and positive standard deviations."""
        mean, raw_scale = outputs.chunk(2, dim=1)
        return mean, functional.softplus(raw_scale) + 1e-4
