"""Joins the official training and test parts of a published data set into one Dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, Dataset, Kind, draw_subset, split_samples

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


def join_pair(
    name: str,
    images: Sequence[NDArray[np.uint8]],
    labels: Sequence[NDArray[np.uint8]],
    classes: tuple[int, int],
    label_names: tuple[str, str],
    share: float,
) -> Dataset:
    """Two classes of a set of images, all of the first and so many of the second that the first is `share` of both.

    The second's are drawn with the data's seed, from training and test part alike; the labels become 0 and 1.
    """
    kept = [_choose_pair(part, classes, share) for part in labels]
    chosen = [part[indices] for part, indices in zip(images, kept, strict=True)]
    numbers = [(part[indices] == classes[1]).astype(np.int64) for part, indices in zip(labels, kept, strict=True)]
    return join_parts(name, "image", chosen, numbers, label_names, 255)


def _choose_pair(labels: NDArray[np.uint8], classes: tuple[int, int], share: float) -> NDArray[np.int64]:
    """The ascending positions of all of the first class and some of the second."""
    first, second = (np.flatnonzero(labels == number) for number in classes)
    n_second = round(len(first) * (1 - share) / share)
    return np.sort(np.concatenate([first, draw_subset(second, n_second, DATA_SEED)]))
