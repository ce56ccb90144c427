"""Count tables in a spreadsheet (.xlsx): the first sheet, streamed row by row."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.reading.limits import MAX_CELLS, MAX_SHEET_CELLS
from clustergan_core.data.counts.reading.tables.dialect import grouped_counts, ungroup
from clustergan_core.data.counts.reading.tables.grid import ANNOTATION, GridText
from clustergan_core.data.own.cell_text import read_number
from clustergan_core.data.own.table_text import MISSING
from clustergan_core.data.own.vetting import open_archive
from clustergan_core.errors import DataError

MAX_SHEET_COLUMNS = 16_384  # the format's own limit, at which Excel truncates a table
BLOCK_VALUES = 4_000_000
LEAST_SCIENTIFIC = 1e15  # no id is as large
MAX_NOTE = 200  # characters that are kept of one annotation cell


def open_sheet(path: Path) -> GridText:
    """Names and text columns of a sheet. Raises DataError for what is not a table, or too large for this format."""
    open_archive(path).close()  # an .xlsx is a zip; its members are within the limits
    rows, n_cut = _read_rows(path)
    if len(rows) < 2 or len(rows[0]) < 2:
        raise DataError(f"{path.name} holds no table in its first sheet: provide names and counts.")
    header, body = rows[0], rows[1:]
    names = [_write(row[0]) for row in body]
    columns = [_write(cell) for cell in header[1:]]
    annotation = {
        index: np.array([_write(row[index + 1])[:MAX_NOTE] for row in body], dtype=np.str_)
        for index, column in enumerate(columns)
        if ANNOTATION.fullmatch(column) or _holds_text([row[index + 1] for row in body])
    }
    notes = []
    if len(columns) + 1 >= MAX_SHEET_COLUMNS:
        notes.append(f"The sheet has {MAX_SHEET_COLUMNS:,} columns, Excel's limit: some may have been cut off.")
    if grouped := _find_grouped(body, annotation):
        notes.append(f"Numbers with marks at the thousands are read without them ('{grouped}' and others).")
    if n_cut:
        notes.append(f"{n_cut} further sheets are left out.")

    def blocks(indices: Sequence[int], most: int | None) -> Iterator[NDArray[np.float32]]:
        step = max(1, BLOCK_VALUES // max(len(indices), 1))
        for start in range(0, min(len(body), most or len(body)), step):
            chosen = body[start : min(start + step, most or len(body))]
            yield np.array([[_number(path.name, row[index + 1]) for index in indices] for row in chosen], np.float32)

    return GridText(
        "Excel sheet (.xlsx)", np.array(names, dtype=np.str_), columns, annotation, 0, blocks, notes, _write(header[0])
    )


def _find_grouped(body: Sequence[tuple[Any, ...]], annotation: Container[int]) -> str:
    """A count that the sheet holds as text with marks at the thousands, "" without one."""
    for row in body:
        for index, cell in enumerate(row[1:]):
            is_text = isinstance(cell, str) and index not in annotation
            if is_text and grouped_counts(".").fullmatch(cell.strip().encode()):
                return cell.strip()
    return ""


def _read_rows(path: Path) -> tuple[list[tuple[Any, ...]], int]:
    """(rows of equal width without trailing empty ones, how many sheets are left out)."""
    try:
        with path.open("rb") as file:
            rows, n_further = _read_first_sheet(file, path.name)
    # On corrupt files and malicious XML openpyxl raises whatever its parser raises, such as a SyntaxError.
    except (KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise DataError(f"{path.name} is not a complete .xlsx file: save it again, or as .csv.") from error
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    width = max((_width(row) for row in rows), default=0)
    return [(*row, *[None] * (width - len(row)))[:width] for row in rows], n_further


def _read_first_sheet(file: IO[bytes], name: str) -> tuple[list[tuple[Any, ...]], int]:
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        sheets = book.worksheets
        if not sheets:
            raise DataError(f"{name} holds no sheet: save it again, or as .csv.")
        sheets[0].reset_dimensions()  # some declare a million empty rows
        rows: list[tuple[Any, ...]] = []
        n_cells = 0
        for row in sheets[0].iter_rows(values_only=True):
            n_cells += len(row)
            if n_cells > MAX_SHEET_CELLS or len(rows) > MAX_CELLS:
                raise DataError(
                    f"{name} holds more than {MAX_SHEET_CELLS:,} cells or {MAX_CELLS:,} rows: save it as .csv."
                )
            rows.append(row)
        return rows, len(sheets) - 1
    finally:
        book.close()


def _width(row: tuple[Any, ...]) -> int:
    return max((index + 1 for index, cell in enumerate(row) if cell is not None), default=0)


def _write(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.strftime("%Y-%m-%d")  # once a gene name: MARCH1 became a date
    if isinstance(cell, float) and abs(cell) >= LEAST_SCIENTIFIC:
        return f"{cell:.15g}".upper()  # as the sheet shows it: 2.31E+19, which was the gene 2310000E19Rik
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _is_gap(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and cell.strip() in MISSING)


def _holds_text(cells: Sequence[Any]) -> bool:
    present = [cell for cell in cells if not _is_gap(cell)]
    return bool(present) and sum(_read(cell) is None for cell in present) > len(present) / 2


def _read(cell: Any) -> float | None:
    """A cell as a number: also one that the sheet holds as text, with or without marks at the thousands."""
    if isinstance(cell, str):
        return read_number(ungroup(cell.strip().encode(), ".").decode())
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    try:
        return float(cell)
    except OverflowError:
        return None


def _number(name: str, cell: Any) -> float:
    if _is_gap(cell):
        return float("nan")
    number = _read(cell)
    if number is None:
        raise DataError(f"{name} has '{_write(cell)[:40]}' where a count should be: fix that cell.")
    return number
