"""The header of a Matrix Market text: its first line, comments, which may name rows and columns, and its size."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import BinaryIO

from clustergan_core.errors import DataError

BANNER = b"%%matrixmarket"
MAX_HEADER_LINES = 1000  # without names
MAX_HEADER_LINE = 16 << 20  # one line may name all genes
MAX_HEADER_BYTES = 64 << 20

# DropViz and others write names as %%GENES or %%ROWS above the entries, on one line or several.
_NAMES = re.compile(r"(?:%%\s*([A-Z_]+)\s*[:=]?[\t, ]+|%\s*([A-Z_]+)\s*[:=]?\t)(\S.*)")
_SIDES = {
    "genes": frozenset({"GENES", "GENE", "GENE_NAMES", "GENENAMES", "FEATURES", "SYMBOLS"}),
    "cells": frozenset({"CELL_BARCODES", "BARCODES", "CELLS", "CELL", "CELL_NAMES", "CELLBARCODES"}),
    "rows": frozenset({"ROWS", "ROW", "ROWNAMES", "ROW_NAMES"}),
    "columns": frozenset({"COLUMNS", "COLS", "COLUMN", "COL", "COLNAMES", "COLUMN_NAMES", "COL_NAMES"}),
}


@dataclass(frozen=True)
class Header:
    """What a text says above its entries."""

    shape: tuple[int, int]  # rows × columns
    n_nonzeros: int
    has_values: bool  # False for a pattern, in which every entry is 1
    has_banner: bool  # False where the first line is missing
    names: dict[str, list[str]] = field(default_factory=dict)  # by "genes", "cells", "rows" or "columns"


def read_header(stream: BinaryIO, name: str) -> Header:
    """The header; leaves the stream at the first entry. Raises DataError for another kind of matrix."""
    line = stream.readline(MAX_HEADER_LINE)
    has_banner = line.lower().startswith(BANNER)
    has_values = _read_banner(line, name) if has_banner else True
    if has_banner:
        line = stream.readline(MAX_HEADER_LINE)
    names: dict[str, list[str]] = {}
    n_bytes, n_comments = len(line), 0
    while line.startswith(b"%") or (line and not line.strip()):
        if not _take_names(line, names):
            n_comments += 1
        line = stream.readline(MAX_HEADER_LINE)
        n_bytes += len(line)
        if n_comments >= MAX_HEADER_LINES or n_bytes > MAX_HEADER_BYTES:
            line = b""
    numbers = line.split()
    if len(numbers) != 3 or not all(number.isdigit() and len(number) < 19 for number in numbers):
        if not has_banner:
            raise DataError(f"{name} does not begin with %%MatrixMarket: provide the matrix.mtx of a 10x folder.")
        raise DataError(f"{name} does not declare its rows, columns and values: copy or download it again.")
    n_rows, n_columns, n_nonzeros = map(int, numbers)
    return Header((n_rows, n_columns), n_nonzeros, has_values, has_banner, names)


def _read_banner(line: bytes, name: str) -> bool:
    """Whether entries have values. Raises DataError for a type of matrix that is not read."""
    words = line.decode("utf-8", "replace").lower().split()
    if len(words) != 5:
        raise DataError(f"{name} does not begin with %%MatrixMarket: provide the matrix.mtx of a 10x folder.")
    _, _, layout, kind, symmetry = words
    if layout != "coordinate" or kind not in ("integer", "real", "pattern", "double") or symmetry != "general":
        raise DataError(
            f"{name} is a Matrix Market file of type '{layout} {kind} {symmetry}': save it as 'coordinate integer "
            "general'."
        )
    return kind != "pattern"


def _take_names(line: bytes, names: dict[str, list[str]]) -> bool:
    """Adds the names of a comment that lists some; False for any other comment."""
    match = _NAMES.match(line.decode("utf-8", "replace").strip())
    if match is None:
        return False
    word, given = match[1] or match[2], match[3]
    side = next((side for side, words in _SIDES.items() if word in words), None)
    if side is None:
        return False
    mark = "\t" if "\t" in given else "," if "," in given else None
    names.setdefault(side, []).extend(part.strip().strip('"') for part in given.split(mark))
    return True
