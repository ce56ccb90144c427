"""Count tables as text (.csv, .tsv, .txt, also .gz): two passes, one over names and one over numbers in blocks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.table_text import MISSING, SPACES, find_delimiter, is_number, split_line
from clustergan_core.errors import DataError
from clustergan_core.expression.grid import ANNOTATION, GridText
from clustergan_core.expression.limits import MAX_CELLS
from clustergan_core.expression.packed_text import PackedText, packed_text

DIALECT_LINES = 30  # a dialect shows in the first lines
DIALECT_WIDTH = 20_000  # characters of a line; longer ones show their dialect in so many
BLOCK_VALUES = 4_000_000
MAX_LINE_BYTES = 16 << 20  # of one line: 200,000 barcodes of 20 characters take 4 MB
MAX_FIRST_BYTES = 8 << 20  # of the first lines together, after which no further one is looked at
MAX_ANNOTATION = 200
MAX_COLUMNS = MAX_CELLS + MAX_ANNOTATION
MAX_NOTE = 200  # characters of one cell of annotation that are kept
_NAME_HEADERS = re.compile(
    r"|gene|genes|gene_?ids?|gene_?names?|gene_?symbols?|symbol|entrez\w*|ensembl\w*|id|index|name|cell|cells|cell_?ids?|"
    r"cell_?names?|barcodes?|sample|sample_?ids?|rownames?|row_?names|unnamed.*|x|geneid",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Dialect:
    encoding: str
    delimiter: str
    decimal: str
    n_before: int  # lines above the names: hints and comments
    has_header: bool
    has_row_names: bool
    columns: list[str]  # without the row names'
    annotation: list[int]  # places of columns that hold no counts


def open_text(path: Path) -> GridText:
    """Names and text columns of a table. Raises DataError for what is no even table of numbers with names."""
    text = packed_text(path)
    try:
        dialect = find_dialect(text)
        row_names, annotation, n_bytes = _read_names(text, dialect)
    except csv.Error as error:
        raise DataError(f"{text.name} has a line that cannot be split into cells ({error}): mend it.") from error

    def blocks(columns: Sequence[int], most: int | None) -> Iterator[NDArray[np.float32]]:
        return _read_blocks(text, dialect, columns, most)

    form = {"\t": "tab-separated", ",": "comma-separated", ";": "semicolon-separated", "|": "bar-separated"}
    return GridText(
        form=f"{form.get(dialect.delimiter, 'space-separated')} text",
        row_names=np.array(row_names, dtype=np.str_),
        column_names=dialect.columns,
        annotation=annotation,
        text_bytes=n_bytes,
        blocks=blocks,
    )


def first_lines(text: PackedText, n_lines: int = DIALECT_LINES) -> tuple[str, list[str], int]:
    """(encoding, the first lines that hold something, how many lines stand above them)."""
    raw: list[bytes] = []
    with text.open() as stream:
        start = stream.peek(4)[:4]  # type: ignore[attr-defined]
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise DataError(f"{text.name} is UTF-16 text: save it as UTF-8 (in a spreadsheet, 'CSV UTF-8').")
        n_left = MAX_FIRST_BYTES
        for number in range(n_lines):
            is_wanted = n_left > 0 or number < 2  # names and a row under them, whatever their length
            line = stream.readline(MAX_LINE_BYTES) if is_wanted else b""
            n_left -= len(line)
            if len(line) >= MAX_LINE_BYTES:
                raise DataError(f"{text.name} has a line of more than {MAX_LINE_BYTES >> 20} MB: bring shorter lines.")
            raw.append(line)
    if any(b"\0" in line for line in raw):
        raise DataError(f"{text.name} is not text: bring counts as .csv, .tsv, .h5ad, .h5, .loom or a 10x folder.")
    try:
        encoding = "utf-8-sig"
        lines = [line.decode(encoding) for line in raw]
    except UnicodeDecodeError:
        encoding = "latin-1"
        lines = [line.decode(encoding) for line in raw]
    n_before = 0
    while n_before < len(lines) - 1 and _stands_above(lines[n_before], lines[n_before + 1]):
        n_before += 1
    found = [line.rstrip("\r\n") for line in lines[n_before:] if line.strip()]
    if len(found) < 2:
        raise DataError(f"{text.name} has {len(found)} line{'' if len(found) == 1 else 's'}: bring names and counts.")
    return encoding, found, n_before


def _stands_above(line: str, below: str) -> bool:
    """Whether a line is empty, a hint of Excel's, or a comment: a marked header has about as many cells as a row."""
    if line.startswith("#"):
        return all(line.count(mark) < max(below.count(mark), 1) - 1 for mark in "\t,;" if mark in below) or (
            below.startswith("#")
        )
    return not line.strip() or re.match(r"sep=", line, re.IGNORECASE) is not None


