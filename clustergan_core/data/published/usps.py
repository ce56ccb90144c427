"""USPS digits: the HDF5 copy, or LIBSVM's two bzip2 text files, which have a stable public address."""

from __future__ import annotations

import bz2
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import Dataset
from clustergan_core.data.published.download import PublishedFile
from clustergan_core.data.published.official import DIGIT_NAMES, join_parts
from clustergan_core.errors import DataError

SIDE = 16
N_PIXELS = SIDE * SIDE
_LIBSVM = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/"


def _file_or(name: str, size: int, md5: str) -> PublishedFile:
    libsvm = PublishedFile("usps", name, None, size, (_LIBSVM + name,), md5=md5)
    return PublishedFile(
        "usps",
        "usps.h5",
        "734f88c541104a956d88be2c95d03b4a463ffd74ccc2ba9c80841fb98e3fcb36",
        2913522,
        alternatives=(libsvm,),
    )


# LIBSVM does not state its files' sizes; the MD5 sums are those that torchvision uses.
USPS_FILES = (
    _file_or("usps.bz2", 0, "ec16c51db3855ca6c91edd34d0e9b197"),
    _file_or("usps.t.bz2", 0, "8ea070ee2aca1ac39742fdd1ef5ed118"),
)


def load_usps(fetch: Callable[[PublishedFile], Path]) -> Dataset:
    """Images (1, 16, 16) in [0, 1], 7,291 and 2,007."""
    parts = []
    for part, file in zip(("train", "test"), USPS_FILES, strict=True):
        path = fetch(file)
        parts.append(_read_hdf5(path, part) if path.suffix == ".h5" else _read_libsvm(path))
    images = [samples.reshape(-1, 1, SIDE, SIDE) for samples, _ in parts]
    return join_parts("usps", "image", images, [labels for _, labels in parts], DIGIT_NAMES)


def _read_hdf5(path: Path, part: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    import h5py

    with h5py.File(path, "r") as file:  # its checksum has been verified, so it links to nothing outside
        group = file[part]
        if not isinstance(group, h5py.Group):
            raise DataError(f"{path} has no group {part}: replace it with the published file.")
        return np.asarray(group["data"], dtype=np.float32), np.asarray(group["target"], dtype=np.int64)


def _read_libsvm(path: Path) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Reads lines `label i:value …` with labels 1 to 10 and values in [-1, 1]; an absent value is 0."""
    labels: list[int] = []
    rows: list[NDArray[np.float32]] = []
    with bz2.open(path, "rt", encoding="ascii") as file:
        for line in file:
            label, *entries = line.split()
            row = np.zeros(N_PIXELS, dtype=np.float32)
            for entry in entries:
                index, _, value = entry.partition(":")
                row[int(index) - 1] = float(value)
            labels.append(int(float(label)) - 1)
            rows.append(row)
    return ((np.stack(rows) + 1) / 2).astype(np.float32), np.array(labels, dtype=np.int64)
