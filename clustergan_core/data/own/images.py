"""A person's own pictures: a folder or a zip, whose class sub-folders become labels."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import Dataset, share_samples
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.own.cell_text import natural_order
from clustergan_core.data.own.labels import find_labels, number_labels
from clustergan_core.data.own.picture_folders import find_levels
from clustergan_core.data.own.picture_reading import (
    FULL_RANGE,
    Pictures,
    Survey,
    is_grey,
    list_pages,
    read_pictures,
    survey,
    to_grey,
)
from clustergan_core.data.own.rows import choose_rows, describe_rows
from clustergan_core.data.own.vetting import MAX_MEMBERS, check_counts, open_archive
from clustergan_core.data.preprocessing import apply_preprocessing
from clustergan_core.data.steps import Step
from clustergan_core.errors import DataError

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm"})
BESIDE_SUFFIXES = frozenset({"", ".txt", ".md", ".db", ".ini", ".csv", ".tsv", ".json", ".xml", ".html", ".pdf"})
SHOWN = 4
DEFAULT_SIDE = 32
KEPT_SIDE = 64  # square pictures of one size up to this are used as they are


def open_pictures(path: Path, name: str, options: OwnDataOptions) -> Dataset:
    """Pictures as (N, C, H, W), grey if all of them are; transparent parts become white."""
    with find_pictures(path) as pictures:
        names = pictures.names
        check_counts(path.name, len(names), 1)
        columns = _class_columns(path.name, names, options)
        labels = find_labels(path.name, options.labels, columns, _short_ids(names), len(names))
        choosable = {"file": np.array(names), **({} if labels is None else {"label": labels.texts}), **columns}
        keep = choose_rows(path.name, choosable, len(names), options)
        chosen = [name for name, is_kept in zip(names, keep, strict=True) if is_kept]
        found = survey(pictures, chosen)
        side = options.image_side or _common_side(found.sizes)
        check_counts(path.name, len(chosen), 3 * side * side)
        images = read_pictures(pictures, chosen, side, side, found.deep_range)
    _refuse_dark_colour(path.name, images, chosen, found)
    if is_grey(images):
        images = to_grey(images)
    fitted: list[Step] = [{"step": "resize", "height": side, "width": side}, {"step": "divide", "by": 255}]
    numbers, label_names = (None, ()) if labels is None else number_labels(labels.texts[keep])
    used = labels.column if labels else None
    return Dataset(
        name=name,
        kind="image",
        samples=apply_preprocessing(fitted, images),
        splits=share_samples(len(images)),
        labels=numbers,
        label_names=label_names,
        sample_ids=tuple(chosen),
        preprocessing=(
            *describe_rows(options, keep),
            *(labels.steps() if labels is not None else []),
            *_describe_pictures(pictures, found, columns, used),
            *fitted,
        ),
        columns={column: values[keep] for column, values in columns.items() if column not in (used, "label")},
        label_column=used or "",
    )


@contextmanager
def find_pictures(path: Path) -> Iterator[Pictures]:
    """The pictures of a folder or zip in natural order; links, hidden files and other file types are skipped."""
    if path.is_dir():
        sizes, others = _list_folder(path)
        yield _with_pages(Pictures(path.name, _require_some(path, sizes), folder=path, others=others))
        return
    with open_archive(path) as archive:
        files = [
            member
            for member in archive.infolist()
            if not member.is_dir() and not stat.S_ISLNK(member.external_attr >> 16)
        ]
        sizes = {member.filename: member.file_size for member in files if _is_picture(member.filename)}
        others = [name for member in files if _is_left_out(name := member.filename)]
        yield _with_pages(Pictures(path.name, _require_some(path, sizes), archive=archive, others=others))


def picture_levels(path: Path) -> dict[str, tuple[str, ...]]:
    """The levels of folders that may name the classes of a folder or zip of pictures, and their folders."""
    with find_pictures(path) as pictures:
        columns = find_levels(pictures.names).columns
    return {name: tuple(natural_order(set(level.tolist()) - {""})) for name, level in columns.items()}


def _with_pages(pictures: Pictures) -> Pictures:
    return replace(pictures, pages=list_pages(pictures, natural_order(pictures.sizes)))


def _describe_pictures(
    pictures: Pictures, found: Survey, columns: dict[str, NDArray[np.str_]], label_column: str | None
) -> list[Step]:
    """What was read in another way than a person might expect."""
    steps: list[Step] = []
    notes = []
    stacks = Counter(file for file, _ in pictures.pages.values())
    stacks = {file: count for file, count in stacks.items() if count > 1}
    if stacks:
        shown = ", ".join(f"{file} {count}" for file, count in list(stacks.items())[:SHOWN])
        notes.append(f"Every page of a TIFF is read as a picture ({shown}).")
    if found.animated:
        notes.append(
            f"Only the first frame of {len(found.animated):,} animated pictures is read ({found.animated[0]}, …)."
        )
    if found.deep_colour:
        notes.append(f"Of {len(found.deep_colour):,} colour pictures of 16 bits a channel the upper 8 bits are read.")
    if pictures.others:
        shown = ", ".join(PurePosixPath(name).name for name in pictures.others[:SHOWN])
        notes.append(f"{len(pictures.others):,} files that are no supported pictures are left out ({shown}).")
    kept = [column for column in columns if column not in (label_column, "label")]
    if label_column == "label" and kept:
        notes.append(f"Classes are the folders that are no splits or parts; the others are columns: {', '.join(kept)}.")
    if found.deep_range is not None:
        smallest, largest = found.deep_range
        steps.append({"step": "picture_range", "minimum": smallest, "maximum": largest})
        if found.deep_range != FULL_RANGE:
            notes.append(
                f"Grey pictures of more than 8 bits hold values from {smallest:,g} to {largest:,g}: they are scaled by "
                "this range."
            )
    return [*steps, *({"step": "note", "text": note} for note in notes)]


def _refuse_dark_colour(name: str, images: NDArray[np.uint8], names: list[str], found: Survey) -> None:
    """Raises DataError for colour of 16 bits a channel that uses less than half of them: 8 bits are not enough."""
    deep = set(found.deep_colour)
    rows = [row for row, picture in enumerate(names) if picture in deep]
    if rows and images[rows].max() < 128:
        raise DataError(
            f"{names[rows[0]]} in {name} has 16 bits a channel and uses less than half of their range, and only the "
            "upper 8 bits are read: save such pictures with 8 bits a channel."
        )


def _common_side(sizes: set[tuple[int, int]]) -> int:
    """The pictures' own side if all are small squares of one size that the networks accept, else DEFAULT_SIDE."""
    width, height = next(iter(sizes))
    is_fit = len(sizes) == 1 and width == height and width % 4 == 0 and 8 <= width <= KEPT_SIDE
    return width if is_fit else DEFAULT_SIDE