def find_dialect(text: PackedText) -> Dialect:
    """How the first lines are written. Raises DataError for what is no text of at least two lines."""
    encoding, lines, n_before = first_lines(text)
    delimiter, decimal = _find_wide(lines) if _is_wide(lines) else find_delimiter(lines)
    width = max(line.count(" " if delimiter == SPACES else delimiter) for line in lines)
    if width > MAX_COLUMNS:  # to be split, each cell would take sixty bytes
        raise DataError(f"{text.name} has {width:,} columns and at most {MAX_COLUMNS:,} are read: bring fewer cells.")
    rows = [split_line(line, delimiter) for line in lines]
    header, body = [rows[0][0].removeprefix("#").strip(), *rows[0][1:]], rows[1:]
    width = len(body[0])
    is_short = len(header) == width - 1  # R's form: row names without a name
    has_header = is_short or not _are_numbers(header[1:], decimal) or _are_ids(header[1:])
    if not has_header:
        header, body, is_short = [], rows, False
    elif len(header) not in (width, width - 1):
        raise DataError(
            f"{text.name} names {len(header):,} columns but its rows have {width:,} cells: mend the first line."
        )
    firsts = [row[0] for row in body if row]
    has_row_names = is_short or (
        not _are_numbers(firsts, decimal)
        or (_NAME_HEADERS.fullmatch(header[0]) is not None if header else False)
        or _are_ids(firsts)
    )
    if is_short:
        header = ["", *header]
    columns = (header or [""] * width)[1 if has_row_names else 0 :]
    offset = 1 if has_row_names else 0
    annotation = [
        place
        for place, column in enumerate(columns)
        if ANNOTATION.fullmatch(column)
        or _holds_no_counts(column, [row[place + offset] for row in body if place + offset < len(row)], decimal)
    ]
    if len(annotation) > MAX_ANNOTATION:
        raise DataError(
            f"{text.name} has {len(annotation):,} columns of text and at most {MAX_ANNOTATION} beside its counts are "
            "read: bring a table of counts."
        )
    return Dialect(encoding, delimiter, decimal, n_before, has_header, has_row_names, columns, annotation)


def _is_wide(lines: Sequence[str]) -> bool:
    return max(len(line) for line in lines) > DIALECT_WIDTH


def _find_wide(lines: Sequence[str]) -> tuple[str, str]:
    """(delimiter, decimal mark) of lines so long that the most frequent mark is the delimiter."""
    start = "".join(line[:DIALECT_WIDTH] for line in lines[1:])
    delimiter = max("\t;,| ", key=start.count)
    commas, points = len(re.findall(r"\d,\d", start)), len(re.findall(r"\d\.\d", start))
    decimal = "," if delimiter != "," and commas > points else "."
    return (SPACES if delimiter == " " else delimiter), decimal


def _are_numbers(cells: Sequence[str], decimal: str) -> bool:
    """Whether more cells than not are numbers."""
    present = [cell for cell in cells if cell not in MISSING]
    return bool(present) and sum(is_number(cell, decimal) for cell in present) > len(present) / 2


def _are_ids(cells: Sequence[str]) -> bool:
    """Whether numbers are names, such as Entrez ids: whole, and none twice. Counts are zero again and again."""
    return len(cells) >= 5 and len(set(cells)) == len(cells) and all(re.fullmatch(r"\d+", cell) for cell in cells)


def _holds_no_counts(column: str, cells: Sequence[str], decimal: str) -> bool:
    """Whether most of what a column holds is no number, or it is what a delimiter at the end of lines makes."""
    present = [cell for cell in cells if cell not in MISSING]
    if not present:
        return not column
    return sum(not is_number(cell, decimal) for cell in present) > len(present) / 2


