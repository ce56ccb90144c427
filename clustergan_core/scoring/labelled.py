"""Draws the labels that a method is given, with a fixed seed, so that scoring can leave out their samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, UNLABELLED, Dataset, draw_subset
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    from clustergan_core.method import LabelledMethod, LabelledSubset, Method


def draw_labelled(method: LabelledMethod, dataset: Dataset) -> LabelledSubset:
    """Draws the labels that a method requests; DataError if the training split has fewer."""
    import torch

    from clustergan_core.method import LabelledSubset

    train, wanted = dataset.splits.train, method.n_labelled
    labels = np.full(len(train), UNLABELLED) if dataset.labels is None else dataset.labels[train]
    candidates = np.flatnonzero(labels != UNLABELLED)
    if len(candidates) < wanted:
        raise DataError(
            f"{method.title} uses {wanted:,} labels, but {dataset.name} has only {len(candidates):,} in its training "
            "split: set n_labelled lower or choose a method that uses no labels."
        )
    indices = draw_subset(candidates, wanted, DATA_SEED)
    return LabelledSubset(torch.from_numpy(indices), torch.from_numpy(labels[indices].astype(np.int64)))


def without_labelled(method: Method, dataset: Dataset, indices: NDArray[np.int64]) -> NDArray[np.int64]:
    """The `indices` of samples whose labels the method was not given."""
    from clustergan_core.method import LabelledMethod

    if not isinstance(method, LabelledMethod):
        return indices
    given = dataset.splits.train[draw_labelled(method, dataset).indices.numpy()]
    return indices[~np.isin(indices, given)]
