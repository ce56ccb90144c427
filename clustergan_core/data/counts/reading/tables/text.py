"""Count tables as text (.csv, .tsv, .txt, also .gz): two passes, one over names and one over numbers in blocks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.reading.compressed_text import CompressedText, open_compressed_text
from clustergan_core.data.counts.reading.limits import MAX_CELLS
from clustergan_core.data.counts.reading.tables.dialect import (
    MAX_LINE_BYTES,
    Dialect,
    find_dialect,
    grouped_counts,
    ungroup,
)
from clustergan_core.data.counts.reading.tables.grid import GridText
from clustergan_core.data.own.cell_text import read_number
from clustergan_core.data.own.table_text import MISSING, SPACES, find_gap_words, split_line
from clustergan_core.errors import DataError

BLOCK_VALUES = 4_000_000
MAX_NOTE = 200  # characters that are kept of one annotation cell
MAX_SHOWN = 40  # characters that a message repeats of one cell


def open_text(path: Path) -> GridText:
    """Names and text columns of a table. Raises DataError for anything but a regular table of numbers with names."""
    text = open_compressed_text(path)
    try:
        dialect = find_dialect(text)
        row_names, annotation, n_bytes, grouped = _read_names(text, dialect)
    except csv.Error as error:
        raise DataError(f"{text.name} has a line that cannot be split into cells ({error}): fix it.") from error

    def blocks(columns: Sequence[int], most: int | None) -> Iterator[NDArray[np.float32]]:
        return _read_blocks(text, dialect, columns, most)

    separated = {"\t": "tab-separated", ",": "comma-separated", ";": "semicolon-separated", "|": "bar-separated"}
    return GridText(
        file_format=f"{separated.get(dialect.delimiter, 'space-separated')} text",
        row_names=np.array(row_names, dtype=np.str_),
        column_names=dialect.columns,
        annotation=annotation,
        text_bytes=n_bytes,
        blocks=blocks,
        notes=[f"Numbers with marks at the thousands are read without them ('{grouped}' and others)."]
        if grouped
        else [],
    )


def _read_names(text: CompressedText, dialect: Dialect) -> tuple[list[str], dict[int, NDArray[np.str_]], int, str]:
    """(row names, annotation by column, expanded size, a number with marks at the thousands if there is one).

    One pass, which parses only the front of most lines.
    """
    grouped = ""
    names: list[str] = []
    annotation: dict[int, list[str]] = {index: [] for index in dialect.annotation}
    offset = int(dialect.has_row_names)
    width = len(dialect.columns) + offset
    n_front = max(dialect.annotation, default=-1) + offset + 1
    delimiter = dialect.delimiter.encode()
    n_bytes = 0
    with text.open() as stream:
        for number, line in enumerate(_lines(stream, text.name), start=1):
            n_bytes += len(line)
            if number <= dialect.n_before + int(dialect.has_header) or not line.strip():
                continue
            n_cells = _count_cells(line, delimiter, dialect)
            if n_cells != width and not (n_cells == width + 1 and line.rstrip(b"\r\n").endswith(delimiter)):
                raise DataError(
                    f"{text.name} is not a regular table (line {number:,} has {n_cells:,} cells, the others "
                    f"{width:,}): fix that line."
                )
            # Annotation mostly comes first, so that the rest of a line need not be parsed here.
            front = line if dialect.delimiter == SPACES else _front(line, delimiter, max(n_front, 1))
            cells = split_line(front.decode(dialect.encoding, "replace").rstrip("\r\n"), dialect.delimiter)
            names.append(cells[0] if dialect.has_row_names and cells else "")
            for index, values in annotation.items():
                cell = cells[index + offset] if index + offset < len(cells) else ""
                values.append(cell[:MAX_NOTE])
            if not grouped and _may_be_grouped(line, dialect):
                grouped = _find_grouped(line, dialect, offset)
            if len(names) > MAX_CELLS:
                raise DataError(f"{text.name} has more than {MAX_CELLS:,} rows: provide fewer cells.")
    columns = {index: np.array(_without_gaps(values), dtype=np.str_) for index, values in annotation.items()}
    return names, columns, n_bytes, grouped


def _without_gaps(texts: list[str]) -> list[str]:
    gaps = find_gap_words(texts)
    return ["" if text in gaps else text for text in texts]


def _may_be_grouped(line: bytes, dialect: Dialect) -> bool:
    """Whether a line holds a mark that may stand at a thousand; almost none does."""
    if b"'" in line or b"\xe2\x80" in line or b"\xc2\xa0" in line:
        return True
    if dialect.delimiter == ",":
        return b'"' in line
    return (b"," if dialect.decimal == "." else b".") in line or (dialect.delimiter != SPACES and b" " in line)


def _find_grouped(line: bytes, dialect: Dialect, offset: int) -> str:
    cells = split_line(line.decode(dialect.encoding, "replace").rstrip("\r\n"), dialect.delimiter)
    pattern = grouped_counts(dialect.decimal)
    described = set(dialect.annotation)
    return next(
        (
            cell
            for index, cell in enumerate(cells[offset:])
            if index not in described and pattern.fullmatch(cell.encode())
        ),
        "",
    )


def _count_cells(line: bytes, delimiter: bytes, dialect: Dialect) -> int:
    if dialect.delimiter == SPACES:
        return len(line.split())
    if b'"' in line:  # a quoted cell may hold the delimiter
        return len(split_line(line.decode(dialect.encoding, "replace").rstrip("\r\n"), dialect.delimiter))
    return line.count(delimiter) + 1


def _lines(stream: object, name: str) -> Iterator[bytes]:
    while line := stream.readline(MAX_LINE_BYTES):  # type: ignore[attr-defined]
        if len(line) >= MAX_LINE_BYTES:
            raise DataError(f"{name} has a line of more than {MAX_LINE_BYTES >> 20} MB: shorten it.")
        yield line


def _front(line: bytes, delimiter: bytes, n_cells: int) -> bytes:
    """The first cells of a line; the whole line where a quote might hide a delimiter."""
    pieces = line.split(delimiter, n_cells)
    front = delimiter.join(pieces[:n_cells])
    return line if front.count(b'"') % 2 else front


def _read_blocks(
    text: CompressedText, dialect: Dialect, columns: Sequence[int], most: int | None
) -> Iterator[NDArray[np.float32]]:
    """Blocks of rows. Their cells are parsed as one long column, because pandas is slow with many columns."""
    indices = [index + int(dialect.has_row_names) for index in columns]
    n_rows = max(1, BLOCK_VALUES // len(indices))
    rows: list[bytes] = []
    n_read = 0
    with text.open() as stream:
        for number, line in enumerate(_lines(stream, text.name), start=1):
            if number <= dialect.n_before + int(dialect.has_header) or not line.strip():
                continue
            rows.append(_cut_out(line.rstrip(b"\r\n"), dialect, indices))
            n_read += 1
            if n_read == most:
                break
            if len(rows) == n_rows:
                yield _parse(text.name, rows, dialect, len(indices))
                rows.clear()
        if rows:
            yield _parse(text.name, rows, dialect, len(indices))


def _cut_out(line: bytes, dialect: Dialect, indices: Sequence[int]) -> bytes:
    """The cells of a line at `indices`, each on a line of its own, without marks at the thousands."""
    delimiter = dialect.delimiter.encode()
    n_front = indices[0]
    if dialect.delimiter == SPACES:
        cells = line.split()
    elif b'"' in line:
        cells = [cell.encode() for cell in split_line(line.decode(dialect.encoding, "replace"), dialect.delimiter)]
    elif indices[-1] - n_front + 1 == len(indices):  # nothing but counts after the names, as in most tables
        rest = line.split(delimiter, n_front)[n_front]
        lines = delimiter.join(rest.split(delimiter, len(indices))[: len(indices)]).replace(delimiter, b"\n")
        return ungroup(lines, dialect.decimal) if _may_be_grouped(rest, dialect) else lines
    else:
        cells = line.split(delimiter)
    lines = b"\n".join([cells[index].strip() for index in indices])
    return ungroup(lines, dialect.decimal) if _may_be_grouped(line, dialect) else lines


def _parse(name: str, rows: Sequence[bytes], dialect: Dialect, n_columns: int) -> NDArray[np.float32]:
    try:
        column = pd.read_csv(
            io.BytesIO(b"\n".join(rows) + b"\n"),
            sep="\x1f",  # none: a character that no number holds
            decimal=dialect.decimal,
            header=None,
            names=[0],
            dtype=np.float32,
            na_values=list(MISSING),
            keep_default_na=False,
            skip_blank_lines=False,
            quoting=csv.QUOTE_NONE,
            encoding_errors="replace",
        )[0].to_numpy()
        return column.reshape(len(rows), n_columns)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError) as error:
        wrong = _find_wrong(rows, dialect)
        where = f"'{wrong}' is where a count should be" if wrong else "its lines differ in layout"
        raise DataError(f"{name} is not a regular table of counts ({where}): fix that cell.") from error


def _find_wrong(rows: Sequence[bytes], dialect: Dialect) -> str:
    """The first cell that is no number, "" without one."""
    for cell in b"\n".join(rows).decode(dialect.encoding, "replace").split("\n"):
        text = cell.replace(",", ".") if dialect.decimal == "," else cell
        if cell not in MISSING and read_number(text) is None:
            return cell[:MAX_SHOWN]
    return ""
