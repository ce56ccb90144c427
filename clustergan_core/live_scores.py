"""Scores of a method while it trains: with labels where there are any, and without them for choosing weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from clustergan_core.data.dataset import DATA_SEED, UNLABELLED, Dataset
from clustergan_core.evaluation.agreement import score_agreement
from clustergan_core.evaluation.cycle import latent_cycle_loss, sample_cycle_loss
from clustergan_core.evaluation.label_free import (
    nearest_neighbours,
    shared_with_neighbours,
    silhouette,
    usage,
    usage_entropy,
)
from clustergan_core.method import Method
from clustergan_core.prior import Latent

Scores = dict[str, Any]  # JSON: floats, and `usage` as a list of K

AGREEMENT_SCORES = ("purity", "accuracy", "nmi", "ari")
N_LIVE_SAMPLES = 2000
N_CYCLE_LATENTS = 500
CRITERION = "neighbour agreement of the code, corrected for chance, on training samples (no labels)"


class LiveScorer:
    """Scores a method on fixed subsets: agreement on validation samples, the label-free criterion on training ones."""

    def __init__(self, dataset: Dataset) -> None:
        self.validation = _subset(dataset.splits.validation)
        self.samples = torch.from_numpy(dataset.samples[self.validation])
        self.labels = None if dataset.labels is None else dataset.labels[self.validation]
        train = dataset.samples[_subset(dataset.splits.train)]
        self.train_samples = torch.from_numpy(train)
        self.neighbours = nearest_neighbours(train.reshape(len(train), -1), 5)

    def score(self, method: Method) -> Scores:
        """Scores by name; those that need labels are absent without them."""
        train_clusters = method.assign_all(self.train_samples)[0].numpy()
        n_clusters = method.prior.n_clusters
        encoding = method.encode_all(self.samples)
        clusters = method.assign_all(self.samples)[0].numpy()
        latents = method.clustering_features(encoding).numpy()
        criterion = shared_with_neighbours(self.neighbours, train_clusters)
        scores: Scores = {
            "criterion": criterion,
            "usage": [round(float(share), 4) for share in usage(train_clusters, n_clusters)],
            "usage_entropy": usage_entropy(train_clusters, n_clusters),
            "silhouette": silhouette(latents, clusters),
            "n": len(clusters),
            **cycle_losses(method, self.samples, encoding.normal, encoding.cluster),
        }
        if self.labels is not None and (self.labels != UNLABELLED).any():
            agreement = score_agreement(self.labels, clusters)
            scores |= {name: getattr(agreement, name) for name in AGREEMENT_SCORES}
        return scores


def _subset(indices: np.ndarray) -> np.ndarray:
    if len(indices) <= N_LIVE_SAMPLES:
        return indices
    return np.sort(np.random.default_rng(DATA_SEED).choice(indices, N_LIVE_SAMPLES, replace=False))


@torch.inference_mode()
def cycle_losses(
    method: Method, samples: torch.Tensor, normal: torch.Tensor, cluster: torch.Tensor | None
) -> dict[str, float]:
    """‖x − G(E(x))‖² over the samples and ‖z − E(G(z))‖² over fixed draws from the prior."""
    device = method.device
    losses: dict[str, float] = {}
    if cluster is not None:
        latent = Latent(normal.to(device), cluster.to(device))
        losses["sample_cycle"] = sample_cycle_loss(samples.numpy(), method.generate(latent).cpu().numpy())
    drawn = method.prior.sample(N_CYCLE_LATENTS, torch.Generator().manual_seed(DATA_SEED), torch.device("cpu"))
    on_device = Latent(drawn.normal.to(device), drawn.cluster.to(device))
    recovered = method.encode(method.generate(on_device)).joined().cpu().numpy()
    losses["latent_cycle"] = latent_cycle_loss(drawn.joined().numpy(), recovered)
    return losses