def _read_names(text: PackedText, dialect: Dialect) -> tuple[list[str], dict[int, NDArray[np.str_]], int]:
    """(row names, annotation by place, expanded size) by one pass that parses the front of each line alone."""
    names: list[str] = []
    annotation: dict[int, list[str]] = {place: [] for place in dialect.annotation}
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
                    f"{text.name} is not an even table (line {number:,} has {n_cells:,} cells, the others {width:,}): "
                    "mend that line."
                )
            # Annotation mostly stands in front; then the rest of a line need not be parsed here.
            front = line if dialect.delimiter == SPACES else _front(line, delimiter, max(n_front, 1))
            cells = split_line(front.decode(dialect.encoding, "replace").rstrip("\r\n"), dialect.delimiter)
            names.append(cells[0] if dialect.has_row_names and cells else "")
            for place, values in annotation.items():
                cell = cells[place + offset] if place + offset < len(cells) else ""
                values.append("" if cell in MISSING else cell[:MAX_NOTE])
            if len(names) > MAX_CELLS:
                raise DataError(f"{text.name} has more than {MAX_CELLS:,} rows: bring fewer cells.")
    return names, {place: np.array(values, dtype=np.str_) for place, values in annotation.items()}, n_bytes


def _count_cells(line: bytes, delimiter: bytes, dialect: Dialect) -> int:
    if dialect.delimiter == SPACES:
        return len(line.split())
    if b'"' in line:  # a quoted cell may hold the delimiter
        return len(split_line(line.decode(dialect.encoding, "replace").rstrip("\r\n"), dialect.delimiter))
    return line.count(delimiter) + 1


def _lines(stream: object, name: str) -> Iterator[bytes]:
    while line := stream.readline(MAX_LINE_BYTES):  # type: ignore[attr-defined]
        if len(line) >= MAX_LINE_BYTES:
            raise DataError(f"{name} has a line of more than {MAX_LINE_BYTES >> 20} MB: bring shorter lines.")
        yield line


def _front(line: bytes, delimiter: bytes, n_cells: int) -> bytes:
    """The first cells of a line; all of it where a quote might hide a delimiter."""
    pieces = line.split(delimiter, n_cells)
    front = delimiter.join(pieces[:n_cells])
    return line if front.count(b'"') % 2 else front


def _read_blocks(
    text: PackedText, dialect: Dialect, columns: Sequence[int], most: int | None
) -> Iterator[NDArray[np.float32]]:
    """Blocks of rows. Their cells are parsed as one long column: pandas takes long for each of many columns."""
    places = [place + int(dialect.has_row_names) for place in columns]
    n_rows = max(1, BLOCK_VALUES // len(places))
    rows: list[bytes] = []
    n_read = 0
    with text.open() as stream:
        for number, line in enumerate(_lines(stream, text.name), start=1):
            if number <= dialect.n_before + int(dialect.has_header) or not line.strip():
                continue
            rows.append(_cut_out(line.rstrip(b"\r\n"), dialect, places))
            n_read += 1
            if n_read == most:
                break
            if len(rows) == n_rows:
                yield _parse(text.name, rows, dialect, len(places))
                rows.clear()
        if rows:
            yield _parse(text.name, rows, dialect, len(places))


def _cut_out(line: bytes, dialect: Dialect, places: Sequence[int]) -> bytes:
    """The cells of a line at `places`, each on a line of its own."""
    delimiter = dialect.delimiter.encode()
    n_front = places[0]
    if dialect.delimiter == SPACES:
        cells = line.split()
    elif b'"' in line:
        cells = [cell.encode() for cell in split_line(line.decode(dialect.encoding, "replace"), dialect.delimiter)]
    elif places[-1] - n_front + 1 == len(places):  # nothing but counts behind the names, as in most tables
        rest = line.split(delimiter, n_front)[n_front]
        return delimiter.join(rest.split(delimiter, len(places))[: len(places)]).replace(delimiter, b"\n")
    else:
        cells = line.split(delimiter)
    return b"\n".join([cells[place].strip() for place in places])


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
        found = re.search(r"could not convert string to float: '?([^'\n]{0,40})", str(error))
        where = f"'{found[1]}' stands where a count should" if found else "its lines differ in form"
        raise DataError(f"{name} is not an even table of counts ({where}): mend that place.") from error
