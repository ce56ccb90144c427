"""Scores of a method during training: with labels if there are any, and without labels for choosing weights."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import torch

from clustergan_core.data.dataset import DATA_SEED, UNLABELLED, Dataset, draw_subset
from clustergan_core.evaluation.agreement import can_score, score_agreement
from clustergan_core.evaluation.features import choose_features
from clustergan_core.evaluation.label_free import (
    information_of_neighbours,
    shared_with_neighbours,
    silhouette,
    usage,
    usage_entropy,
)
from clustergan_core.evaluation.neighbours import nearest_neighbours
from clustergan_core.generation import draw_latent, generate_all, reconstruct
from clustergan_core.method import Encoding, Method
from clustergan_core.score_names import AGREEMENT_SCORES
from clustergan_core.scoring.generated import RealSamples, cycle_losses
from clustergan_core.scoring.labelled import without_labelled
from clustergan_core.scoring.mode_variance import RealVariance

Scores = dict[str, Any]  # JSON: floats, and `usage` and `masses` as lists of K

N_CRITERION_SAMPLES = 2000  # of the training split
N_LIVE_SAMPLES = 1000  # of the validation split
N_SILHOUETTE_SAMPLES = 500
N_RECONSTRUCTED = 250  # samples, and as many latents
N_LIVE_GENERATED = 500  # compared with as many real samples


class LiveScorer:
    """Scores a method on fixed subsets: agreement on validation samples, the label-free criterion on training samples.

    Each sample is encoded once. Silhouette, reconstruction and generation use smaller subsets, so that an evaluation
    costs about as much as a few training steps (`python -m benchmarks.evaluation_cost`).
    """

    def __init__(self, dataset: Dataset, method: Method) -> None:
        """Leaves out the samples whose labels `method` is given."""
        validation = without_labelled(method, dataset, dataset.splits.validation)
        self.validation = draw_subset(validation, N_LIVE_SAMPLES, DATA_SEED)
        self.samples = torch.from_numpy(dataset.samples[self.validation])
        self.labels = None if dataset.labels is None else dataset.labels[self.validation]
        # Spread over all samples, which may be ordered by label.
        n_validation = len(self.validation)
        self.reconstructed = torch.linspace(0, n_validation - 1, min(N_RECONSTRUCTED, n_validation)).long()
        unseen = without_labelled(method, dataset, dataset.splits.train)
        train = dataset.samples[draw_subset(unseen, N_CRITERION_SAMPLES, DATA_SEED)]
        self.train_samples = torch.from_numpy(train)
        self.neighbours = nearest_neighbours(train.reshape(len(train), -1), 5)
        self.real = RealSamples(dataset, validation, choose_features(dataset), N_LIVE_GENERATED)

    def score(self, method: Method) -> Scores:
        """Scores by name; those that need labels, clusters or a generator are absent without them.

        Scores that need clusters are also absent if reading samples is slow (`max_read_with`).
        """
        is_read = method.encodes and method.max_read_with(method.settings) is None
        encoding = method.encode_all(self.samples) if is_read else None
        scores: Scores = {} if encoding is None else self._score_clusters(method, encoding)
        if (weights := method.mode_weights) is not None:
            scores["masses"] = [round(share, 4) for share in weights.shares.tolist()]
        scores |= method.label_free_figures() | self._score_generated(method, encoding)
        return scores

    @cached_property
    def _variance(self) -> RealVariance:
        return RealVariance(self.train_samples.numpy())

    def _score_clusters(self, method: Method, encoding: Encoding) -> Scores:
        """The criterion, statistics of the clusters, variance within modes, and agreement with labels if any."""
        train_clusters = method.assign_all(self.train_samples)[0].numpy()
        n_clusters = method.n_clusters
        clusters = method.assign_encoding(encoding)[0].numpy()
        latents = method.clustering_features(encoding).numpy()
        scores: Scores = {
            "criterion": information_of_neighbours(self.neighbours, train_clusters, n_clusters),
            "neighbour_agreement": shared_with_neighbours(self.neighbours, train_clusters),
            "usage": [round(float(share), 4) for share in usage(train_clusters, n_clusters)],
            "usage_entropy": usage_entropy(train_clusters, n_clusters),
            "silhouette": silhouette(latents, clusters, N_SILHOUETTE_SAMPLES),
            "n": len(clusters),
        }
        if method.has_modes and (variance := self._variance.compare(method, train_clusters, N_LIVE_GENERATED)):
            scores["mode_variance"] = variance
        if self.labels is not None and can_score(self.labels):
            n_labelled = int((self.labels != UNLABELLED).sum())
            scores |= {"n_labelled": n_labelled} if n_labelled < len(clusters) else {}
            agreement = score_agreement(self.labels, clusters)
            scores |= {name: getattr(agreement, name) for name in AGREEMENT_SCORES}
        return scores

    def _score_generated(self, method: Method, encoding: Encoding | None) -> Scores:
        """Cycle losses on some of the samples; Fréchet distance and coverage if there are samples to compare with."""
        latent = draw_latent(method, N_LIVE_GENERATED) if method.generates else None
        generated = None if latent is None else generate_all(method, latent)
        some = self.reconstructed
        reconstructions = None if encoding is None else reconstruct(method, encoding, some)
        scores: Scores = cycle_losses(method, self.samples[some], reconstructions, latent, generated, N_RECONSTRUCTED)
        if generated is None:
            return scores
        read = self.real.read(generated)
        figures = {"frechet": self.real.distance(read), "coverage": self.real.coverage(read)}
        return scores | {name: figure for name, figure in figures.items() if figure is not None}
