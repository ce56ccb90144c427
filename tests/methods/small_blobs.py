"""Well-separated Gaussians that every clustering method must find, and a training short enough for a test."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from clustergan_core.data.dataset import Dataset, split_samples
from clustergan_core.evaluation.agreement import accuracy
from clustergan_core.method import Method
from clustergan_core.methods import METHODS, build_method
from clustergan_core.schedule import Schedule
from clustergan_core.training import train

CPU = torch.device("cpu")


def separated_blobs(n_each: int = 100, n_features: int = 12) -> Dataset:
    """Four Gaussians in [0, 1], whose means are at least ten standard deviations apart."""
    random = np.random.default_rng(3)
    labels = np.repeat(np.arange(4), n_each)
    means = random.choice([0.2, 0.8], (4, n_features))
    means[:, :4] = 0.2 + 0.6 * np.eye(4)
    samples = (means[labels] + 0.03 * random.normal(size=(len(labels), n_features))).astype(np.float32)
    return Dataset("blobs", "table", samples.clip(0, 1), split_samples(len(labels)), labels, tuple("abcd"))


def train_on(dataset: Dataset, name: str, n_steps: int, seed: int = 0, **settings: Any) -> Method:
    """A method after `n_steps` on a data set, evaluated at the end alone."""
    n_clusters = dataset.n_labels or 4
    chosen = METHODS[name].Settings.model_validate({"n_clusters": n_clusters} | settings)
    method = build_method(name, chosen, dataset.kind, dataset.shape, seed, CPU)
    schedule = Schedule(n_steps=n_steps, log_every=n_steps, evaluate_every=n_steps)
    list(train(method, dataset, schedule, seed, CPU))
    return method


def accuracy_on_test(method: Method, dataset: Dataset) -> float:
    """The one-to-one accuracy on the test split."""
    assert dataset.labels is not None
    test = dataset.splits.test
    clusters, _ = method.assign_all(torch.from_numpy(dataset.samples[test]))
    return accuracy(dataset.labels[test], clusters.numpy())
