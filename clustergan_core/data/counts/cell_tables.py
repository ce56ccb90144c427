"""Tables of cells brought beside a count matrix: their columns join those of the matrix, matched by cell id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.own.cell_text import as_categories, as_text, is_missing
from clustergan_core.data.own.labels import _find_ids
from clustergan_core.data.own.table_text import Columns, read_table
from clustergan_core.errors import DataError
from clustergan_core.paths import uploads_folder

if TYPE_CHECKING:
    import pandas as pd

BESIDE = "beside"  # the folder next to an upload that holds the tables uploaded with it
MAX_COLUMNS = 500  # of each table: an h5ad names its columns in a header of limited size
SHOWN = 8
_TRUTHS = {"true": True, "false": False}
_NAMELESS = re.compile(r"(unnamed|column)_\d+|row_names")  # what `read_table` calls a column without a name


@dataclass(frozen=True)
class CellTable:
    """The columns of one table, a value for each of a matrix's N cells, missing where the table lacks the cell."""

    columns: dict[str, Any]  # each (N,): numbers, booleans, or categories of text
    note: str  # a sentence on what was matched


def find_cell_tables(source: str, labels: str | None) -> list[Path]:
    """The tables that belong to a matrix: that of its labels (FILE or FILE:COLUMN), and those uploaded with it."""
    tables: dict[Path, None] = {}
    if (path := label_file(labels)) is not None and _is_file(path):
        tables[path] = None
    home = Path(source).expanduser().parent
    if home.parent.resolve() == uploads_folder().resolve() and (home / BESIDE).is_dir():
        tables |= dict.fromkeys(path for path in sorted((home / BESIDE).iterdir()) if path.is_file())
    return list(tables)


def label_file(labels: str | None) -> Path | None:
    """The file of labels chosen as FILE or FILE:COLUMN, which may be missing; None for a column of the data."""
    if labels is None:
        return None
    before = labels.rpartition(":")[0]
    for path in (Path(text).expanduser() for text in (labels, before) if text):
        if _is_file(path):
            return path
    return Path(before) if before.startswith("/") else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # the name of a column may be too long for a file's
        return False


def join_tables(matrix: CountMatrix, tables: Sequence[Path]) -> tuple[CountMatrix, tuple[str, ...]]:
    """(the matrix with the tables' columns after its own, a sentence on each table).

    A column of a name that is taken already carries its file's name too. A table that cannot be read, or that names
    fewer than half of the cells, adds nothing, and its sentence says so.
    """
    import pandas as pd

    cells, notes = matrix.cells, []
    for path in tables:
        try:
            table = match_cells(path.name, read_table(path), matrix.cell_ids.tolist())
        except DataError as problem:
            notes.append(f"No column of {path.name} goes with the cells. {problem}")
            continue
        columns = dict(_name_apart(path, table.columns, cells))
        cells = pd.concat([cells, pd.DataFrame(columns, index=cells.index)], axis=1)
        notes.append(table.note)
    return replace(matrix, cells=cells), tuple(notes)


def match_cells(name: str, table: Columns, cell_ids: Sequence[str]) -> CellTable:
    """The columns of a table, in the order of these cells. DataError where no column names at least half of them."""
    id_column = _find_ids(table, cell_ids)
    if id_column is None:
        raise DataError(f"{name} has no column with the ids of at least half of the cells: add the ids.")
    row_of = {text: row for row, text in enumerate(as_text(table[id_column]).tolist())}
    rows = np.array([row_of.get(cell, -1) for cell in cell_ids], dtype=np.int64)
    names = [column for column in table if column != id_column or not _NAMELESS.fullmatch(column)]
    columns = {column: _take_rows(table[column], rows) for column in names[:MAX_COLUMNS]}
    return CellTable(columns, _describe(name, names, id_column, rows))


def _describe(name: str, names: Sequence[str], id_column: str, rows: NDArray[np.int64]) -> str:
    shown = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
    matched = f"matched by {id_column} ({int((rows >= 0).sum()):,} of {len(rows):,})"
    if len(names) > MAX_COLUMNS:
        return f"The first {MAX_COLUMNS} of {len(names):,} columns of {name} go with the cells, {matched}."
    return f"Columns of {name} go with the cells, {matched}: {shown or 'none'}."


def _name_apart(path: Path, columns: dict[str, Any], cells: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    """(name, column) of each column that the cells do not have already; a name that is taken gets the file's."""
    taken = {str(name) for name in cells}
    for name, column in columns.items():
        if name in taken and _says_the_same(column, cells[name]):
            continue
        new = name
        while new in taken:
            new = f"{new} ({path.name})"
        taken.add(new)
        yield new, column


def _says_the_same(column: Any, other: Any) -> bool:
    ours, theirs = (as_text(np.asarray(values, dtype=object)) for values in (column, other))
    return np.array_equal(ours, theirs)


def _take_rows(values: NDArray[Any], rows: NDArray[np.int64]) -> Any:
    """The values of these rows (N,), missing where the row is -1, of the type the column has."""
    is_matched = rows >= 0
    taken = values[rows]
    if values.dtype.kind in "iuf":
        return taken if is_matched.all() else np.where(is_matched, taken.astype(np.float64), np.nan)
    missing = ~is_matched | is_missing(taken)
    texts = as_text(taken)
    missing |= texts == ""
    is_truth = [_TRUTHS.get(text.lower()) for text in texts[~missing].tolist()]
    if is_truth and None not in is_truth:
        if not missing.any():
            return np.array(is_truth, dtype=np.bool_)
        texts[~missing] = [str(truth) for truth in is_truth]
    return as_categories(texts, missing)
