"""Scores of generated samples: cycle losses, Fréchet distance, coverage, and the three accuracies of the paper's §2.6.

Every latent is drawn from the prior with one fixed seed, on the CPU, so that the same weights give the same figures.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clustergan_core.data.dataset import DATA_SEED, Dataset, PlantedModes, ReadModes, TracedModes, draw_subset
from clustergan_core.evaluation.classifier import Classifier, find_named_classifier
from clustergan_core.evaluation.cycle import latent_cycle_loss, sample_cycle_loss
from clustergan_core.evaluation.diversity import N_NEAREST, Coverage, density_and_coverage
from clustergan_core.evaluation.features import FeatureNetwork
from clustergan_core.evaluation.frechet import frechet_distance
from clustergan_core.evaluation.generation import (
    cluster_accuracy,
    mode_accuracy,
    name_modes,
    reconstruction_accuracy,
)
from clustergan_core.evaluation.mode_counting import (
    ModeCount,
    count_planted_modes,
    count_read_modes,
    count_traced_modes,
)
from clustergan_core.generation import draw_latent, generate_all, name_batches
from clustergan_core.method import Method
from clustergan_core.nn.prior import Latent
from clustergan_core.scoring.records import CoverageRecord, DistanceRecord, GenerationRecord, ModeCountRecord

N_MODE_SAMPLES = 2000  # over all modes
_LEAST_PER_MODE = 20
N_COUNTED = 2_500  # samples whose modes are counted by their means
N_READ = 26_000  # and by a classifier
MOST_LISTED = 20  # modes whose shares are recorded one by one


class RealSamples:
    """Two disjoint halves of a split's samples in the features of a network, and the distance between them."""

    def __init__(
        self,
        dataset: Dataset,
        indices: NDArray[np.int64],
        features: FeatureNetwork,
        most: int,
        others: NDArray[np.int64] | None = None,
    ) -> None:
        """Draws halves of `indices` of equal size with a fixed seed, each with at most `most` samples.

        With `others`, which are no samples of `indices`, the second half is drawn from them instead.
        """
        drawn = np.random.default_rng(DATA_SEED).permutation(indices)
        self.features = features
        if others is None:
            self.n = min(most, len(drawn) // 2)
            halves = drawn[: self.n], drawn[self.n : 2 * self.n]
        else:
            self.n = min(most, len(drawn), len(others))
            halves = drawn[: self.n], draw_subset(others, self.n, DATA_SEED)
        self.first, self.second = (features(torch.from_numpy(dataset.samples[np.sort(half)])) for half in halves)
        self.between_halves = frechet_distance(self.first, self.second) if self.n >= 2 else None

    def read(self, generated: Tensor) -> NDArray[np.floating]:
        """The features (n, D) of the first `n` generated samples."""
        return self.features(generated[: self.n])

    def distance(self, read: NDArray[np.floating]) -> DistanceRecord | None:
        """The Fréchet distances of generated samples, as read (n, D), to the first half, and between the halves.

        `value` and `real_halves` both compare n samples with n samples. None if the split has fewer than 4 samples.
        """
        if self.between_halves is None:
            return None
        return {
            "value": _four_digits(frechet_distance(self.first, read)),
            "features": self.features.name,
            "n": self.n,
            "real_halves": _four_digits(self.between_halves),
        }

    def coverage(self, read: NDArray[np.floating]) -> CoverageRecord | None:
        """Density and coverage of the first half by generated samples, as read (n, D), and by the second half.

        None if the split has fewer than 4 samples.
        """
        if self.between_halves is None:
            return None
        generated, real = density_and_coverage(self.first, read), self._of_halves
        return {
            "value": _four_digits(generated.coverage),
            "density": _four_digits(generated.density),
            "real_halves": _four_digits(real.coverage),
            "real_halves_density": _four_digits(real.density),
            "n": self.n,
            "k": min(N_NEAREST, self.n - 1),
            "features": self.features.name,
        }

    @cached_property
    def _of_halves(self) -> Coverage:
        return density_and_coverage(self.first, self.second)


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
    is_read = method.encodes and method.max_read_with(method.settings) is None
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
    generated = generate_each_mode(method, N_MODE_SAMPLES)  # (K, M, *shape)
    read = classifier.labels(generated.flatten(0, 1)).reshape(*generated.shape[:2])
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
            "n_generated": read.size,
            "n_labels_with_a_mode": len(np.unique(names)),
            "n_labels": len(classifier.record.label_names),
        },
    }


def generate_each_mode(method: Method, n_samples: int) -> Tensor:
    """About `n_samples` over all modes, as many from each and at least 20: (K, M, *shape)."""
    n_modes = method.prior.n_clusters
    n_each = max(_LEAST_PER_MODE, n_samples // n_modes)
    normal = draw_latent(method, n_modes * n_each).normal
    modes = torch.arange(n_modes).repeat_interleave(n_each)
    generated = generate_all(method, name_batches(method, Latent(normal, method.prior.one_hot(modes))))
    return generated.unflatten(0, (n_modes, n_each))


def count_modes(method: Method, dataset: Dataset) -> ModeCountRecord | None:
    """How many of the data's modes a method's samples reach; None if the data defines none or no classifier reads them.

    2,500 samples where modes have means or lines, 26,000 where a classifier reads each channel, as published.
    """
    modes = dataset.modes
    if isinstance(modes, PlantedModes | TracedModes):
        assert dataset.labels is not None
        samples = generate_all(method, draw_latent(method, N_COUNTED)).cpu().numpy()
        shares = np.bincount(dataset.labels, minlength=len(dataset.label_names)) / len(dataset.labels)
        if isinstance(modes, PlantedModes):
            return _record_count(count_planted_modes(samples, modes.means, modes.spread, shares))
        return _record_count(count_traced_modes(samples, modes.points, modes.lines, modes.spread, shares))
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
    record: ModeCountRecord = {
        "n_modes": count.n_modes,
        "n_reached": count.n_reached,
        "n_reached_often": count.n_reached_often,
        "stray_share": count.stray_share,
        "divergence": count.divergence,
        "n": count.n,
    }
    if count.n_modes <= MOST_LISTED:
        record["shares"] = [round(share, 4) for share in count.shares]
    return record


def _four_digits(value: float) -> float:
    """Rounds to four digits, which do not depend on the processor's instructions."""
    return float(f"{value:.4g}")
