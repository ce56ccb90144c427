"""The dialect of a count table: encoding, delimiter, names above and beside it, columns that hold no counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from clustergan_core.data.counts.reading.compressed_text import CompressedText
from clustergan_core.data.counts.reading.limits import MAX_CELLS
from clustergan_core.data.counts.reading.tables.grid import ANNOTATION
from clustergan_core.data.own.table_text import MISSING, SPACES, find_delimiter, is_number, split_line
from clustergan_core.errors import DataError

DIALECT_LINES = 30  # lines that show the dialect
DIALECT_WIDTH = 20_000  # characters that show the dialect of a longer line
MAX_LINE_BYTES = 16 << 20  # of one line: 200,000 barcodes of 20 characters take 4 MB
MAX_FIRST_BYTES = 8 << 20  # of the first lines together; no further line is examined after that
MAX_ANNOTATION = 200
MAX_COLUMNS = MAX_CELLS + MAX_ANNOTATION
_NAME_HEADERS = re.compile(
    r"|gene|genes|gene_?ids?|gene_?names?|gene_?symbols?|symbol|entrez\w*|ensembl\w*|id|index|name|cell|cells|cell_?ids?|"
    r"cell_?names?|barcodes?|sample|sample_?ids?|rownames?|row_?names|unnamed.*|x|geneid",
    re.IGNORECASE,
)
_BLANKS = "(?: |\u00a0|\u2009|\u202f)".encode()
_GROUPED = {
    decimal: re.compile(
        b"^[1-9]\\d{0,2}(?:(?:%b\\d{3})+|(?:'\\d{3})+|(?:\xe2\x80\x99\\d{3})+|(?:%b\\d{3})+)$" % (mark, _BLANKS),
        re.MULTILINE,
    )
    for decimal, mark in ((".", b","), (",", rb"\."))
}
_NO_DIGIT = re.compile(rb"\D+")


@dataclass(frozen=True)
class Dialect:
    """How a table is written, going by its first lines."""

    encoding: str
    delimiter: str
    decimal: str
    n_before: int  # lines above the names: hints and comments
    has_header: bool
    has_row_names: bool
    columns: list[str]  # without the row names'
    annotation: list[int]  # indices of columns that hold no counts


def first_lines(text: CompressedText, n_lines: int = DIALECT_LINES) -> tuple[str, list[str], int]:
    """(encoding, the first non-empty lines, how many lines come before them)."""
    raw: list[bytes] = []
    with text.open() as stream:
        start = stream.peek(4)[:4]  # type: ignore[attr-defined]
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise DataError(f"{text.name} is UTF-16 text: save it as UTF-8 (in a spreadsheet, 'CSV UTF-8').")
        n_left = MAX_FIRST_BYTES
        for number in range(n_lines):
            is_wanted = n_left > 0 or number < 2  # names and the row below them, whatever their length
            line = stream.readline(MAX_LINE_BYTES) if is_wanted else b""
            n_left -= len(line)
            if len(line) >= MAX_LINE_BYTES:
                raise DataError(f"{text.name} has a line of more than {MAX_LINE_BYTES >> 20} MB: shorten it.")
            raw.append(line)
    if any(b"\0" in line for line in raw):
        raise DataError(f"{text.name} is not text: provide counts as .csv, .tsv, .h5ad, .h5, .loom or a 10x folder.")
    try:
        encoding = "utf-8-sig"
        lines = [line.decode(encoding) for line in raw]
    except UnicodeDecodeError:
        encoding = "latin-1"
        lines = [line.decode(encoding) for line in raw]
    n_before = 0
    while n_before < len(lines) - 1 and _stands_above(lines[n_before], lines[n_before + 1]):
        n_before += 1
    filled = [line.rstrip("\r\n") for line in lines[n_before:] if line.strip()]
    if len(filled) < 2:
        raise DataError(
            f"{text.name} has {len(filled)} line{'' if len(filled) == 1 else 's'}: provide names and counts."
        )
    return encoding, filled, n_before


def _stands_above(line: str, below: str) -> bool:
    """Whether a line is empty, a hint for Excel, or a comment; a header after # has about as many cells as a row."""
    if line.startswith("#"):
        return all(line.count(mark) < max(below.count(mark), 1) - 1 for mark in "\t,;" if mark in below) or (
            below.startswith("#")
        )
    return not line.strip() or re.match(r"sep=", line, re.IGNORECASE) is not None


def find_dialect(text: CompressedText) -> Dialect:
    """The dialect of the first lines. Raises DataError for anything but a text of at least two lines."""
    encoding, lines, n_before = first_lines(text)
    delimiter, decimal = _find_wide(lines) if _is_wide(lines) else find_delimiter(lines)
    width = max(line.count(" " if delimiter == SPACES else delimiter) for line in lines)
    if width > MAX_COLUMNS:  # splitting would take sixty bytes per cell
        raise DataError(
            f"{text.name} has {width:,} columns, but at most {MAX_COLUMNS:,} are read: provide fewer cells."
        )
    rows = [split_line(line, delimiter) for line in lines]
    header, body = [rows[0][0].removeprefix("#").strip(), *rows[0][1:]], rows[1:]
    width = len(body[0])
    is_short = len(header) == width - 1  # R's format: row names without a header
    has_header = is_short or not _are_numbers(header[1:], decimal) or _are_ids(header[1:])
    if not has_header:
        header, body, is_short = [], rows, False
    elif len(header) not in (width, width - 1):
        raise DataError(
            f"{text.name} names {len(header):,} columns but its rows have {width:,} cells: fix the first line."
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
        index
        for index, column in enumerate(columns)
        if ANNOTATION.fullmatch(column)
        or _holds_no_counts(column, [row[index + offset] for row in body if index + offset < len(row)], decimal)
    ]
    if len(annotation) > MAX_ANNOTATION:
        raise DataError(
            f"{text.name} has {len(annotation):,} columns of text, but at most {MAX_ANNOTATION} beside its counts are "
            "read: provide a table of counts."
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
    """Whether most cells are numbers."""
    present = [cell for cell in cells if cell not in MISSING]
    return bool(present) and sum(is_count(cell, decimal) for cell in present) > len(present) / 2


def _are_ids(cells: Sequence[str]) -> bool:
    """Whether numbers are names, such as Entrez ids: whole, and each once. Counts are often zero."""
    return len(cells) >= 5 and len(set(cells)) == len(cells) and all(re.fullmatch(r"\d+", cell) for cell in cells)


def _holds_no_counts(column: str, cells: Sequence[str], decimal: str) -> bool:
    """Whether most cells of a column are not numbers, or the column comes from a delimiter at the end of lines."""
    present = [cell for cell in cells if cell not in MISSING]
    if not present:
        return not column
    return sum(not is_count(cell, decimal) for cell in present) > len(present) / 2


def is_count(cell: str, decimal: str) -> bool:
    """Whether a cell is a number, possibly with marks at the thousands; true and false are none here."""
    is_word = cell.lower() in ("true", "false")
    return not is_word and (is_number(cell, decimal) or grouped_counts(decimal).fullmatch(cell.encode()) is not None)


def grouped_counts(decimal: str) -> re.Pattern[bytes]:
    """Lines that are whole numbers with a mark at every thousand: 1,234 (or 1.234 beside a decimal comma), 1'234."""
    return _GROUPED[decimal]


def ungroup(cells: bytes, decimal: str) -> bytes:
    """Cells, one a line, without the marks at the thousands of whole numbers."""
    return _GROUPED[decimal].sub(lambda match: _NO_DIGIT.sub(b"", match[0]), cells)
