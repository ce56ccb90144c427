"""MNIST and Fashion-MNIST: four gzipped idx files each."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED, Dataset, ReadModes, split_samples
from clustergan_core.data.published.download import PublishedFile
from clustergan_core.data.published.official import DIGIT_NAMES, join_pair, join_parts
from clustergan_core.errors import DataError

FASHION_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
# The paper's Fashion-5 (§4.1): the group, of five, that each of the ten classes belongs to.
FASHION_5_GROUPS = (0, 1, 2, 0, 2, 4, 2, 4, 3, 4)
FASHION_5_NAMES = (
    "T-shirt/top, Dress",
    "Trouser",
    "Pullover, Coat, Shirt",
    "Bag",
    "Sandal, Sneaker, Ankle boot",
)
# The group, of five, that each digit belongs to: {3, 5, 8}, {2}, {1, 4, 7, 9}, {6}, {0}.
MNIST_5_GROUPS = (4, 2, 1, 0, 2, 0, 3, 2, 0, 2)
MNIST_5_NAMES = ("3, 5, 8", "2", "1, 4, 7, 9", "6", "0")
N_STACKED = 128_000

_MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_FASHION_MIRRORS = (
    "https://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
)


def _mirrored(folder: str, mirrors: tuple[str, ...], name: str, sha256: str, size: int) -> PublishedFile:
    return PublishedFile(folder, name, sha256, size, tuple(mirror + name for mirror in mirrors))


# In this order: training images and labels, test images and labels.
MNIST_FILES = tuple(
    _mirrored("mnist", _MNIST_MIRRORS, name, sha256, size)
    for name, sha256, size in (
        ("train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 9912422),
        ("train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28881),
        ("t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1648877),
        ("t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4542),
    )
)
FASHION_FILES = tuple(
    _mirrored("fashion_mnist", _FASHION_MIRRORS, name, sha256, size)
    for name, sha256, size in (
        ("train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26421880),
        ("train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29515),
        ("t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4422102),
        ("t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5148),
    )
)


def load_mnist(fetch: Callable[[PublishedFile], Path]) -> Dataset:
    """Handwritten digits (1, 28, 28), 60,000 and 10,000."""
    images, labels = _read_files(fetch, MNIST_FILES)
    return join_parts("mnist", "image", images, labels, DIGIT_NAMES, 255)


def load_fashion(fetch: Callable[[PublishedFile], Path]) -> Dataset:
    """Clothes (1, 28, 28), 60,000 and 10,000, ten classes."""
    images, labels = _read_files(fetch, FASHION_FILES)
    return join_parts("fashion", "image", images, labels, FASHION_NAMES, 255)


def load_fashion_5(fetch: Callable[[PublishedFile], Path]) -> Dataset:
    """Fashion-MNIST's images with the paper's five merged classes."""
    images, labels = _read_files(fetch, FASHION_FILES)
    groups = np.array(FASHION_5_GROUPS)
    return join_parts("fashion-5", "image", images, [groups[part] for part in labels], FASHION_5_NAMES, 255)


def load_mnist_2(fetch: Callable[[PublishedFile], Path], share: float) -> Dataset:
    """The 3s and as many 5s that the 3s are `share` of both (seed 002's MNIST-2): 0.7 or 0.9."""
    images, labels = _read_files(fetch, MNIST_FILES)
    return join_pair(f"mnist-2-{_ratio(share)}", images, labels, (3, 5), ("3", "5"), share)


def load_mnist_5(fetch: Callable[[PublishedFile], Path]) -> Dataset:
    """MNIST's images with digits merged into five classes of unequal size."""
    images, labels = _read_files(fetch, MNIST_FILES)
    groups = np.array(MNIST_5_GROUPS)
    return join_parts("mnist-5", "image", images, [groups[part] for part in labels], MNIST_5_NAMES, 255)


def load_stacked_mnist(fetch: Callable[[PublishedFile], Path]) -> Dataset:
    """Three random digits as the channels of an image (3, 28, 28), 128,000 of them, drawn from all of MNIST.

    The 1,000 triples are about equally frequent, and each is a mode (PacGAN, arXiv 1712.04086, §4.1).
    """
    parts, labels = _read_files(fetch, MNIST_FILES)
    digits, numbers = np.concatenate(parts)[:, 0], np.concatenate(labels).astype(np.int64)
    drawn = np.random.default_rng(DATA_SEED).integers(0, len(digits), (N_STACKED, 3))
    return Dataset(
        name="stacked-mnist",
        kind="image",
        samples=digits[drawn].astype(np.float32) / np.float32(255),
        splits=split_samples(N_STACKED),
        labels=numbers[drawn] @ np.array([100, 10, 1]),
        label_names=tuple(f"{number:03d}" for number in range(1000)),
        preprocessing=({"step": "divide", "by": 255},),
        modes=ReadModes("mnist"),
    )


def _ratio(share: float) -> str:
    return f"{round(100 * share)}-{round(100 * (1 - share))}"


def _read_files(
    fetch: Callable[[PublishedFile], Path], files: tuple[PublishedFile, ...]
) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.uint8]]]:
    arrays = [_read_idx(fetch(file)) for file in files]
    return [images[:, np.newaxis] for images in arrays[::2]], arrays[1::2]  # images (N, 1, 28, 28)


def _read_idx(path: Path) -> NDArray[np.uint8]:
    """The uint8 array of one gzipped idx file: two zero bytes, type 8, the number of sides, then the sides."""
    with gzip.open(path) as file:
        content = file.read()
    zeros, kind, n_sides = struct.unpack(">HBB", content[:4])
    sides = struct.unpack(f">{n_sides}I", content[4 : 4 + 4 * n_sides])
    if zeros != 0 or kind != 8 or len(content) != 4 + 4 * n_sides + int(np.prod(sides)):
        raise DataError(f"{path} is not an idx file of bytes: replace it with the published file.")
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * n_sides).reshape(sides)
