"""CIFAR-10: the official binary archive, or the two archives of JPEG copies. The pickled version is never read."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clustergan_core.data.dataset import Dataset
from clustergan_core.data.published.array_cache import Arrays, cached_arrays
from clustergan_core.data.published.download import PublishedFile
from clustergan_core.data.published.official import join_pair, join_parts
from clustergan_core.errors import DataError

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SHAPE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32  # a record of the binary version: the label, then the red, green and blue planes
PER_CLASS = {"train": 5000, "test": 1000}
BATCHES = {"train": tuple(f"data_batch_{number}.bin" for number in range(1, 6)), "test": ("test_batch.bin",)}


def _binary_or(part: str, sha256: str, size: int) -> PublishedFile:
    return PublishedFile(
        "cifar10",
        "cifar-10-binary.tar.gz",
        None,
        170052171,
        ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
        alternatives=(PublishedFile("cifar10", f"cifar10_{part}_jpg.tar.gz", sha256, size),),
        md5="c32a1d4ab5d03f1284b67883e8d87530",  # as its authors state it
    )


CIFAR_FILES = (
    _binary_or("train", "cad80656f92c59e3c912b5a2e9899c993512ef6fdba5856a5b4aaa6e9d1067ad", 16011127),
    _binary_or("test", "f39546ebe1b373e1cc991eacf05e8c8a8ee3e0be95d9859764b6bb9a714fd1cc", 3203981),
)


def load_cifar10(fetch: Callable[[PublishedFile], Path]) -> Dataset:
    """Images (3, 32, 32), 50,000 and 10,000."""
    images, labels = _read_parts(fetch)
    return join_parts("cifar10", "image", images, labels, CLASS_NAMES, 255)


def load_cifar_2(fetch: Callable[[PublishedFile], Path], share: float) -> Dataset:
    """The frogs and as many airplanes that the frogs are `share` of both (seed 002's CIFAR-2): 0.7 or 0.9."""
    images, labels = _read_parts(fetch)
    name = f"cifar-2-{round(100 * share)}-{round(100 * (1 - share))}"
    classes = CLASS_NAMES.index("frog"), CLASS_NAMES.index("airplane")
    return join_pair(name, images, labels, classes, ("frog", "airplane"), share)


def _read_parts(fetch: Callable[[PublishedFile], Path]) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
    parts = [read_part(fetch(file), part) for part, file in zip(("train", "test"), CIFAR_FILES, strict=True)]
    return [part["images"] for part in parts], [part["labels"] for part in parts]


def read_part(path: Path, part: str) -> Arrays:
    """`images` uint8 (N, 3, 32, 32) and `labels` of the "train" or "test" part, from either type of archive."""
    read = _read_binary if "binary" in path.name else _read_jpeg
    arrays = cached_arrays(f"cifar10-{part}", (path,), lambda: read(path, part))
    counts = np.bincount(arrays["labels"].astype(np.int64), minlength=len(CLASS_NAMES))
    if not np.array_equal(counts, [PER_CLASS[part]] * len(CLASS_NAMES)):
        raise DataError(f"{path} does not hold {PER_CLASS[part]} {part} images of each class: replace it.")
    return arrays


def _read_binary(path: Path, part: str) -> Arrays:
    with tarfile.open(path, "r:gz") as archive:
        records = {Path(member.name).name: _read_member(archive, member) for member in archive if member.isfile()}
    content = b"".join(records[name] for name in BATCHES[part])
    table = np.frombuffer(content, dtype=np.uint8).reshape(-1, RECORD)
    return {"images": table[:, 1:].reshape(-1, *SHAPE), "labels": table[:, 0]}


def _read_jpeg(path: Path, part: str) -> Arrays:
    images = np.empty((PER_CLASS[part] * len(CLASS_NAMES), *SHAPE), dtype=np.uint8)
    labels: list[int] = []
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            if not member.isfile():
                continue
            picture = Image.open(io.BytesIO(_read_member(archive, member)), formats=["JPEG"])
            images[len(labels)] = np.asarray(picture.convert("RGB")).transpose(2, 0, 1)
            labels.append(CLASS_NAMES.index(Path(member.name).parent.name))
    return {"images": images, "labels": np.array(labels, dtype=np.uint8)}


def _read_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None  # only regular files are requested
    return file.read()
