"""PCA + GMM: principal components, then a Gaussian mixture with full covariances; scikit-learn fits both.

`prepare` fits everything, on the training split. A training step changes nothing: it measures on a batch how well
samples are reconstructed and how likely they are. Latents are drawn from a component, and samples are their linear
reconstruction, within [0, 1] for images and tables. Li and Dama, who report this baseline, state neither the number of
principal components nor the type of covariance; ten and full are ours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from clustergan_core.data.dataset import Kind
from clustergan_core.method import Batch
from clustergan_core.methods.pca_gmm.settings import PCAGMMFacts, PCAGMMSettings
from clustergan_core.mixture_method import MixtureMethod
from clustergan_core.nn.mixture import FittedMixture
from clustergan_core.nn.prior import draw_seed


class PCAGMM(PCAGMMFacts, MixtureMethod[FittedMixture]):
    __doc__ = PCAGMMFacts.__doc__

    settings: PCAGMMSettings

    def __init__(self, settings: PCAGMMSettings, kind: Kind, shape: tuple[int, ...]) -> None:
        n_features = math.prod(shape)
        n_components = min(settings.n_normal, n_features)
        super().__init__(settings, kind, shape, n_components)
        self.components = _Components(n_features, n_components)
        self.mixture = FittedMixture(settings.n_clusters, n_components)

    def prepare(self, samples: Tensor, generator: torch.Generator) -> None:
        seed = draw_seed(generator)
        self.components.fit(samples.flatten(1))
        self.mixture.fit(self.place_all(samples), seed)

    @property
    def batch_sizes(self) -> Sequence[int]:
        return [self.settings.batch_size]

    @torch.no_grad()
    def train_step(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        samples = batches[0].samples
        points = self.place(samples)
        return {
            "reconstruction": functional.mse_loss(self.decode_points(points), samples),
            "negative_log_likelihood": -self.mixture.log_joint(points).logsumexp(dim=1).mean(),
        }

    def place(self, samples: Tensor) -> Tensor:
        return self.components(samples.flatten(1))

    def decode_points(self, points: Tensor) -> Tensor:
        samples = self.components.invert(points)
        if self.kind != "expression":
            samples = samples.clamp(0, 1)
        return samples.unflatten(1, self.shape)

    def optimizers(self) -> dict[str, Optimizer]:
        return {}

    def inference_networks(self) -> dict[str, nn.Module]:
        return {"components": self.components, "mixture": self.mixture}


class _Components(nn.Module):
    """Principal components in buffers; axes beyond the number of samples are zero."""

    mean: Tensor  # (n_features,)
    axes: Tensor  # (n_components, n_features), orthonormal

    def __init__(self, n_features: int, n_components: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(n_features))
        self.register_buffer("axes", torch.zeros(n_components, n_features))

    def fit(self, samples: Tensor) -> None:
        from sklearn.decomposition import PCA

        n_axes = min(len(self.axes), len(samples) - 1)
        pca = PCA(n_axes, svd_solver="covariance_eigh").fit(samples.cpu().double().numpy())
        self.mean.copy_(torch.from_numpy(pca.mean_))
        self.axes[:n_axes] = torch.from_numpy(pca.components_).to(self.axes)

    def forward(self, samples: Tensor) -> Tensor:
        return (samples - self.mean) @ self.axes.T

    def invert(self, points: Tensor) -> Tensor:
        return points @ self.axes + self.mean
