"""VaDE: variational deep embedding (Jiang, Zheng, Tan, Tang, Zhou; arXiv 1611.05148).

The latent prior is Σ_c π_c N(μ_c, diag σ_c²), and the encoder gives N(μ̃(x), diag σ̃(x)²). Training has two phases: the
autoencoder alone, on the encoder's means; then, from a diagonal mixture fitted to these means, everything together on
    −log p(x|z) + ½ Σ_c γ_c Σ_j (log σ²_cj + σ̃²_j/σ²_cj + (μ̃_j − μ_cj)²/σ²_cj) − Σ_c γ_c log(π_c/γ_c)
    − ½ Σ_j (1 + log σ̃²_j),
with γ_c ∝ π_c N(z; μ_c, σ_c²) at the sampled z (eq. 16 and 17). A sample's cluster is the largest γ at its mean.

Differences from the authors' code (slim1017/VaDE), whose results depend on a chosen pretraining:
- π is a softmax of logits. There it is free, becomes negative and ends the training in NaN. It starts at the fitted
  mixture's weights, as the paper says, and not at 1/K.
- γ is a softmax of logarithms with log π once. There log π counts once for every dimension, and exponents underflow.
- Logarithms of variances stay within ±10. The encoder's begin, for all samples alike, at the smallest of the fitted
  components' in each dimension: at wider ones the sampled z of a narrow component are likelier under a wide one, and
  the two merge.
- The second phase begins with fresh moments of Adam and a rate that rises over its first 100 steps. The mixture's
  gradients are a thousand times the autoencoder's where components are narrow: with the moments of the first phase, the
  first two steps move samples by more than a component's width, which merges components too.
- The autoencoder is not trained layer by layer, and the learning rate falls smoothly.

Symbols: K → n_clusters, J → n_normal.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.method import Batch
from clustergan_core.methods.vade.settings import VaDEFacts, VaDESettings
from clustergan_core.mixture_method import MixtureMethod
from clustergan_core.nn.acceleration import build_adam, set_learning_rate
from clustergan_core.nn.autoencoder import Autoencoder, split_phases
from clustergan_core.nn.losses import mixture_divergence
from clustergan_core.nn.mixture import LOG_VARIANCE_LIMIT, LearnedMixture
from clustergan_core.nn.prior import draw_seed

BETAS = (0.9, 0.999)
N_RISE = 100  # steps over which the learning rate rises when the mixture joins


class VaDE(VaDEFacts, MixtureMethod[LearnedMixture]):
    __doc__ = VaDEFacts.__doc__

    settings: VaDESettings

    def __init__(self, settings: VaDESettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape, settings.n_normal)
        self.autoencoder = Autoencoder(kind, shape, settings.n_normal, settings.width)
        self.log_variance_head = nn.Linear(self.autoencoder.head.in_features, settings.n_normal)
        self.mixture = LearnedMixture(settings.n_clusters, settings.n_normal)

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.random = generator
        self.samples = samples
        self.mixture_seed = draw_seed(generator)
        self.optimizer = build_adam(self.parameters(), self.settings.learning_rate, BETAS)

    def begin_step(self, step: int, n_steps: int) -> None:
        n_warm_up, number = split_phases(step, n_steps, self.settings.warm_up_share)
        self.variant = "autoencoder" if number <= 0 else "joint"
        if number == 1:
            self._start_mixture()
        passed = max(0, number - 1) / (n_steps - n_warm_up) if n_steps > n_warm_up else 0.0
        risen = min(1.0, number / N_RISE) if number > 0 else 1.0
        set_learning_rate(self.optimizer, self.settings.learning_rate * risen * self.settings.last_rate_share**passed)

    def begin_added_step(self, step: int, n_steps: int) -> None:
        self.variant = "joint"
        set_learning_rate(self.optimizer, self.settings.learning_rate * self.settings.last_rate_share)

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size]

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        self.train()
        samples = batches[0].samples
        if self.variant == "autoencoder":
            points = self.autoencoder.encode(samples)
            losses = {"reconstruction": self.autoencoder.negative_log_likelihood(samples, points)}
        else:
            noise = torch.randn(len(samples), self.settings.n_normal, generator=self.random, device=samples.device)
            losses = self.losses(samples, noise)
        self.optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()
        self.optimizer.step()
        self.mixture.settle()
        return {name: value.detach() for name, value in losses.items()}

    @torch.no_grad()
    def _start_mixture(self) -> None:
        """Fits the mixture to the encoder's means, lets the encoder begin with its least variances, and Adam afresh."""
        self.mixture.start_from(self.autoencoder.encode_all(self.samples), self.mixture_seed)
        self.log_variance_head.weight.zero_()
        self.log_variance_head.bias.copy_(self.mixture.log_variances.amin(dim=0))
        self.optimizer.state.clear()

    def losses(self, samples: Tensor, noise: Tensor) -> dict[str, Tensor]:
        """Both parts of −ELBO, averaged over samples (B, *shape), at latents that noise (B, n_normal) fixes."""
        hidden = self.autoencoder.body(samples)
        mean = self.autoencoder.head(hidden)
        log_variance = self.log_variance_head(hidden).clamp(-LOG_VARIANCE_LIMIT, LOG_VARIANCE_LIMIT)
        points = mean + (0.5 * log_variance).exp() * noise
        mixture = self.mixture
        log_masses = mixture.logits.log_softmax(dim=0)
        log_gamma = mixture.log_joint(points).log_softmax(dim=1)  # (B, K)
        divergence = mixture_divergence(mean, log_variance, log_gamma, log_masses, mixture.means, mixture.log_variances)
        return {
            "reconstruction": self.autoencoder.negative_log_likelihood(samples, points),
            "divergence": divergence.mean(),
        }

    def place(self, samples: Tensor) -> Tensor:
        return self.autoencoder.encode(samples)

    def decode_points(self, points: Tensor) -> Tensor:
        return self.autoencoder.decode(points)

    def optimizers(self) -> dict[str, Optimizer]:
        return {"everything": self.optimizer}

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"autoencoder": self.autoencoder, "mixture": self.mixture}
