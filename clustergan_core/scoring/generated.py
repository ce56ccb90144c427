"""Scores of generated samples: cycle losses, Fréchet distance, and the three accuracies of the paper's §2.6.

Every latent is drawn from the prior with one fixed seed, on the CPU, so that the same weights give the same figures.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clustergan_core.data.dataset import DATA_SEED, Dataset, PlantedModes, ReadModes
from clustergan_core.evaluation.classifier import Classifier, find_named_classifier
from clustergan_core.evaluation.cycle import latent_cycle_loss, sample_cycle_loss
from clustergan_core.evaluation.features import FeatureNetwork
from clustergan_core.evaluation.frechet import frechet_distance
from clustergan_core.evaluation.generation import (
    cluster_accuracy,
    mode_accuracy,
    name_modes,
    reconstruction_accuracy,
)
from clustergan_core.evaluation.mode_counting import ModeCount, count_planted_modes, count_read_modes
from clustergan_core.generation import draw_latent, generate_all
from clustergan_core.method import Method
from clustergan_core.nn.prior import Latent
from clustergan_core.scoring.records import DistanceRecord, GenerationRecord, ModeCountRecord

N_MODE_SAMPLES = 2000  # over all modes
_LEAST_PER_MODE = 20
N_COUNTED = 2_500  # samples whose modes are counted by their means
N_READ = 26_000  # and by a classifier


class RealSamples:
    """Two disjoint halves of a split's samples in the features of a network, and the distance between them."""

    def __init__(self, dataset: Dataset, indices: NDArray[np.int64], features: FeatureNetwork, most: int) -> None:
        """Draws halves of `indices` of equal size with a fixed seed, each with at most `most` samples."""
        drawn = np.random.default_rng(DATA_SEED).permutation(indices)
        self.n = min(most, len(drawn) // 2)
        self.features = features
        self.first, second = (
            features(torch.from_numpy(dataset.samples[np.sort(half)]))
            for half in (drawn[: self.n], drawn[self.n : 2 * self.n])
        )
        self.between_halves = frechet_distance(self.first, second) if self.n >= 2 else None

    def compare(self, generated: Tensor) -> DistanceRecord | None:
        """The Fréchet distances of the first `n` generated samples to the first half, and between the halves.

        `value` and `real_halves` both compare n samples with n samples. None if the split has fewer than 4 samples.
        """
        if self.between_halves is None:
            return None
        value = frechet_distance(self.first, self.features(generated[: self.n]))
        return {
            "value": _four_digits(value),
            "features": self.features.name,
            "n": self.n,
            "real_halves": _four_digits(self.between_halves),
        }


def cycle_losses(
    method: Method,
    samples: Tensor,
    reconstructions: Tensor | None,
    latent: Latent | None,
    generated: Tensor | None,
    n_latents: int,
) -> dict[str, float]:
    """‖x − G(E(x))‖² of samples and ‖z − E(G(z))‖² of latents, both averaged over samples and dimensions.

    Latents are compared in the parts that the method trains to recover. `generated` are the samples of `latent`; the
    first `n_latents` of them are encoded. A loss is absent if the method lacks the parts for it.
    """
    losses: dict[str, float] = {}
    if reconstructions is not None:
        losses["sample_cycle"] = sample_cycle_loss(samples.numpy(), reconstructions.cpu().numpy())
    drawn = None if latent is None else method.recoverable(latent)
    is_read = method.encodes and method.max_read is None
    if is_read and drawn is not None and generated is not None:
        recovered = method.clustering_features(method.encode_all(generated[:n_latents]))
        losses["latent_cycle"] = latent_cycle_loss(drawn[:n_latents].numpy(), recovered.numpy())
    return losses


def read_generated(
    method: Method,
    classifier: Classifier,
    labels: NDArray[np.int64],
    clusters: NDArray[np.int64] | None,
    reconstructions: Tensor | None,
) -> GenerationRecord:
    """Mode, Reconstruction and Cluster Accuracy (`evaluation/generation.py`), with the classifier that was used.

    The labels (N,), clusters (N,) and reconstructions (N, *shape) are of the same samples; the method must have modes.
    """
    n_modes = method.prior.n_clusters
    n_each = max(_LEAST_PER_MODE, N_MODE_SAMPLES // n_modes)
    normal = draw_latent(method, n_modes * n_each).normal
    modes = torch.arange(n_modes).repeat_interleave(n_each)
    read = classifier.labels(generate_all(method, Latent(normal, method.prior.one_hot(modes)))).reshape(n_modes, n_each)
    names = name_modes(read)
    return {
        "mode_accuracy": mode_accuracy(read),
        "reconstruction_accuracy": None
        if reconstructions is None
        else reconstruction_accuracy(labels, classifier.labels(reconstructions)),
        "cluster_accuracy": None if clusters is None else cluster_accuracy(labels, clusters, names),
        "classifier": {
            "name": classifier.name,
            "test_accuracy": classifier.record.test_accuracy,
            "n_generated": n_modes * n_each,
            "n_labels_with_a_mode": len(np.unique(names)),
            "n_labels": len(classifier.record.label_names),
        },
    }


def count_modes(method: Method, dataset: Dataset) -> ModeCountRecord | None:
    """How many of the data's modes a method's samples reach; None if the data defines none or no classifier reads them.

    2,500 samples where modes have means, 26,000 where a classifier reads each channel, as published.
    """
    modes = dataset.modes
    if isinstance(modes, PlantedModes):
        assert dataset.labels is not None
        samples = generate_all(method, draw_latent(method, N_COUNTED)).cpu().numpy()
        shares = np.bincount(dataset.labels, minlength=len(modes.means)) / len(dataset.labels)
        return _record_count(count_planted_modes(samples, modes.means, modes.spread, shares))
    if isinstance(modes, ReadModes) and (classifier := find_named_classifier(modes.classifier)) is not None:
        samples = generate_all(method, draw_latent(method, N_READ))
        n_labels = len(classifier.record.label_names)
        read = [classifier.labels(channel) for channel in samples.split(1, dim=1)]
        places = n_labels ** np.arange(len(read))[::-1]
        found = np.stack(read, axis=1) @ places
        n_modes = n_labels ** len(read)
        return _record_count(count_read_modes(found, np.full(n_modes, 1 / n_modes)))
    return None


def _record_count(count: ModeCount) -> ModeCountRecord:
    return {
        "n_modes": count.n_modes,
        "n_reached": count.n_reached,
        "n_reached_often": count.n_reached_often,
        "stray_share": count.stray_share,
        "divergence": count.divergence,
        "n": count.n,
    }


def _four_digits(value: float) -> float:
    """Rounds to four digits, which do not depend on the processor's instructions."""
    return float(f"{value:.4g}")
