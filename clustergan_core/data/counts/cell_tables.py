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
from clustergan_core.data.own.cell_text import as_categories, as_text, read_number
from clustergan_core.data.own.matching import Match, match_ids
from clustergan_core.data.own.sample_ids import is_id_name, names_rows_by_number, names_rows_by_text
from clustergan_core.data.own.table_text import TextTable, read_table
from clustergan_core.errors import DataError
from clustergan_core.paths import uploads_folder

if TYPE_CHECKING:
    import pandas as pd

BESIDE = "beside"  # the folder next to an upload that holds the tables uploaded with it
MAX_COLUMNS = 500  # of each table: an h5ad names its columns in a header of limited size
SHOWN = 8
_TRUTHS = frozenset({"true", "false"})
_NUMBERED = re.compile(r"[+-]?0\d+|\d+[eE]\d+")  # 0007, 10E2: names that only look like numbers
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


def match_cells(name: str, table: TextTable, cell_ids: Sequence[str]) -> CellTable:
    """The columns of a table, in the order of these cells. DataError where no column names at least half of them."""
    found = _find_ids(table, cell_ids)
    if found is None:
        raise DataError(f"{name} has no column that names at least half of the cells, each once: add their ids.")
    id_column, match = found
    rows = np.array([-1 if row is None else row for row in match.rows], dtype=np.int64)
    names = [column for column in table if column != id_column or not _NAMELESS.fullmatch(column)]
    columns = {column: _take_rows(table, column, rows) for column in names[:MAX_COLUMNS]}
    named = "id" if _NAMELESS.fullmatch(id_column) else id_column
    how = f"{named}, {match.respelling}" if match.respelling else named
    return CellTable(columns, _describe(name, names, f"matched by {how} ({match.n_matched:,} of {len(rows):,})"))


def _find_ids(table: TextTable, cell_ids: Sequence[str]) -> tuple[str, Match] | None:
    """(the column that names the cells best, the match); ids as spelt come before any respelling."""
    found: list[tuple[str, Match]] = []
    for position, column in enumerate(table):
        if not (
            is_id_name(column) or names_rows_by_text(table, column) or names_rows_by_number(table, column, position)
        ):
            continue
        texts = table.texts(column).tolist()
        if len(set(texts)) == len(texts) and (match := match_ids(cell_ids, texts)) is not None:
            found.append((column, match))
    return max(found, key=lambda pair: (not pair[1].respelling, pair[1].n_matched), default=None)


def _describe(name: str, names: Sequence[str], matched: str) -> str:
    shown = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
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


def _take_rows(table: TextTable, column: str, rows: NDArray[np.int64]) -> Any:
    """The cells of these rows (N,), missing where the row is -1 or holds a gap: numbers, booleans, else categories."""
    texts, values = table.texts(column).astype(np.str_), table[column]
    is_gap = np.isin(texts, list(table.gaps(column)))
    missing = (rows < 0) | is_gap[rows]
    held = set(texts[~is_gap].tolist())
    if held and all(text.lower() in _TRUTHS for text in held):
        truths = np.char.lower(texts[rows]) == "true"
        return as_categories(np.where(truths, "True", "False"), missing) if missing.any() else truths
    if values.dtype.kind in "iuf" and not any(map(_NUMBERED.fullmatch, held)):
        numbers = values if values.dtype.kind != "f" else _read_exactly(values, texts)
        return np.where(missing, np.nan, numbers[rows]) if missing.any() else numbers[rows]
    return as_categories(texts[rows], missing)


def _read_exactly(values: NDArray[np.float64], texts: NDArray[np.str_]) -> NDArray[np.float64]:
    """The numbers to the last bit, which pandas rounds, where their text is that number."""
    read = np.array([np.nan if (number := read_number(text)) is None else number for text in texts.tolist()])
    return np.where(np.isclose(values, read, rtol=1e-12, atol=0), read, values)
