"""Joins the official training and test parts of a published data set into one Dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import Dataset, Kind, split_samples

DIGIT_NAMES = tuple(str(digit) for digit in range(10))


def join_parts(
    name: str,
    kind: Kind,
    samples: Sequence[NDArray[Any]],
    labels: Sequence[NDArray[Any]],
    label_names: tuple[str, ...],
    divisor: float = 1.0,
    feature_names: tuple[str, ...] = (),
) -> Dataset:
    """`samples` and `labels` are (training part, test part); the test part becomes the test split.

    Samples are divided by `divisor`, which is recorded, so that they lie in [0, 1].
    """
    joined = np.concatenate(samples).astype(np.float32)
    if divisor != 1.0:
        joined /= np.float32(divisor)
    n_train = len(samples[0])
    return Dataset(
        name=name,
        kind=kind,
        samples=joined,
        splits=split_samples(len(joined), np.arange(n_train, len(joined), dtype=np.int64)),
        labels=np.concatenate(labels).astype(np.int64),
        label_names=label_names,
        feature_names=feature_names,
        preprocessing=() if divisor == 1.0 else ({"step": "divide", "by": divisor},),
    )
