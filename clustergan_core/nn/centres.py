"""Centres of k-means as part of a method: fitted to features by `calibrate`, and kept with the weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn

N_STARTS = 10
MAX_FITTED = 10_000  # features of more samples move no centre, and 1,024 of each take seconds


class Centres(nn.Module):
    """K centres in a space of features; a sample belongs to the nearest.

    Its confidence is the nearest centre's share under Gaussians around all centres, with the variance that the features
    have around theirs.
    """

    values: Tensor  # (n_clusters, n_features)
    variance: Tensor  # () mean squared difference of a feature from its centre, by feature

    def __init__(self, n_clusters: int, n_features: int) -> None:
        super().__init__()
        self.register_buffer("values", torch.zeros(n_clusters, n_features))
        self.register_buffer("variance", torch.ones(()))

    @torch.no_grad()
    def fit(self, features: Tensor, seed: int = 0) -> None:
        """Fits the centres to features (N, n_features), the best of ten starts; copies where fewer are distinct."""
        from sklearn.cluster import KMeans

        chosen = torch.linspace(0, len(features) - 1, min(len(features), MAX_FITTED)).long()
        fitted = features.cpu()[chosen].double()
        n_distinct = min(len(self.values), len(fitted.unique(dim=0)))
        kmeans = KMeans(n_distinct, n_init=N_STARTS, random_state=seed).fit(fitted.numpy())
        found = torch.from_numpy(kmeans.cluster_centers_)
        rows = torch.arange(len(self.values)).clamp(max=n_distinct - 1)
        self.values.copy_(found[rows])
        self.variance.copy_(torch.tensor(kmeans.inertia_ / fitted.numel()).clamp(min=1e-12))

    def squared_distances(self, features: Tensor) -> Tensor:
        """Squared distances (B, n_clusters) of features (B, n_features) on any device."""
        values = self.values.to(features.device)
        # Not by a matrix product, whose rounding would depend on the other samples of the batch.
        return torch.cdist(features, values, compute_mode="donot_use_mm_for_euclid_dist").square()

    def assign(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """The nearest centre (B,) of features (B, n_features) and its share (B,)."""
        logits = -self.squared_distances(features) / (2 * self.variance.to(features.device))
        confidence, cluster = logits.softmax(dim=1).max(dim=1)
        return cluster, confidence

    def renumber(self, order: Tensor) -> None:
        """Gives cluster k the centre that was number `order[k]`."""
        self.values.copy_(self.values[order.to(self.values.device)])
