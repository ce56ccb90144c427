"""The labels a method is given, by hand or drawn with a fixed seed, so that scoring can leave out their samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, UNLABELLED, Dataset, draw_subset
from clustergan_core.errors import DataError
from clustergan_core.given_labels import GivenLabels, read_given
from clustergan_core.method_facts import LabelledSettings

if TYPE_CHECKING:
    from clustergan_core.method import LabelledMethod, LabelledSubset, Method


def draw_labelled(method: LabelledMethod, dataset: Dataset) -> LabelledSubset:
    """The labels given by hand, else as many of the data's own as the method requests; DataError if there are fewer."""
    import torch

    from clustergan_core.method import LabelledSubset

    assert isinstance(method.settings, LabelledSettings)
    if method.settings.given:
        return _take_given(read_given(method.settings.given), dataset)
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


def _take_given(given: GivenLabels, dataset: Dataset) -> LabelledSubset:
    """The training samples that have a label by hand; DataError for samples outside the training split."""
    import torch

    from clustergan_core.method import LabelledSubset

    train = dataset.splits.train
    labels = given.labels(train)
    found = np.flatnonzero(labels != UNLABELLED)
    if len(found) < given.n:
        outside = np.setdiff1d([position for own in given.samples.values() for position in own], train)
        raise DataError(
            f"{len(outside):,} of the {given.n:,} labels given by hand are of samples outside the training split of "
            f"{dataset.name}, the first of them sample {outside[0]}: give labels to training samples."
        )
    return LabelledSubset(torch.from_numpy(found), torch.from_numpy(labels[found]))


def without_labelled(method: Method, dataset: Dataset, indices: NDArray[np.int64]) -> NDArray[np.int64]:
    """The `indices` of samples whose labels the method was not given."""
    from clustergan_core.method import LabelledMethod

    if not isinstance(method, LabelledMethod):
        return indices
    given = dataset.splits.train[draw_labelled(method, dataset).indices.numpy()]
    return indices[~np.isin(indices, given)]
