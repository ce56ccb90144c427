"""Text tables of unknown dialect: encoding, delimiter, decimal mark and header are detected, then pandas reads them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.own.vetting import MAX_COLUMNS, MAX_VALUES, read_text_bytes
from clustergan_core.errors import DataError

SAMPLE_LINES = 60  # enough to see a dialect
SPACES = r"\s+"
CLEAR_SHARE = 0.1  # of the cells; text that contains spaces shifts the share a little
MISSING = ("", "?", "-", ".", "NA", "N/A", "n/a", "na", "NaN", "nan", "NAN", "null", "NULL", "None", "#N/A", "<NA>")

Columns = dict[str, NDArray[Any]]  # each (N,), in the file's order

_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?")
_NUMBERS_AS_WORDS = frozenset({"inf", "-inf", "+inf", "infinity", "-infinity", "true", "false"})


@dataclass(frozen=True)
class Dialect:
    """How a text table is written."""

    delimiter: str  # one character, or SPACES
    decimal: str  # "." or ","
    has_header: bool


def read_table(path: Path, n_expected: int | None = None) -> Columns:
    """The columns of a .csv, .tsv or .txt file (.gz too) by name; without a header column_1, column_2, ….

    A column holds numbers, or objects: text, and NaN where a cell is empty.

    `n_expected` rows, where known, decide whether the first line of an ambiguous file is a header.
    Raises DataError with one sentence for whatever isn't a table.
    """
    text = _decode(path)
    lines = [line for line in text[: 1 << 22].splitlines() if line.strip()][:SAMPLE_LINES]
    if not lines:
        raise DataError(f"{path.name} is empty: choose a file with samples in it.")
    delimiter, decimal = find_delimiter(lines)
    rows = [split_line(line, delimiter) for line in lines]
    width = max(len(row) for row in rows)
    n_lines = text.count("\n") + 1
    if width > MAX_COLUMNS or n_lines * width > MAX_VALUES:
        raise DataError(
            f"{path.name} has {width:,} columns in {n_lines:,} lines, but at most {MAX_COLUMNS:,} columns and "
            f"{MAX_VALUES:,} values are read: provide fewer columns or rows."
        )
    has_header = _has_header(rows, decimal)
    if has_header is None:  # all text
        n_rows = sum(1 for line in text.splitlines() if line.strip())
        if width == 1 and n_expected is not None:
            has_header = n_rows != n_expected
        else:  # unlike a class, a column's name does not occur again below it
            has_header = not any(
                cell in (row[index] for row in rows[1:] if index < len(row)) for index, cell in enumerate(rows[0])
            )
    return _parse(path, text, rows, Dialect(delimiter, decimal, has_header))


def find_delimiter(lines: Sequence[str]) -> tuple[str, str]:
    """(delimiter, decimal mark) of a table's first lines.

    Tab, semicolon and bar are accepted wherever they divide the lines evenly; between comma and spaces the one that
    yields more numbers wins, comma when it is close. A file of one column has a delimiter that never occurs in it.
    """
    for delimiter in ("\t", ";", "|"):
        if _divides_evenly(lines, delimiter):
            return delimiter, _find_decimal([split_line(line, delimiter) for line in lines])
    best, best_share = ("\t", ","), -1.0
    for delimiter in (",", SPACES):
        if not _divides_evenly(lines, delimiter):
            continue
        rows = [split_line(line, delimiter) for line in lines]
        decimal = "." if delimiter == "," else _find_decimal(rows)
        cells = [cell for row in rows for cell in row]
        share = sum(is_number(cell, decimal) for cell in cells) / len(cells)
        if share > best_share + CLEAR_SHARE:
            best, best_share = (delimiter, decimal), share
    if best_share >= 0:
        return best
    # Nothing divides the lines evenly. A mark in every line is the delimiter of a table with a fault, which pandas will
    # locate; without one this is a single column.
    delimiter = next((mark for mark in ("\t", ";", "|", ",") if all(mark in line for line in lines)), "\t")
    return delimiter, _find_decimal([split_line(line, delimiter) for line in lines])


def split_line(line: str, delimiter: str) -> list[str]:
    """The cells of one line, stripped and unquoted."""
    if delimiter == SPACES:
        delimiter, line = " ", " ".join(line.split())
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])]


def is_number(cell: str, decimal: str) -> bool:
    """Whether a cell reads as a number under this decimal mark."""
    pattern = _COMMA if decimal == "," else _POINT
    return pattern.fullmatch(cell) is not None or cell.lower() in _NUMBERS_AS_WORDS


def _decode(path: Path) -> str:
    content = read_text_bytes(path)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        if b"\0" in content[: 1 << 16]:
            raise DataError(f"{path.name} is not text: provide .csv, .tsv or .txt as text, or numbers as .npz.")
        encodings = ("utf-8-sig", "latin-1")  # latin-1 reads any byte, so it comes last
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise DataError(f"{path.name} is corrupt UTF-16 text: save it as UTF-8.")
    text = re.sub(r"\r\n?", "\n", text).lstrip("\n")
    text = re.sub(r"\Asep=.\n", "", text)  # a hint that Excel writes for itself
    return re.sub(r"\A#[ \t]*(?=[^#\n]*\n[^#])", "", text)  # numpy.savetxt marks its header line


def _divides_evenly(lines: Sequence[str], delimiter: str) -> bool:
    widths = [len(split_line(line, delimiter)) for line in lines]
    body = widths[1:] or widths
    # R writes one name fewer than there are columns, since row names have none; pandas reports ragged lines.
    usual = max(set(body), key=body.count)
    return usual > 1 and body.count(usual) >= 0.9 * len(body) and widths[0] in (usual, usual - 1)


def _find_decimal(rows: Sequence[Sequence[str]]) -> str:
    cells = [cell for row in rows for cell in row]
    commas = sum("," in cell and _COMMA.fullmatch(cell) is not None for cell in cells)
    points = sum("." in cell and _POINT.fullmatch(cell) is not None for cell in cells)
    return "," if commas > points else "."


def _has_header(rows: Sequence[Sequence[str]], decimal: str) -> bool | None:
    """Whether the first row names the columns; None where every column is text and nothing decides it."""
    first, body = rows[0], rows[1:]
    if not body:
        return not any(is_number(cell, decimal) for cell in first)
    if len(body[0]) == len(first) + 1:
        return True  # R's format: row names without a header
    named = numbered = 0
    for position, cell in enumerate(first):
        below = [row[position] for row in body if position < len(row) and row[position] not in MISSING]
        if below and sum(is_number(value, decimal) for value in below) > len(below) / 2:
            named += cell not in MISSING and not is_number(cell, decimal)
            numbered += is_number(cell, decimal)
    if named + numbered == 0:
        return None
    if named == 0 and _counts_up(first):
        return not _counts_up(body[0])
    return named > numbered


def _counts_up(cells: Sequence[str]) -> bool:
    """Whether the cells are 0, 1, 2, …, as pandas names nameless columns (the index's name is an empty cell)."""
    numbers = [cell for cell in cells if cell]
    return len(numbers) > (0 if cells[0] == "" else 2) and numbers == [str(number) for number in range(len(numbers))]


def _parse(path: Path, text: str, rows: Sequence[Sequence[str]], dialect: Dialect) -> Columns:
    import pandas as pd

    if dialect.has_header and len(rows) == 1:
        raise DataError(f"{path.name} holds column names but no samples: provide a file with rows below them.")
    try:
        # The header is skipped rather than parsed: the first data line then fixes the width, a longer line is an
        # error with its number, and row names without a header (R's format) shift nothing.
        frame = pd.read_csv(
            io.StringIO(text),
            sep=dialect.delimiter,
            decimal=dialect.decimal,
            header=None,
            skiprows=1 if dialect.has_header else 0,
            na_values=list(MISSING),
            keep_default_na=False,
            skipinitialspace=dialect.delimiter != SPACES,
            low_memory=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        match = re.search(r"line (\d+)", str(error))
        where = f"line {match[1]} has more cells than the first" if match else "its lines differ in layout"
        raise DataError(f"{path.name} is not a regular table ({where}): fix that line.") from error
    given = list(rows[0]) if dialect.has_header else [f"column_{number + 1}" for number in range(frame.shape[1])]
    if len(given) == frame.shape[1] - 1:
        given.insert(0, "row_names")
    if len(given) != frame.shape[1]:
        raise DataError(
            f"{path.name} names {len(given)} columns but its rows have {frame.shape[1]} cells: fix the first line."
        )
    return {name: np.asarray(frame.iloc[:, position].to_numpy()) for position, name in enumerate(_name_columns(given))}


def _name_columns(given: Sequence[str]) -> list[str]:
    """Header cells as unique names; an empty cell becomes unnamed_1, unnamed_2, … by its position."""
    names: dict[str, None] = {}
    for position, cell in enumerate(given):
        name = cell or f"unnamed_{position + 1}"
        while name in names:
            name += "_2"
        names[name] = None
    return list(names)
