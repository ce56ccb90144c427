"""A person's own pictures: a folder or a zip, whose class sub-folders become labels."""

from __future__ import annotations

import io
import os
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from clustergan_core.data.dataset import Dataset, share_samples
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.cell_text import natural_order
from clustergan_core.data.own.labels import find_labels, number_labels
from clustergan_core.data.own.rows import choose_rows, describe_rows
from clustergan_core.data.own.vetting import MAX_MEMBERS, check_counts, open_archive
from clustergan_core.data.preprocessing import apply_preprocessing
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm"})
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
MAX_PICTURE_BYTES = 64 << 20  # a photograph is a tenth of that
MAX_PICTURE_PIXELS = 50_000_000  # 150 MB once decoded; it is reduced to a few thousand anyway
LUMA = (0.299, 0.587, 0.114)  # how bright red, green and blue look (ITU-R BT.601)
DEFAULT_SIDE = 32
KEPT_SIDE = 64  # square pictures of one size up to this are used as they are


@dataclass(frozen=True)
class Pictures:
    """Where pictures are stored: their paths, and how to read the bytes of one."""

    source: str
    names: list[str]
    sizes: dict[str, int]  # bytes, as declared
    folder: Path | None = None
    archive: zipfile.ZipFile | None = None

    def read(self, name: str) -> bytes:
        """The bytes of one picture. Raises DataError where it is larger than MAX_PICTURE_BYTES."""
        if self.sizes[name] > MAX_PICTURE_BYTES:
            raise DataError(f"{name} in {self.source} is larger than {MAX_PICTURE_BYTES >> 20} MB: reduce it.")
        if self.archive is not None:
            return self.archive.read(name)
        assert self.folder is not None
        return (self.folder / name).read_bytes()


def open_pictures(path: Path, name: str, options: OwnDataOptions) -> Dataset:
    """Pictures as (N, C, H, W), grey if all of them are; transparent parts become white."""
    with find_pictures(path) as pictures:
        names = pictures.names
        check_counts(path.name, len(names), 1)
        columns = _class_column(names)
        labels = find_labels(path.name, options.labels, columns, _short_ids(names), len(names))
        choosable = {"file": np.array(names), **({} if labels is None else {"label": labels.texts}), **columns}
        keep = choose_rows(path.name, choosable, len(names), options)
        chosen = [name for name, is_kept in zip(names, keep, strict=True) if is_kept]
        side = options.image_side or _common_side(pictures, chosen)
        check_counts(path.name, len(chosen), 3 * side * side)
        images = read_pictures(pictures, chosen, side, side)
    if is_grey(images):
        images = to_grey(images)
    steps: list[Step] = [*describe_rows(options, keep)]
    if labels is not None:
        steps.append({"step": "labels", "text": labels.note})
    fitted: list[Step] = [{"step": "resize", "height": side, "width": side}, {"step": "divide", "by": 255}]
    numbers, label_names = (None, ()) if labels is None else number_labels(labels.texts[keep])
    return Dataset(
        name=name,
        kind="image",
        samples=apply_preprocessing(fitted, images),
        splits=share_samples(len(images)),
        labels=numbers,
        label_names=label_names,
        sample_ids=tuple(chosen),
        preprocessing=(*steps, *fitted),
    )


@contextmanager
def find_pictures(path: Path) -> Iterator[Pictures]:
    """The pictures of a folder or zip in natural order; links, hidden files and other file types are skipped."""
    if path.is_dir():
        sizes = _list_folder(path)
        yield Pictures(path.name, natural_order(_require_some(path, sizes)), sizes, folder=path)
        return
    with open_archive(path) as archive:
        sizes = {
            member.filename: member.file_size
            for member in archive.infolist()
            if not stat.S_ISLNK(member.external_attr >> 16) and _is_picture(member.filename)
        }
        yield Pictures(path.name, natural_order(_require_some(path, sizes)), sizes, archive=archive)


def read_pictures(pictures: Pictures, names: list[str], height: int, width: int) -> NDArray[np.uint8]:
    """(N, 3, height, width), each decoded and reduced. Raises DataError that names a picture that cannot be read."""
    images = np.empty((len(names), 3, height, width), dtype=np.uint8)
    for index, name in enumerate(names):
        with _readable(pictures, name) as picture:
            colour = _to_rgb(picture)
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


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16") or picture.mode == "I":  # 16-bit grey
        levels = np.clip(np.asarray(picture, dtype=np.int64) // 257, 0, 255).astype(np.uint8)
        return Image.fromarray(levels).convert("RGB")
    if picture.mode == "F":
        raise ValueError("A picture of floating-point values has no known range.")
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        colour = upright.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", colour.size, "white"), colour).convert("RGB")
    return upright.convert("RGB")


def _common_side(pictures: Pictures, names: list[str]) -> int:
    """The pictures' own side if all are small squares of one size that the networks accept, else DEFAULT_SIDE."""
    sizes = set()
    for name in names:
        with _readable(pictures, name) as picture:
            sizes.add(picture.size)
    width, height = sizes.pop()
    is_fit = not sizes and width == height and width % 4 == 0 and 8 <= width <= KEPT_SIDE
    return width if is_fit else DEFAULT_SIDE


def _list_folder(path: Path) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for folder, _, files in os.walk(path, followlinks=False):
        for file in files:
            full = Path(folder) / file
            name = full.relative_to(path).as_posix()
            if full.is_symlink() or not full.is_file() or not _is_picture(name):
                continue
            sizes[name] = full.stat().st_size
            if len(sizes) > MAX_MEMBERS:
                raise DataError(f"{path.name} holds more than {MAX_MEMBERS:,} pictures: split it.")
    return sizes


def _is_picture(name: str) -> bool:
    parts = PurePosixPath(name).parts
    is_hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not is_hidden and PurePosixPath(name).suffix.lower() in SUFFIXES


def _require_some(path: Path, sizes: dict[str, int]) -> dict[str, int]:
    if not sizes:
        raise DataError(f"{path.name} holds no pictures: provide .png, .jpg or similar, in one sub-folder per class.")
    return sizes


def _class_column(names: list[str]) -> dict[str, NDArray[np.str_]]:
    """The folder each picture is in, if there are several; "" for pictures beside those folders."""
    parents = [PurePosixPath(name).parent for name in names]
    if len(set(parents)) < 2:
        return {}
    top = min(parents, key=lambda parent: len(parent.parts))
    shared = all(parent.is_relative_to(top) for parent in parents)
    return {"label": np.array(["" if shared and parent == top else parent.name for parent in parents], dtype=np.str_)}


def _short_ids(names: list[str]) -> list[str]:
    """File names without folders where they are unique, as a table of labels usually has them."""
    short = [PurePosixPath(name).name for name in names]
    return short if len(set(short)) == len(short) else names
