"""COIL-20 and COIL-100: objects on a turntable, 72 views each, reduced to 32×32 by averaging 4×4 blocks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clustergan_core.data.dataset import Dataset, split_samples
from clustergan_core.data.published.array_cache import Arrays, cached_arrays
from clustergan_core.data.published.download import PublishedFile
from clustergan_core.errors import DataError

N_VIEWS = 72
DEGREES_PER_VIEW = 5
SIDE, OFFICIAL_SIDE = 32, 128
VIEW_NAME = re.compile(r"obj(\d{1,3})__(\d{1,3})\.png")

_ADDRESSES = (
    "https://cave.cs.columbia.edu/old/databases/SLAM_coil-20_coil-100/",
    "https://www.cs.columbia.edu/CAVE/databases/SLAM_coil-20_coil-100/",
)

# Columbia states no checksums. The SHA-256 here is of a zip packed from the same PNG files; an archive with another
# checksum is accepted if it contains 72 views of each object (and passes the zip's own CRCs).
COIL20_FILES = (
    PublishedFile(
        "coil20",
        "coil-20-proc.zip",
        "17399be3f8b5701db976ba1ed977c361e9800c96eb6825877267af1f25b3231c",
        12684174,
        tuple(f"{address}coil-20/coil-20-proc.zip" for address in _ADDRESSES),
        is_checked_by_content=True,
    ),
)
COIL100_FILES = (
    PublishedFile(
        "coil100",
        "coil-100.zip",
        None,
        0,
        tuple(f"{address}coil-100/coil-100.zip" for address in _ADDRESSES),
        alternatives=(
            PublishedFile(
                "coil100",
                "coil100_32x32.npz",
                "31f05d20d250981bbaa7b4e2ed8c18bea566b2342b7f4b8db9dfccd419345b50",
                12946034,
            ),
        ),
        is_checked_by_content=True,
    ),
)


def load_coil20(fetch: Callable[[PublishedFile], Path]) -> Dataset:
    """1,440 grey images (1, 32, 32) of 20 objects, with the turntable's angle in degrees as a column."""
    path = fetch(COIL20_FILES[0])
    # Views are numbered 0 to 71 in this set, and by degrees in COIL-100.
    arrays = cached_arrays("coil20", (path,), lambda: _read_zip(path, 20, "L", DEGREES_PER_VIEW))
    return _turntable("coil20", arrays, 20)


def load_coil100(fetch: Callable[[PublishedFile], Path]) -> Dataset:
    """7,200 colour images (3, 32, 32) of 100 objects, with the angle as a column."""
    path = fetch(COIL100_FILES[0])
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as stored:
            arrays: Arrays = {"images": stored["images"].transpose(0, 3, 1, 2), "objects": stored["labels"]}
            arrays["angles"] = stored["angles"]
    else:
        arrays = cached_arrays("coil100", (path,), lambda: _read_zip(path, 100, "RGB", 1))
    return _turntable("coil100", arrays, 100)


def _turntable(name: str, arrays: Arrays, n_objects: int) -> Dataset:
    images = arrays["images"]
    # Block means of the official images may be fractions, so the cache keeps float32; the copy holds bytes.
    samples = images.astype(np.float32) / np.float32(255)
    return Dataset(
        name=name,
        kind="image",
        samples=samples,
        splits=split_samples(len(samples)),
        labels=arrays["objects"].astype(np.int64) - 1,
        label_names=tuple(f"object {number}" for number in range(1, n_objects + 1)),
        preprocessing=(
            {"step": "resize", "height": SIDE, "width": SIDE},
            {"step": "divide", "by": 255},
        ),
        columns={"angle": arrays["angles"].astype(np.int64)},
    )


def _read_zip(path: Path, n_objects: int, mode: str, degrees_per_number: int) -> Arrays:
    damage = DataError(
        f"{path} does not hold {N_VIEWS} views of 128×128 pixels of each of {n_objects} objects: delete it to "
        "download it again, or put the published archive there."
    )
    views: dict[tuple[int, int], NDArray[np.float32]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                match = VIEW_NAME.fullmatch(PurePosixPath(info.filename).name)
                if match is None:
                    continue
                picture = Image.open(io.BytesIO(archive.read(info)), formats=["PNG"])
                if picture.size != (OFFICIAL_SIDE, OFFICIAL_SIDE):
                    raise damage
                views[int(match[1]), int(match[2]) * degrees_per_number] = _reduce(picture.convert(mode))
    except (zipfile.BadZipFile, OSError) as error:
        raise damage from error
    keys = sorted(views)
    expected = [(number, view * DEGREES_PER_VIEW) for number in range(1, n_objects + 1) for view in range(N_VIEWS)]
    if keys != expected:
        raise damage
    return {
        "images": np.stack([views[key] for key in keys]),
        "objects": np.array([key[0] for key in keys]),
        "angles": np.array([key[1] for key in keys]),
    }


def _reduce(picture: Image.Image) -> NDArray[np.float32]:
    """A 128×128 picture to (C, 32, 32) by the mean of each 4×4 block."""
    pixels = np.atleast_3d(np.asarray(picture, dtype=np.float32))  # (128, 128, C)
    step = OFFICIAL_SIDE // SIDE
    return pixels.reshape(SIDE, step, SIDE, step, -1).mean(axis=(1, 3)).transpose(2, 0, 1)
