"""DEC: deep embedded clustering (Xie, Girshick, Farhadi; arXiv 1511.06335), and IDEC (Guo et al., IJCAI 2017).

Training has two phases: the autoencoder alone; then, from k-means of its latents (20 starts), encoder and centres on
    KL(P ‖ Q),  q_ij ∝ (1 + ‖z_i − μ_j‖²)⁻¹,  p_ij ∝ q_ij² / Σ_i q_ij,
to which IDEC adds the mean squared error of its decoder. The authors of IDEC weigh it 1 to 0.1 KL; here the KL has
weight 1 and the error `reconstruction_weight`. A sample's cluster is its largest q.

P of all samples is held for `refresh_every` steps, and follows from the encoder and the centres of the last refresh.
These are what is kept, instead of P itself, so that a run resumes from its weights alone.

Differences from the authors' code: Adam instead of SGD in both phases; the autoencoder is not trained layer by layer as
a denoising one; training ends after its steps and not when assignments stop to change; data lies in [0, 1] and is not
scaled otherwise.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.evaluation.clusterings import kmeans_centres
from clustergan_core.method import ENCODE_BATCH, Batch, Encoding, Method
from clustergan_core.methods.dec.settings import DECFacts, DECSettings
from clustergan_core.nn.acceleration import build_adam
from clustergan_core.nn.autoencoder import Autoencoder, split_phases
from clustergan_core.nn.averaging import average_into
from clustergan_core.nn.losses import sharpened_target, student_assignment, target_divergence
from clustergan_core.nn.prior import draw_seed

BETAS = (0.9, 0.999)
N_STARTS = 20  # of k-means


class DEC(DECFacts, Method):
    __doc__ = DECFacts.__doc__

    settings: DECSettings

    def __init__(self, settings: DECSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape)
        self.autoencoder = Autoencoder(kind, shape, settings.n_normal, settings.width)
        self.clusters = _Clusters(settings.n_clusters, settings.n_normal)
        self.held = _HeldTargets(self.autoencoder, self.clusters)

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.samples = samples
        self.kmeans_seed = draw_seed(generator)
        parameters = [*self.autoencoder.parameters(), *self.clusters.parameters()]
        self.optimizer = build_adam(parameters, self.settings.learning_rate, BETAS)

    def begin_step(self, step: int, n_steps: int) -> None:
        number = split_phases(step, n_steps, self.settings.warm_up_share)[1]
        self.variant = "autoencoder" if number <= 0 else "clusters"
        if number == 1:
            points = self.autoencoder.encode_all(self.samples)
            centres = kmeans_centres(points.cpu().numpy(), self.n_clusters, self.kmeans_seed, N_STARTS)
            self.clusters.start_from(torch.from_numpy(centres))
        if number > 0 and (number - 1) % self.settings.refresh_every == 0:
            self.held.refresh(self.autoencoder, self.clusters, self.samples)

    def begin_added_step(self, step: int, n_steps: int) -> None:
        self.variant = "clusters"
        if (step - 1) % self.settings.refresh_every == 0:
            self.held.refresh(self.autoencoder, self.clusters, self.samples)

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size]

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        self.train()
        samples = batches[0].samples
        weight = self.settings.reconstruction_weight
        losses: dict[str, Tensor] = {}
        points = self.autoencoder.encode(samples)
        if self.variant == "autoencoder" or weight > 0:
            losses["reconstruction"] = functional.mse_loss(self.autoencoder.decode(points), samples)
        if self.variant == "autoencoder":
            loss = losses["reconstruction"]
        else:
            losses["divergence"] = target_divergence(self.held.targets(samples), self.clusters(points))
            loss = losses["divergence"] + (weight * losses["reconstruction"] if weight > 0 else 0)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        points = self.autoencoder.encode(samples)
        return Encoding(points, self.clusters(points))

    def decode(self, encoding: Encoding) -> Tensor | None:
        # DEC's decoder is left behind as the latents move away from it.
        return self.autoencoder.decode(encoding.normal) if self.settings.reconstruction_weight > 0 else None

    def clustering_features(self, encoding: Encoding) -> Tensor:
        return encoding.normal

    def optimizers(self) -> dict[str, Optimizer]:
        return {"everything": self.optimizer}

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"autoencoder": self.autoencoder, "clusters": self.clusters}


class _Clusters(nn.Module):
    """K centres of a latent space, which assign points (B, D) by Student's kernel: (B, K)."""

    def __init__(self, n_clusters: int, n_dimensions: int) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.zeros(n_clusters, n_dimensions))

    @torch.no_grad()
    def start_from(self, centres: Tensor) -> None:
        self.centres[: len(centres)] = centres.to(self.centres)

    def forward(self, points: Tensor) -> Tensor:
        return student_assignment(points, self.centres)


class _HeldTargets(nn.Module):
    """The encoder and centres of the last refresh, and from them the target of any sample."""

    frequencies: Tensor  # (K,), Σ_i q_ij over the training split

    def __init__(self, autoencoder: Autoencoder, clusters: _Clusters) -> None:
        super().__init__()
        self.body, self.head = copy.deepcopy(autoencoder.body), copy.deepcopy(autoencoder.head)
        self.clusters = copy.deepcopy(clusters)
        self.register_buffer("frequencies", torch.ones(len(clusters.centres)))
        self.requires_grad_(False)

    def refresh(self, autoencoder: Autoencoder, clusters: _Clusters, samples: Tensor) -> None:
        """Takes over encoder and centres and sums their assignments of all training samples (N, *shape)."""
        everything = torch.ones((), device=samples.device)
        pairs = ((self.body, autoencoder.body), (self.head, autoencoder.head), (self.clusters, clusters))
        for held, learned in pairs:
            average_into(held, learned, everything)
        batches = samples.split(4 * ENCODE_BATCH)
        self.frequencies.copy_(torch.stack([self._assign(batch).sum(dim=0) for batch in batches]).sum(dim=0))

    @torch.no_grad()
    def targets(self, samples: Tensor) -> Tensor:
        """P (B, K) of samples (B, *shape)."""
        return sharpened_target(self._assign(samples), self.frequencies)

    @torch.no_grad()
    def _assign(self, samples: Tensor) -> Tensor:
        return self.clusters(self.head(self.body(samples)))
