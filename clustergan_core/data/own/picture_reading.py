"""Pictures of a folder or zip, page by page, decoded to 8-bit colour; deep grey is scaled by its recorded range."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from clustergan_core.data.own.vetting import MAX_MEMBERS
from clustergan_core.errors import DataError

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
PAGED_SUFFIXES = frozenset({".tif", ".tiff"})
MAX_PICTURE_BYTES = 64 << 20  # a photograph is a tenth of that
MAX_PICTURE_PIXELS = 50_000_000  # 150 MB once decoded; it is reduced to a few thousand anyway
LUMA = (0.299, 0.587, 0.114)  # how bright red, green and blue look (ITU-R BT.601)
FULL_RANGE = (0, 65535)
_SUBFILE_TYPE = 254  # the TIFF tag whose lowest bit marks a smaller copy of another page

Range = tuple[float, float]  # the values of deep grey that become black and white


@dataclass(frozen=True)
class Pictures:
    """Where pictures are stored: their files, the pages that are pictures of their own, and how to read them."""

    source: str
    sizes: dict[str, int]  # bytes of each file, as declared
    folder: Path | None = None
    archive: zipfile.ZipFile | None = None
    others: Sequence[str] = ()  # further files, which are left out
    pages: dict[str, tuple[str, int]] = field(default_factory=dict)  # by the picture's name: (file, number of the page)

    @property
    def names(self) -> list[str]:
        """The pictures in order."""
        return list(self.pages)

    def read(self, file: str) -> bytes:
        """The bytes of one file. Raises DataError where it is larger than MAX_PICTURE_BYTES."""
        if self.sizes[file] > MAX_PICTURE_BYTES:
            raise DataError(f"{file} in {self.source} is larger than {MAX_PICTURE_BYTES >> 20} MB: reduce it.")
        if self.archive is not None:
            return self.archive.read(file)
        assert self.folder is not None
        return (self.folder / file).read_bytes()


@dataclass(frozen=True)
class Survey:
    """What pictures are like before they are decoded to 8 bits."""

    sizes: set[tuple[int, int]]
    deep: (
        Range | None
    )  # smallest and largest value of 16-bit, 32-bit and floating-point grey; None without such pictures
    has_floats: bool  # whether some of them are floating-point values, which have no range of their own
    animated: list[str]  # of which only the first frame is read
    deep_colour: list[str]  # of 16 bits a channel, of which the upper 8 are read

    @property
    def deep_range(self) -> Range | None:
        """What deep grey is scaled by: its own range if it uses less than half of 16 bits, as 12-bit cameras do."""
        if self.deep is None:
            return None
        smallest, largest = self.deep
        is_own = self.has_floats or smallest < 0 or largest > FULL_RANGE[1] or 2 * largest < FULL_RANGE[1]
        return self.deep if is_own and smallest < largest else FULL_RANGE


def list_pages(pictures: Pictures, files: Sequence[str]) -> dict[str, tuple[str, int]]:
    """(file, page) of every picture by its name; the pages of a TIFF are called stack.tif#1, stack.tif#2, …."""
    pages: dict[str, tuple[str, int]] = {}
    for file in files:
        numbers = _count_pages(pictures, file) if PurePosixPath(file).suffix.lower() in PAGED_SUFFIXES else [0]
        for number in numbers:
            pages[file if len(numbers) == 1 else f"{file}#{number + 1}"] = (file, number)
        if len(pages) > MAX_MEMBERS:
            raise DataError(f"{pictures.source} holds more than {MAX_MEMBERS:,} pictures: split it.")
    return pages


def _count_pages(pictures: Pictures, file: str) -> list[int]:
    """The numbers of a file's pages without smaller copies of others; only the first of a damaged one."""
    try:
        with _readable(pictures, file) as picture:
            numbers = []
            for number in range(min(int(getattr(picture, "n_frames", 1)), MAX_MEMBERS + 1)):
                picture.seek(number)
                tags = getattr(picture, "tag_v2", {})
                if not int(tags.get(_SUBFILE_TYPE, 0)) & 1:
                    numbers.append(number)
            return numbers or [0]
    except (DataError, TypeError):
        return [0]  # it is named when it is read


