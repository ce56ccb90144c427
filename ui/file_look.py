"""A first look at a person's own file: whether it can be read at all, and which columns could be classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st

from clustergan_core.errors import DataError

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
ARCHIVE_SUFFIXES = (".npz", ".zip")
# What the file picker offers; ".gz" stands for packed tables.
FILE_TYPES = ("csv", "tsv", "txt", "gz", "npz", "zip")
MAX_CLASSES = 100  # columns of more values are measurements or names
MAX_CLASS_TEXT = 60  # characters of a value that still reads as the name of a class


@dataclass(frozen=True)
class FileLook:
    """What a file holds, as far as choosing options needs it."""

    is_table: bool
    n_rows: int = 0
    columns: tuple[str, ...] = ()
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)  # columns of few values, and their values


def look_at(path: Path) -> FileLook:
    """Reads a table's columns, or an archive's list of contents. Raises DataError for what is neither."""
    try:
        found = path.stat()
    except OSError as error:
        raise DataError(f"{path.name} is no longer here: upload it again.") from error
    return _look(str(path), found.st_mtime_ns, found.st_size)


@st.cache_data(max_entries=8, show_spinner="Reading the file…")
def _look(path_text: str, changed: int, size: int) -> FileLook:
    path = Path(path_text)
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    if suffix in ARCHIVE_SUFFIXES:
        from clustergan_core.data.vetting import open_archive

        open_archive(path).close()
        return FileLook(is_table=False)
    if suffix not in TABLE_SUFFIXES:
        raise DataError(
            f"{path.name} is of no kind that is read here: bring .csv, .tsv or .txt (also .gz), .npz, or a .zip of "
            "pictures."
        )
    return _look_at_table(path)


def _look_at_table(path: Path) -> FileLook:
    from clustergan_core.data.cell_text import as_text, natural_order
    from clustergan_core.data.table_text import read_table

    table = read_table(path)
    n_rows = len(next(iter(table.values())))
    classes: dict[str, tuple[str, ...]] = {}
    for column, values in table.items():
        # Floats are measurements; counting the values of every gene of a wide table would take minutes.
        if values.dtype.kind == "f" or len(np.unique(values.astype(np.str_))) > MAX_CLASSES:
            continue
        texts = set(as_text(values)) - {""}
        if 2 <= len(texts) <= max(2, n_rows / 2) and max(map(len, texts)) <= MAX_CLASS_TEXT:
            classes[column] = tuple(natural_order(str(text) for text in texts))
    return FileLook(True, n_rows, tuple(table), classes)
