"""Lists of the genes and cells of a matrix: text of one or more columns, in any of the usual dialects."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from clustergan_core.data.counts.reading.compressed_text import CompressedText
from clustergan_core.data.counts.reading.name_words import CELL_WORDS, ID_WORDS, SYMBOL_WORDS, normalise
from clustergan_core.data.counts.reading.names import (
    CLEAR,
    are_gene_ids,
    looks_like_barcodes,
    show_some,
)
from clustergan_core.data.own.table_text import MISSING, SPACES, is_number, split_line
from clustergan_core.errors import DataError

MAX_LIST_BYTES = 64 << 20  # of one list; 100,000 genes with seven columns take 10 MB
N_SHOW_DIALECT = 200  # lines that show how a list is written

TYPE_HEADERS = ("featuretype", "featuretypes", "type")
_OTHER_WORDS = (
    "x", "v1", "v2", "v3", "feature", "chr", "chrom", "chromosome", "start", "end", "strand", "biotype", "genebiotype",
    "genetype", "genome", "length", "description", "sample", "species",
)  # fmt: skip
_HEADER_TOKENS = frozenset({"id", "ids", "name", "names", "gene", "genes", "symbol", "feature", "barcode", "cell"})
_HEADER_WORDS = frozenset((*ID_WORDS, *SYMBOL_WORDS, *CELL_WORDS, *TYPE_HEADERS, *_OTHER_WORDS))
_TYPE_WITH_BLANKS = re.compile(
    r"(Gene Expression|Antibody Capture|CRISPR Guide Capture|Multiplexing Capture|Chromatin Accessibility|"
    r"Antigen Capture)\s*$"
)


@dataclass(frozen=True)
class NameList:
    """The rows of a list, of equal width, and its header if it has one."""

    file: str
    rows: tuple[tuple[str, ...], ...]
    header: tuple[str, ...] = ()

    def column(self, index: int) -> list[str]:
        return [row[index] for row in self.rows]

    @property
    def n_columns(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def describe(self, columns: Sequence[int]) -> str:
        """The names of columns, or their numbers."""
        named = [self.header[column] or str(column + 1) if self.header else str(column + 1) for column in columns]
        return show_some(named, 8)


def read_list(text: CompressedText, most: int) -> NameList:
    """A list with its first line among the rows. Raises DataError for more than `most` rows."""
    lines = [line for line in read_lines(text) if line.strip(" ")]  # a line of tabs is a row without a name
    if len(lines) > most + 1:
        raise DataError(
            f"{text.name} names {len(lines):,} rows, but at most {most:,} are read: provide the filtered matrix."
        )
    delimiter = _find_delimiter(lines[:N_SHOW_DIALECT])
    try:
        rows = [_split(line, delimiter) for line in lines]
    except csv.Error as error:
        raise DataError(f"{text.name} has a line that cannot be split into cells ({error}): fix it.") from error
    width = max((len(row) for row in rows[1:] or rows), default=0)
    if rows and len(rows[0]) == width - 1:  # R names no column of row names
        rows[0].insert(0, "")
    rows = [[*row, *[""] * (width - len(row))][:width] for row in rows]
    if width > 1 and _counts_up([row[0] for row in rows[1:]]):  # R's row numbers
        rows = [row[1:] for row in rows]
    return NameList(text.name, tuple(map(tuple, rows)))


def read_lines(text: CompressedText) -> list[str]:
    """The lines of a list, empty ones included. Only line ends separate them, and no other character does."""
    with text.open(MAX_LIST_BYTES) as stream:
        content = stream.read()
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        decoded = content.decode("latin-1")
    lines = re.split(r"\r\n|\r|\n", decoded)
    return lines if lines[-1] else lines[:-1]


def has_header_words(names: NameList) -> bool:
    """Whether the first row holds words such as gene_id and barcode, which name no gene and no cell."""
    words = [normalise(cell) for row in names.rows[:1] for cell in row if cell]
    return bool(words) and all(word in _HEADER_WORDS for word in words[:2])


def may_begin_with_header(names: NameList) -> bool:
    """Whether the first row is a header by its words, or stands above numbers, or calls ids or barcodes otherwise."""
    if len(names.rows) < 2 or has_header_words(names):
        return len(names.rows) >= 2
    for column, first in enumerate(names.rows[0]):
        cells = [row[column] for row in names.rows[1:]]
        is_word = bool(_HEADER_TOKENS & {token.lower() for token in re.split(r"[^A-Za-z]+", first)})
        if is_word and any(is_typical(cells) for is_typical in (are_gene_ids, looks_like_barcodes)):
            return True
        if first not in MISSING and not is_number(first, ".") and all(is_number(cell, ".") for cell in cells):
            return True
    return False


def take_header(names: NameList) -> NameList:
    """The list with its first row as the header."""
    header = tuple(cell.lstrip("#").strip() for cell in names.rows[0])
    return NameList(names.file, names.rows[1:], header)


def _find_delimiter(lines: Sequence[str]) -> str:
    """Tab, comma, semicolon or spaces; "" for a list of one column."""
    if not lines:
        return ""
    if sum("\t" in line for line in lines) > CLEAR * len(lines):
        return "\t"
    for mark in (",", ";"):
        widths = {len(_split(line, mark)) for line in lines}
        if len(widths) == 1 and widths != {1}:
            return mark
    below = [_TYPE_WITH_BLANKS.sub("type", line).split() for line in lines[1:] or lines]
    return SPACES if all(len(cells) > 1 for cells in below) and len({len(cells) for cells in below}) == 1 else ""


def _split(line: str, delimiter: str) -> list[str]:
    if delimiter == SPACES:
        match = _TYPE_WITH_BLANKS.search(line)
        if match is not None and match.start():
            return [*split_line(line[: match.start()].strip(), SPACES), match[1]]
        return split_line(line.strip(), SPACES)
    if not delimiter:
        return [line.strip().strip('"')]
    if '"' in line:
        return split_line(line, delimiter)
    return [cell.strip() for cell in line.split(delimiter)]


def are_numbers(cells: Sequence[str]) -> bool:
    return sum(is_number(cell, ".") for cell in cells) > CLEAR * len(cells)


def _counts_up(cells: Sequence[str]) -> bool:
    """Whether cells are 0, 1, 2, … or 1, 2, 3, …."""
    return len(cells) > 1 and any(cells == [str(number + start) for number in range(len(cells))] for start in (0, 1, 2))
