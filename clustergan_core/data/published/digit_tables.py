"""Digits published as tables of small whole numbers: scikit-learn's copy, and UCI's pendigits and optdigits."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import Dataset, split_samples
from clustergan_core.data.published.download import PublishedFile
from clustergan_core.data.published.official import DIGIT_NAMES, join_parts
from clustergan_core.errors import DataError

INK_LEVELS = 16  # optdigits counts the dark pixels of each 4×4 block
PEN_RANGE = 100  # pendigits' coordinates
PENDIGITS_FEATURES = tuple(f"{axis}{point}" for point in range(1, 9) for axis in "xy")

_UCI = "https://archive.ics.uci.edu"
_PEN = f"{_UCI}/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
_OPTICAL = f"{_UCI}/static/public/80/optical+recognition+of+handwritten+digits.zip"


def _uci_file(folder: str, name: str, sha256: str, size: int, archive: str) -> PublishedFile:
    urls = (f"{archive}#{name}", f"{_UCI}/ml/machine-learning-databases/{folder}/{name}")
    return PublishedFile(folder, name, sha256, size, urls)


PENDIGITS_FILES = (
    _uci_file(
        "pendigits", "pendigits.tra", "e2b9eb9f0d0467e2b64a4816a3420edf2b8043447576f4b84337aba44a9f97d3", 502098, _PEN
    ),
    _uci_file(
        "pendigits", "pendigits.tes", "8bd03229c5c5291fefe43e45465dd948d2645bf23328b9d993e0b777666b2015", 234366, _PEN
    ),
)
OPTDIGITS_FILES = (
    _uci_file(
        "optdigits",
        "optdigits.tra",
        "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd",
        563639,
        _OPTICAL,
    ),
    _uci_file(
        "optdigits",
        "optdigits.tes",
        "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8",
        264712,
        _OPTICAL,
    ),
)


def load_digits() -> Dataset:
    """scikit-learn's 1,797 images (1, 8, 8), which are the test part of optdigits, without an official split."""
    rows = np.loadtxt(_bundled_digits(), delimiter=",")  # (1797, 64 pixels and the label)
    rows, labels = rows[:, :-1], rows[:, -1]
    images = np.asarray(rows, dtype=np.float32).reshape(-1, 1, 8, 8) / np.float32(INK_LEVELS)
    return Dataset(
        name="digits",
        kind="image",
        samples=images,
        splits=split_samples(len(images)),
        labels=np.asarray(labels, dtype=np.int64),
        label_names=DIGIT_NAMES,
        preprocessing=({"step": "divide", "by": INK_LEVELS},),
    )


def _bundled_digits() -> Path:
    """The file in scikit-learn's own folder; its loader gives the same and first loads the library, for a second."""
    library = find_spec("sklearn")
    assert library is not None and library.origin is not None, "scikit-learn is required"
    return Path(library.origin).parent / "datasets" / "data" / "digits.csv.gz"


def load_pendigits(fetch: Callable[[PublishedFile], Path]) -> Dataset:
    """Eight pen positions x1, y1 … x8, y8 per digit; test writers differ from training writers."""
    (train, train_labels), (test, test_labels) = (
        _read_table(fetch(file), len(PENDIGITS_FEATURES), PEN_RANGE) for file in PENDIGITS_FILES
    )
    return join_parts(
        "pendigits", "table", (train, test), (train_labels, test_labels), DIGIT_NAMES, PEN_RANGE, PENDIGITS_FEATURES
    )


def load_optdigits(fetch: Callable[[PublishedFile], Path]) -> Dataset:
    """Images (1, 8, 8); `digits` is their test part."""
    parts = [_read_table(fetch(file), 64, INK_LEVELS) for file in OPTDIGITS_FILES]
    images = [samples.reshape(-1, 1, 8, 8) for samples, _ in parts]
    return join_parts("optdigits", "image", images, [labels for _, labels in parts], DIGIT_NAMES, INK_LEVELS)


def _read_table(path: Path, n_features: int, largest: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    try:
        table = np.loadtxt(path, delimiter=",", dtype=np.float32, ndmin=2)
    except ValueError as error:
        raise DataError(f"{path} is not a table of numbers: replace it with the published file.") from error
    if table.shape[1] != n_features + 1 or table.min() < 0 or table[:, :-1].max() > largest:
        raise DataError(
            f"{path} does not hold {n_features} features of 0 to {largest} and a label: replace it with the "
            "published file."
        )
    return table[:, :-1], table[:, -1].astype(np.int64)
