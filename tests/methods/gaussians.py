"""Well-separated Gaussians, which every method must tell apart, and the score that says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from clustergan_core.data.dataset import Dataset, split_samples
from clustergan_core.method import Method
from clustergan_core.methods import build_method, parse_settings
from clustergan_core.schedule import Schedule
from clustergan_core.scoring.final import score_method
from clustergan_core.training import train

CPU = torch.device("cpu")
N_GROUPS, N_FEATURES = 4, 8
SMALL_GAN: dict[str, Any] = {
    "n_clusters": N_GROUPS,
    "n_normal": 4,
    "width": 0.25,
    "initialisation": "framework",
    "learning_rate": 1e-3,
}


def separated_gaussians(n_samples: int = 600, masses: tuple[float, ...] = (0.25,) * N_GROUPS) -> Dataset:
    """A table in [0, 1] of four Gaussians whose means are at least seventeen standard deviations apart."""
    random = np.random.default_rng(1)
    labels = random.choice(N_GROUPS, n_samples, p=masses)
    means = 0.25 + 0.5 * np.repeat([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1], [1, 1, 1, 0]], 2, axis=1)
    samples = (means[labels] + 0.03 * random.normal(size=(n_samples, N_FEATURES))).clip(0, 1).astype(np.float32)
    return Dataset("gaussians", "table", samples, split_samples(n_samples), labels, tuple("abcd"))


def trained_on(dataset: Dataset, name: str, n_steps: int, **settings: Any) -> Method:
    """The method after `n_steps`, calibrated by the evaluation at its end."""
    chosen = parse_settings(name, SMALL_GAN | settings)
    method = build_method(name, chosen, dataset.kind, dataset.shape, 0, CPU)
    for _ in train(method, dataset, Schedule(n_steps=n_steps, log_every=n_steps, evaluate_every=n_steps), 0, CPU):
        pass
    return method


def accuracy_of(method: Method, dataset: Dataset, reading: str = "") -> float:
    """Accuracy on the test split, of the method's own clusters or of the other reading `kmeans`."""
    scores = score_method(method, dataset, "test")
    accuracy = scores["kmeans"]["accuracy"] if reading == "kmeans" else scores["accuracy"]
    assert accuracy is not None
    return accuracy
