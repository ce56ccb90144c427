"""Which labels a method is given: drawn by a fixed seed, so that scoring knows which samples to leave out."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, UNLABELLED, Dataset
from clustergan_core.errors import DataError
from clustergan_core.method import LabelledMethod, LabelledSubset, Method


def draw_labelled(method: LabelledMethod, dataset: Dataset) -> LabelledSubset:
    """The labels that a method asks for; DataError where the training split has fewer."""
    train, wanted = dataset.splits.train, method.n_labelled
    labels = np.full(len(train), UNLABELLED) if dataset.labels is None else dataset.labels[train]
    candidates = np.flatnonzero(labels != UNLABELLED)
    if len(candidates) < wanted:
        raise DataError(
            f"{method.title} uses {wanted:,} labels and {dataset.name} has {len(candidates):,} in its training split: "
            "set n_labelled lower, or choose a method that uses none."
        )
    indices = np.sort(np.random.default_rng(DATA_SEED).choice(candidates, wanted, replace=False))
    return LabelledSubset(torch.from_numpy(indices), torch.from_numpy(labels[indices].astype(np.int64)))


def without_labelled(method: Method, dataset: Dataset, indices: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of `indices` in the data set whose labels the method was not given."""
    if not isinstance(method, LabelledMethod):
        return indices
    given = dataset.splits.train[draw_labelled(method, dataset).indices.numpy()]
    return indices[~np.isin(indices, given)]