def survey(pictures: Pictures, names: Sequence[str]) -> Survey:
    """Looks at every picture, and into those of deep grey. Raises DataError that names one that cannot be read."""
    sizes: set[tuple[int, int]] = set()
    smallest, largest = [], []
    animated, deep_colour, floats = [], [], []
    for name in names:
        with _opened(pictures, name) as picture:
            sizes.add(picture.size)
            if is_deep(picture):
                values = np.asarray(picture, dtype=np.float64)
                if not np.isfinite(values).all():
                    raise DataError(f"{name} in {pictures.source} holds values that are NaN or infinite: remove it.")
                smallest.append(values.min().item())
                largest.append(values.max().item())
                floats += [name] if picture.mode == "F" else []
            elif _has_deep_channels(picture):
                deep_colour.append(name)
            if picture.format in ("GIF", "WEBP", "PNG") and getattr(picture, "n_frames", 1) > 1:
                animated.append(name)
    deep = (min(smallest), max(largest)) if smallest else None
    return Survey(sizes, deep, bool(floats), animated, deep_colour)


def read_pictures(
    pictures: Pictures, names: Sequence[str], height: int, width: int, deep_range: Range | None
) -> NDArray[np.uint8]:
    """(N, 3, height, width), each decoded and reduced. Raises DataError that names a picture that cannot be read."""
    images = np.empty((len(names), 3, height, width), dtype=np.uint8)
    for index, name in enumerate(names):
        with _opened(pictures, name) as picture:
            colour = _to_rgb(picture, deep_range or FULL_RANGE)
            shrinks = height <= colour.height and width <= colour.width
            method = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
            images[index] = np.asarray(colour.resize((width, height), method)).transpose(2, 0, 1)
    return images


def is_grey(images: NDArray[np.uint8]) -> bool:
    """Whether (N, 3, H, W) images have three equal channels, whatever mode their files were in."""
    return np.array_equal(images[:, 0], images[:, 1]) and np.array_equal(images[:, 0], images[:, 2])


def to_grey(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(N, 3, H, W) to (N, 1, H, W); grey stays exactly as it is."""
    if is_grey(images):
        return images[:, :1]
    return np.rint(np.tensordot(images, LUMA, axes=(1, 0)))[:, np.newaxis].astype(np.uint8)


def is_deep(picture: Image.Image) -> bool:
    """Whether a picture is grey of more than 8 bits."""
    return picture.mode.startswith("I;16") or picture.mode in ("I", "F")


def _has_deep_channels(picture: Image.Image) -> bool:
    """Whether a colour picture has 16 bits a channel, of which Pillow keeps the upper 8."""
    arguments = [tile[3] for tile in getattr(picture, "tile", [])]
    modes = [argument[0] if isinstance(argument, tuple) and argument else argument for argument in arguments]
    return any(isinstance(mode, str) and ";16" in mode for mode in modes)


@contextmanager
def _opened(pictures: Pictures, name: str) -> Iterator[Image.Image]:
    """A picture by its name, at its own page."""
    file, page = pictures.pages[name]
    with _readable(pictures, file) as picture:
        if page:
            picture.seek(page)
            if picture.width * picture.height > MAX_PICTURE_PIXELS:
                raise DataError(f"{name} in {pictures.source} has too many pixels: reduce it.")
        yield picture


@contextmanager
def _readable(pictures: Pictures, name: str) -> Iterator[Image.Image]:
    """An opened, not yet decoded picture; whatever is wrong with it becomes a DataError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata; sizes are checked here
            with Image.open(io.BytesIO(pictures.read(name)), formats=FORMATS) as picture:
                if picture.width * picture.height > MAX_PICTURE_PIXELS:
                    raise DataError(
                        f"{name} in {pictures.source} is {picture.width}×{picture.height} pixels, but at most "
                        f"{MAX_PICTURE_PIXELS // 10**6} million are read: reduce it."
                    )
                yield picture
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error) as error:
        raise DataError(f"{name} in {pictures.source} is not a complete picture: replace or remove it.") from error
    except (Image.DecompressionBombError, zipfile.BadZipFile, NotImplementedError) as error:
        raise DataError(f"{name} in {pictures.source} is damaged or far too large: replace or remove it.") from error


def _to_rgb(picture: Image.Image, deep_range: Range) -> Image.Image:
    if is_deep(picture):
        values = np.asarray(picture, dtype=np.float64)
        smallest, largest = deep_range
        levels = (
            values // 257 if deep_range == FULL_RANGE else np.rint(255 * (values - smallest) / (largest - smallest))
        )
        return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8)).convert("RGB")
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        colour = upright.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", colour.size, "white"), colour).convert("RGB")
    return upright.convert("RGB")
