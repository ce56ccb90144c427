"""How real the samples of a walk between two modes are: their distance to real ones, and what a classifier reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import Dataset, draw_subset
from clustergan_core.evaluation.nearness import RealSpace, far_stretches
from clustergan_core.generation import generate_latents, walk_codes

if TYPE_CHECKING:  # pages import this module at their top, and PyTorch takes a second
    from clustergan_core.evaluation.classifier import Classifier
    from clustergan_core.method import Method

MUS = np.linspace(0, 1, 41)
SPREAD = (16, 84)  # percentiles of the draws: one standard deviation to either side if they were normal
MAX_JUDGED = 2_000  # real test samples whose confidence is the usual one
_SEED = 0


@dataclass(frozen=True)
class WalkRealism:
    """A walk from mode B at μ = 0 to mode A at μ = 1 in M steps: at one z_n, and the spread over others."""

    mus: NDArray[np.float64]  # (M,)
    distance: NDArray[np.float64]  # (M,) to the fifth nearest real sample, in the real samples' components
    low: NDArray[np.float64]  # (M,) percentiles over other z_n
    high: NDArray[np.float64]
    usual: float  # the median distance of real samples to their fifth nearest other
    limit: float  # 95% of real samples are closer than this
    reading: WalkReading | None  # None where the data has no classifier

    @property
    def far(self) -> list[tuple[float, float]]:
        """The stretches of μ that are further from real samples than 95% of them are from each other."""
        return far_stretches(self.mus, self.distance, self.limit)

    @property
    def middle(self) -> float:
        """The median distance in the middle third of the walk, in units of the usual one."""
        is_middle = (self.mus >= 1 / 3) & (self.mus <= 2 / 3)
        return float(np.median(self.distance[is_middle])) / self.usual


@dataclass(frozen=True)
class WalkReading:
    """What a data set's classifier reads in the M steps of a walk; its probabilities are not calibrated."""

    labels: tuple[str, ...]  # (M,) the most probable one
    confidence: NDArray[np.float64]  # (M,) its probability
    low: NDArray[np.float64]  # (M,) percentiles over other z_n
    high: NDArray[np.float64]
    usual: float  # the median confidence in real test samples


@dataclass(frozen=True)
class WalkTraces:
    """The same walk of M steps at each of D z_n."""

    distances: NDArray[np.float64]  # (M, D) to the fifth nearest real sample
    probabilities: NDArray[np.float32] | None  # (M, D, n_labels) of the classifier


def trace_walk(
    method: Method,
    mode_a: int,
    mode_b: int,
    normals: NDArray[np.float32],
    space: RealSpace,
    classifier: Classifier | None = None,
) -> WalkTraces:
    """The walk from mode B to mode A at each of `normals` (D, n_normal), measured in `space`."""
    codes = walk_codes(method.prior, mode_a, mode_b, MUS.tolist())
    samples = generate_latents(
        method, np.repeat(codes, len(normals), axis=0), np.tile(normals, (len(codes), 1)).astype(np.float32)
    )
    distances = space.distances(space.project(samples.reshape(len(samples), -1)))
    probabilities = None if classifier is None else _probabilities(classifier, samples)
    shape = (len(MUS), len(normals))
    return WalkTraces(distances.reshape(shape), None if probabilities is None else probabilities.reshape(*shape, -1))


def describe_walk(
    shown: WalkTraces, others: WalkTraces, space: RealSpace, label_names: Sequence[str], usual_confidence: float
) -> WalkRealism:
    """The walk at the one z_n of `shown`, with the spread over those of `others`.

    `usual_confidence` is that of the classifier in real samples (`find_usual_confidence`).
    """
    low, high = np.percentile(others.distances, SPREAD, axis=1)
    reading = None
    if shown.probabilities is not None and others.probabilities is not None:
        read = shown.probabilities[:, 0]
        lows, highs = np.percentile(others.probabilities.max(axis=2).astype(np.float64), SPREAD, axis=1)
        labels = tuple(label_names[label] for label in map(int, read.argmax(axis=1)))
        reading = WalkReading(labels, read.max(axis=1).astype(np.float64), lows, highs, usual_confidence)
    return WalkRealism(MUS, shown.distances[:, 0], low, high, space.median, space.limit, reading)


def find_reader(dataset: Dataset) -> tuple[Classifier | None, float]:
    """The classifier of exactly this data and its labels with its usual confidence, or None and 1."""
    from clustergan_core.evaluation.classifier import find_classifier

    classifier = find_classifier(dataset)
    if classifier is None or not classifier.knows_labels_of(dataset):
        return None, 1.0
    return classifier, find_usual_confidence(classifier, dataset)


def find_usual_confidence(classifier: Classifier, dataset: Dataset) -> float:
    """The median of the classifier's highest probability over real test samples, at most MAX_JUDGED of them."""
    drawn = draw_subset(dataset.indices("test"), MAX_JUDGED, _SEED)
    return float(np.median(_probabilities(classifier, dataset.samples[drawn]).max(axis=1)))


def _probabilities(classifier: Classifier, samples: NDArray[np.float32]) -> NDArray[np.float32]:
    import torch

    from clustergan_core.nn.acceleration import one_thread

    with one_thread():
        return classifier.probabilities(torch.from_numpy(np.ascontiguousarray(samples)))
