"""DCN: deep clustering network (Yang, Fu, Sidiropoulos, Hong; arXiv 1610.04794).

Training has two phases: the autoencoder alone; then, from k-means of its latents, steps in three parts (§4.2):
1. the network takes an Adam step on Σ ‖x − x̂‖² + λ/2 · ‖f(x) − m_s‖², averaged over the batch, with s the nearest
   centre;
2. the batch is encoded anew and assigned to the nearest centres;
3. each centre moves towards its new members, m ← (n·m + Σ f) / (n + b), for b members of the batch and n earlier ones.
   n starts at 100 and is never reset, so that centres move less and less.

Differences from the authors' code (boyangumn/DCN): their 1/n is an integer division under Python 2, so that their
centres never move; their autoencoder is another one, with batch normalisation that centres only, trained layer by
layer; s in the first part is their assignment at the sample's last visit. A centre without samples is moved to the
sample that is farthest from its own, every 100 steps.

Symbols: λ → cluster_weight, K → n_clusters.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.evaluation.clusterings import kmeans_centres
from clustergan_core.method import Batch, Encoding, Method
from clustergan_core.methods.dcn.settings import DCNFacts, DCNSettings
from clustergan_core.nn.acceleration import build_adam, set_learning_rate
from clustergan_core.nn.autoencoder import Autoencoder, split_phases
from clustergan_core.nn.losses import centre_distance
from clustergan_core.nn.prior import draw_seed

BETAS = (0.9, 0.999)
CLUSTER_PACE = 0.1  # of the learning rate, after the warm-up
FIRST_COUNT = 100.0  # members that each centre is said to have had
REVIVE_EVERY = 100  # steps


class DCN(DCNFacts, Method):
    __doc__ = DCNFacts.__doc__

    settings: DCNSettings

    def __init__(self, settings: DCNSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        super().__init__(settings, kind, shape)
        self.autoencoder = Autoencoder(kind, shape, settings.n_normal, settings.width)
        self.clusters = Centres(settings.n_clusters, settings.n_normal)

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        self.samples = samples
        self.kmeans_seed = draw_seed(generator)
        self.optimizer = build_adam(self.autoencoder.parameters(), self.settings.learning_rate, BETAS)

    def begin_step(self, step: int, n_steps: int) -> None:
        number = split_phases(step, n_steps, self.settings.warm_up_share)[1]
        if number == 1:
            points = self.autoencoder.encode_all(self.samples)
            centres = kmeans_centres(points.cpu().numpy(), self.n_clusters, self.kmeans_seed)
            self.clusters.start_from(torch.from_numpy(centres))
        self._begin_phase("autoencoder" if number <= 0 else "clusters", number)

    def begin_added_step(self, step: int, n_steps: int) -> None:
        self._begin_phase("clusters", step)

    def _begin_phase(self, variant: str, number: int) -> None:
        self.variant = variant
        is_warm_up = variant == "autoencoder"
        set_learning_rate(self.optimizer, self.settings.learning_rate * (1 if is_warm_up else CLUSTER_PACE))
        if not is_warm_up and number % REVIVE_EVERY == 0:
            self.clusters.revive(self.autoencoder.encode_all(self.samples))

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size]

    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        self.train()
        samples = batches[0].samples
        points = self.autoencoder.encode(samples)
        losses = {"reconstruction": self.autoencoder.squared_error(samples, points)}
        loss = losses["reconstruction"]
        if self.variant == "clusters":
            cluster = self.clusters.nearest(points.detach())
            losses["centre_distance"] = centre_distance(points, self.clusters.centres, cluster)
            loss = loss + self.settings.cluster_weight * losses["centre_distance"]
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        if self.variant == "clusters":
            with torch.no_grad():
                self.clusters.follow(self.autoencoder.encode(samples))
        return {name: value.detach() for name, value in losses.items()}

    def encode(self, samples: Tensor) -> Encoding:
        self.eval()
        return Encoding(self.autoencoder.encode(samples), None)

    def decode(self, encoding: Encoding) -> Tensor:
        return self.autoencoder.decode(encoding.normal)

    def assign_encoding(self, encoding: Encoding) -> tuple[Tensor, Tensor]:
        """The nearest centre, and as confidence the softmax of minus the distances."""
        distances = torch.cdist(encoding.normal, self.clusters.centres.to(encoding.normal.device))
        confidence, cluster = (-distances).softmax(dim=1).max(dim=1)
        return cluster, confidence

    def optimizers(self) -> dict[str, Optimizer]:
        return {"autoencoder": self.optimizer}

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"autoencoder": self.autoencoder, "clusters": self.clusters}


class Centres(nn.Module):
    """K centres of a latent space that follow the points assigned to them, without gradients."""

    centres: Tensor  # (K, D)
    counts: Tensor  # (K,), members so far

    def __init__(self, n_clusters: int, n_dimensions: int) -> None:
        super().__init__()
        self.register_buffer("centres", torch.zeros(n_clusters, n_dimensions))
        self.register_buffer("counts", torch.full((n_clusters,), FIRST_COUNT))

    def start_from(self, centres: Tensor) -> None:
        """Takes over centres (at most K, D); the others stay where they are until they are revived."""
        self.centres[: len(centres)] = centres.to(self.centres)
        self.counts.fill_(FIRST_COUNT)

    def nearest(self, points: Tensor) -> Tensor:
        """The nearest centre (B,) of points (B, D)."""
        return torch.cdist(points, self.centres).argmin(dim=1)

    def follow(self, points: Tensor) -> None:
        """m ← (n·m + Σ f) / (n + b): moves each centre towards the points (B, D) that are nearest to it."""
        members = torch.nn.functional.one_hot(self.nearest(points), len(self.centres)).to(points)  # (B, K)
        counts = self.counts + members.sum(dim=0)
        self.centres.copy_((self.counts[:, None] * self.centres + members.T @ points) / counts[:, None])
        self.counts.copy_(counts)

    def revive(self, points: Tensor) -> None:
        """Moves centres that are nearest to none of the points (N, D) to the points farthest from their centres."""
        distances, cluster = torch.cdist(points, self.centres).min(dim=1)
        empty = torch.bincount(cluster, minlength=len(self.centres)) == 0
        farthest = distances.topk(min(len(self.centres), len(points))).indices
        n_moved = min(int(empty.sum()), len(farthest))
        chosen = empty.nonzero().flatten()[:n_moved]
        self.centres[chosen] = points[farthest[:n_moved]]
        self.counts[chosen] = FIRST_COUNT
