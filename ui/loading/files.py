"""A first look at a person's own file: whether it can be read at all, and which columns could be classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import streamlit as st

from clustergan_core.data.counts.reading.formats import find_format
from clustergan_core.data.counts.reading.sandbox.parent import inspect
from clustergan_core.data.opening import is_count_matrix
from clustergan_core.data.options import Orientation, OwnDataOptions, ReadAs
from clustergan_core.data.own.arrays import read_columns
from clustergan_core.data.own.cell_text import as_text, natural_order
from clustergan_core.data.own.files import open_own
from clustergan_core.data.own.images import picture_levels
from clustergan_core.data.own.label_proposal import LabelProposal, propose_labels
from clustergan_core.data.own.labels import NO_LABELS
from clustergan_core.data.own.table_text import read_table
from clustergan_core.data.own.vetting import open_archive
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    from clustergan_core.data.counts.reading.preflight import Preflight

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
ARCHIVE_SUFFIXES = (".npz", ".zip")
# The files that are read from a folder; "gz" stands for compressed tables and parts of 10x folders.
FOLDER_TYPES = (
    *("h5ad", "h5", "hdf5", "loom", "mtx", "xlsx", "csv", "tsv", "txt", "gz", "npz", "zip", "tar", "tgz"),
    *("png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "webp", "ppm", "pgm"),
)
MAX_CLASSES = 100  # columns of more values are measurements or names
MAX_CLASS_TEXT = 60  # characters of a value that still reads as the name of a class
MAX_STAMPED = 2000  # files of a folder whose change is noticed


@dataclass(frozen=True)
class FileLook:
    """What a file holds, as far as choosing options needs it."""

    kind: Literal["counts", "table", "images"]  # images, or arrays that may be images
    n_rows: int = 0
    columns: tuple[str, ...] = ()
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)  # columns of few values, and their values
    proposal: LabelProposal | None = None  # of the data's own labels
    proposal_as_table: LabelProposal | None = None  # where the table was brought for its labels
    preflight: Preflight | None = None  # of counts
    is_ambiguous: bool = False  # a text, which may hold counts or an ordinary table


def look_at(path: Path, read_as: ReadAs = "auto", orientation: Orientation = "auto") -> FileLook:
    """Looks at counts, a table's columns or an archive's list of contents. Raises DataError for anything else."""
    return _look(str(path), file_stamp(path), read_as, orientation)


def file_stamp(path: Path) -> tuple[int, int, int]:
    """A stamp that changes when a file, or a file in a folder, does. Raises DataError where it is missing."""
    try:
        if path.is_dir():
            stats = [file.stat() for file, _ in zip(sorted(path.rglob("*")), range(MAX_STAMPED), strict=False)]
            return max((stat.st_mtime_ns for stat in stats), default=0), sum(stat.st_size for stat in stats), len(stats)
        stat = path.stat()
    except OSError as error:
        raise DataError(f"{path.name} has been removed: upload it again.") from error
    return stat.st_mtime_ns, stat.st_size, 1


@st.cache_data(max_entries=200, show_spinner="Looking at the file…")
def _look(path_text: str, stamp: tuple[int, int, int], read_as: ReadAs, orientation: Orientation) -> FileLook:

    path = Path(path_text)
    is_text = find_format(path) == "text"
    if is_count_matrix(str(path), read_as):
        preflight = inspect(path, orientation)
        return FileLook("counts", preflight=preflight, proposal=preflight.label_proposal, is_ambiguous=is_text)
    if path.is_dir():
        open_own(path, OwnDataOptions(labels=NO_LABELS))
        return FileLook("images", classes=_levels_to_choose(path))
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    if suffix in ARCHIVE_SUFFIXES:
        open_archive(path).close()
        return _look_at_arrays(path) if suffix == ".npz" else FileLook("images", classes=_levels_to_choose(path))
    if suffix not in TABLE_SUFFIXES:
        raise DataError(
            f"{path.name} is not a supported file type. Supported: counts (10x folder, .h5ad, .h5, .loom, .xlsx, "
            ".csv), a table (.csv, .tsv, .txt), arrays (.npz) or images (a folder or .zip)."
        )
    return _look_at_table(path, is_text)


def _look_at_table(path: Path, is_ambiguous: bool) -> FileLook:

    table = read_table(path)
    n_rows = table.n_rows
    classes: dict[str, tuple[str, ...]] = {}
    for column, values in table.items():
        # Floats are measurements; counting the values of every gene of a wide table would take minutes.
        is_measured = values.dtype.kind == "f" and column not in table.notes  # truths are read as numbers too
        if is_measured or len(np.unique(values.astype(np.str_))) > MAX_CLASSES:
            continue
        texts = set(table.classes(column).tolist()) - {""}
        if 2 <= len(texts) <= max(2, n_rows / 2) and max(map(len, texts)) <= MAX_CLASS_TEXT:
            classes[column] = tuple(natural_order(str(text) for text in texts))
    return FileLook(
        "table",
        n_rows,
        tuple(table),
        classes,
        proposal=propose_labels(table),
        proposal_as_table=propose_labels({column: table.classes(column) for column in classes}, by_any_name=True),
        is_ambiguous=is_ambiguous,
    )


def _look_at_arrays(path: Path) -> FileLook:
    columns = read_columns(path)
    classes: dict[str, tuple[str, ...]] = {}
    for column, values in columns.items():
        if values.dtype.kind != "f" and len(np.unique(values)) <= MAX_CLASSES:
            classes[column] = tuple(natural_order(set(as_text(values).tolist()) - {""}))
    return FileLook("images", classes=classes, proposal=propose_labels(columns))


def _levels_to_choose(path: Path) -> dict[str, tuple[str, ...]]:
    """The levels of a folder's or zip's folders, where more than one may name the classes."""
    levels = picture_levels(path)
    return levels if len(levels) > 1 else {}
