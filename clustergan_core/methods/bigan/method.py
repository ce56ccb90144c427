"""BiGAN (Donahue, Krähenbühl, Darrell; arXiv 1605.09782), and ALI (Dumoulin et al., arXiv 1606.00704) as a setting.

The discriminator scores pairs, D(x, E(x)) against D(G(z), z):
    L_D     = softplus(−D(x, E(x))) + softplus(D(G(z), z)),
    L_{G,E} = softplus(D(x, E(x))) + softplus(−D(G(z), z)).
Both gradients are taken at the same weights, then both steps. ALI's encoder is Gaussian: E(x) = μ(x) + σ(x) ε.

The prior has no modes. The cluster of a sample is the nearest centre of k-means on E(x), for ALI on μ(x), fitted to the
training split by `calibrate`.

Differences from BiGAN's code: the discriminator has no batch normalisation and joins x with z before its hidden layers;
no weight decay; learning rates stay. From ALI's: no maxout and no dropout.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.method import Batch, Encoding, Method
from clustergan_core.methods.bigan.settings import BiGANFacts, BiGANSettings
from clustergan_core.nn.acceleration import autocast, build_adam
from clustergan_core.nn.centres import Centres
from clustergan_core.nn.losses import non_saturating_critic_loss
from clustergan_core.nn.networks import build_joint_critic, build_networks, choose_architecture
from clustergan_core.nn.prior import Latent, Prior


class BiGAN(BiGANFacts, Method):
    __doc__ = BiGANFacts.__doc__

    settings: BiGANSettings

    def __init__(self, settings: BiGANSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape, Prior(settings.n_normal, 0, 1.0, settings.noise))
        architecture = choose_architecture(kind, shape) if settings.architecture == "auto" else settings.architecture
        networks = build_networks(
            architecture,
            kind,
            shape,
            settings.n_normal,
            settings.width,
            settings.initialisation,
            n_encoder_outputs=settings.n_normal * (2 if settings.encoder == "gaussian" else 1),
        )
        self.generator, self.encoder = networks.generator, networks.encoder
        self.critic = build_joint_critic(
            architecture, kind, shape, settings.n_normal, settings.width, settings.initialisation
        )
        self.centres = Centres(settings.n_clusters, settings.n_normal)

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.random = generator
        rate, betas = self.settings.learning_rate, (self.settings.beta1, self.settings.beta2)
        self.critic_optimizer = build_adam(self.critic.parameters(), rate, betas)
        self.players = [*self.generator.parameters(), *self.encoder.parameters()]
        self.player_optimizer = build_adam(self.players, rate, betas)

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size]

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        self.train()
        real = batches[0].samples
        latent = self.prior.sample(len(real), self.random, self.device)
        noise = torch.randn(len(real), self.settings.n_normal, generator=self.random, device=self.device)
        losses = self.losses(real, latent, noise)
        self.critic_optimizer.zero_grad(set_to_none=True)
        self.player_optimizer.zero_grad(set_to_none=True)
        losses["critic"].backward(inputs=list(self.critic.parameters()), retain_graph=True)
        losses["generator_encoder"].backward(inputs=self.players)
        self.critic_optimizer.step()
        self.player_optimizer.step()
        return {name: loss.detach() for name, loss in losses.items()}

    def losses(self, real: Tensor, latent: Latent, noise: Tensor) -> dict[str, Tensor]:
        """Both players' losses for samples (B, *shape), latents, and the standard noise (B, n_normal) of ALI."""
        with autocast(self.device, self.settings.precision):
            mean, scale = self._read(real)
            encoded = mean if scale is None else mean + scale * noise
            real_scores = self.critic(real, encoded)
            fake_scores = self.critic(self.generator(latent.normal), latent.normal)
        real_scores, fake_scores = real_scores.float(), fake_scores.float()
        return {
            "critic": non_saturating_critic_loss(real_scores, fake_scores),
            # The players want the opposite labels: L_{G,E}(D) = L_D(−D).
            "generator_encoder": non_saturating_critic_loss(-real_scores, -fake_scores),
        }

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        return Encoding(self._read(samples)[0], None)

    @property
    def is_read_calibrated(self) -> bool:
        return True

    def calibrate(self, samples: Tensor) -> None:
        self.centres.fit(self.encode_all(samples).normal)

    def assign_encoding(self, encoding: Encoding) -> tuple[Tensor, Tensor]:
        return self.centres.assign(encoding.normal)

    def recoverable(self, latent: Latent) -> Tensor | None:
        return latent.normal

    def decode(self, encoding: Encoding) -> Tensor | None:
        normal = encoding.normal
        return self.generate(Latent(normal, torch.zeros(len(normal), 0, device=normal.device)))

    def generate(self, latent: Latent) -> Tensor:
        self.eval()
        return self.generator(latent.normal)

    def optimizers(self) -> dict[str, Optimizer]:
        return {"critic": self.critic_optimizer, "player": self.player_optimizer}

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "encoder": self.encoder, "centres": self.centres}

    def _read(self, samples: Tensor) -> tuple[Tensor, Tensor | None]:
        """The encoder's means (B, n_normal) and, if it is Gaussian, its standard deviations."""
        output = self.encoder(samples)
        if self.settings.encoder == "deterministic":
            return output, None
        mean, log_sigma = output.chunk(2, dim=1)
        return mean, log_sigma.exp()