def _list_folder(path: Path) -> tuple[dict[str, int], list[str]]:
    """(bytes of each picture, other files that a person may have meant to be read)."""
    sizes: dict[str, int] = {}
    others: list[str] = []
    for folder, _, files in os.walk(path, followlinks=False):
        for file in files:
            full = Path(folder) / file
            name = full.relative_to(path).as_posix()
            if full.is_symlink() or not full.is_file():
                continue
            if not _is_picture(name):
                others += [name] if _is_left_out(name) else []
                continue
            sizes[name] = full.stat().st_size
            if len(sizes) > MAX_MEMBERS:
                raise DataError(f"{path.name} holds more than {MAX_MEMBERS:,} pictures: split it.")
    return sizes, others


def _is_picture(name: str) -> bool:
    return not _is_hidden(name) and PurePosixPath(name).suffix.lower() in SUFFIXES


def _is_left_out(name: str) -> bool:
    """Whether a file is neither read nor one that systems and people leave beside pictures."""
    return not _is_hidden(name) and PurePosixPath(name).suffix.lower() not in SUFFIXES | BESIDE_SUFFIXES


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def _require_some(path: Path, sizes: dict[str, int]) -> dict[str, int]:
    if not sizes:
        raise DataError(f"{path.name} holds no pictures: provide .png, .jpg or similar, in one sub-folder per class.")
    return sizes


def _class_columns(source: str, names: list[str], options: OwnDataOptions) -> dict[str, NDArray[np.str_]]:
    """The folders that name the classes as `label`, and every level of folders under its own name.

    Raises DataError where several levels may name the classes, and none was chosen.
    """
    levels = find_levels(names)
    if levels.is_unclear and options.labels is None:
        shown = " or ".join(levels.describe(level) for level in levels.columns)
        first = next(iter(levels.columns))
        raise DataError(
            f"{source} has {len(levels.columns)} levels of folders, and each may name the classes: choose {shown} for "
            f"the labels (--labels {first}), or none."
        )
    label = {} if levels.classes is None else {"label": levels.columns[levels.classes]}
    return label | {name: levels.columns[name] for name in levels.columns if name != levels.classes}


def _short_ids(names: list[str]) -> list[str]:
    """File names without folders where they are unique, as a table of labels usually has them."""
    short = [PurePosixPath(name).name for name in names]
    return short if len(set(short)) == len(short) else names
