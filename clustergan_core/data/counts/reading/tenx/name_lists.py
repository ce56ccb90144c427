"""Lists of the genes and cells of a matrix: text of one or more columns, in any of the usual dialects.

Which column holds what is found by a header, else by content: annotation pipelines write the same columns in
different orders.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from clustergan_core.data.counts.reading.compressed_text import CompressedText
from clustergan_core.data.counts.reading.gene_rows import EXPRESSION
from clustergan_core.data.counts.reading.names import (
    CLEAR,
    are_gene_ids,
    looks_like_barcodes,
    looks_like_genes,
    show_some,
)
from clustergan_core.data.own.table_text import MISSING, SPACES, is_number, split_line
from clustergan_core.errors import DataError

MAX_LIST_BYTES = 64 << 20  # of one list; 100,000 genes with seven columns take 10 MB
N_SHOW_DIALECT = 200  # lines that show how a list is written
MIN_DISTINCT = 0.3  # distinct values per row in a column of symbols; a biotype or a chromosome has far fewer

_IDS = frozenset({"geneid", "geneids", "ensembl", "ensemblid", "ensemblids", "ensemblgeneid", "featureid", "accession",
                  "ensgene", "id"})  # fmt: skip
_SYMBOLS = frozenset({"symbol", "symbols", "genesymbol", "genesymbols", "genename", "genenames", "featurename", "gene",
                      "geneshortname", "hgncsymbol", "mgisymbol", "externalgenename", "name"})  # fmt: skip
_CELLS = frozenset({"barcode", "barcodes", "bcwells", "bcwell", "cell", "cells", "cellid", "cellids", "cellname",
                    "cellbarcode", "cellindex", "index"})  # fmt: skip
_TYPES = frozenset({"featuretype", "featuretypes", "type"})
_OTHERS = frozenset({"x", "v1", "v2", "v3", "genes", "features", "feature", "chr", "chrom", "chromosome", "start",
                     "end", "strand", "biotype", "genebiotype", "genetype", "genome", "length", "description",
                     "sample", "species"})  # fmt: skip
_HEADER_TOKENS = frozenset({"id", "ids", "name", "names", "gene", "genes", "symbol", "feature", "barcode", "cell"})
_HEADER_WORDS = _IDS | _SYMBOLS | _CELLS | _TYPES | _OTHERS
# 10x's types of features, and what other programs call them.
_EXPRESSION_WORDS = frozenset({"gene expression", "gene", "genes", "rna", "gex", "expression"})
_TYPE_WORDS = _EXPRESSION_WORDS | frozenset(
    {"antibody capture", "crispr guide capture", "custom", "multiplexing capture", "peaks", "chromatin accessibility",
     "antigen capture", "antibody", "adt", "hto", "protein", "vdj-t", "vdj-b"}
)  # fmt: skip
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


@dataclass(frozen=True)
class GeneList:
    """What a list says about its genes."""

    ids: list[str]
    symbols: list[str]
    types: list[str]
    notes: list[str]


@dataclass(frozen=True)
class CellList:
    """What a list says about its cells: their names, and further columns by name."""

    ids: list[str]
    columns: dict[str, list[str]]
    notes: list[str]


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
    words = [_normalise(cell) for row in names.rows[:1] for cell in row if cell]
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


def find_genes(names: NameList) -> GeneList:
    """Ids, symbols and types of features, found by header, else by content."""
    notes: list[str] = []
    others = list(range(names.n_columns))
    type_column = _named(names, _TYPES, others)
    if type_column is None or not _are_types(names.column(type_column)):
        type_column = next((column for column in others[1:] if _are_types(names.column(column))), None)
    if type_column is not None:
        others.remove(type_column)
    id_column = next((column for column in others if are_gene_ids(names.column(column))), None)
    if id_column is None:
        id_column = _named(names, _IDS, others)
    symbol_column = _named(names, _SYMBOLS, [column for column in others if column != id_column])
    if id_column is None:
        id_column = symbol_column if symbol_column is not None else others[0]
    others.remove(id_column)
    if symbol_column is None or symbol_column == id_column:
        ids = names.column(id_column)
        are_symbols = looks_like_genes(ids) and not are_gene_ids(ids)
        symbol_column = next((column for column in others if _are_symbols(names.column(column), are_symbols)), None)
    if symbol_column is not None:
        others.remove(symbol_column)
    if others:
        read = f"column {names.describe([id_column])} names its genes"
        if symbol_column is not None:
            read += f" and column {names.describe([symbol_column])} gives their symbols"
        notes.append(f"{names.file}: {read}; other columns are left out ({names.describe(others)}).")
    ids, symbols = names.column(id_column), names.column(id_column if symbol_column is None else symbol_column)
    ids = [gene or symbol for gene, symbol in zip(ids, symbols, strict=True)]
    n_nameless = sum(not gene for gene in ids)
    notes.extend(describe_gaps(sum(not symbol for symbol in symbols) - n_nameless))
    symbols = [symbol or gene for symbol, gene in zip(symbols, ids, strict=True)]
    types = [EXPRESSION] * len(ids) if type_column is None else names.column(type_column)
    types = [EXPRESSION if not kind or kind.lower() in _EXPRESSION_WORDS else kind for kind in types]
    return GeneList(ids, symbols, types, notes)


def find_cells(names: NameList) -> CellList:
    """Names of cells, and what further columns say about them."""
    columns = list(range(names.n_columns))
    id_column = _named(names, _CELLS, columns)
    if id_column is None:
        unique = (column for column in columns if len(set(names.column(column))) == len(names.rows))
        id_column = next((column for column in columns if looks_like_barcodes(names.column(column))), None)
        id_column = next(unique, 0) if id_column is None else id_column
    columns.remove(id_column)
    notes: list[str] = []
    further: dict[str, list[str]] = {}
    for column in columns:
        name = names.header[column] if names.header and names.header[column] else f"column_{column + 1}"
        while name in further:
            name += "_2"
        further[name] = ["" if cell in MISSING else cell for cell in names.column(column)]
    if further:
        notes.append(f"Further columns of {names.file} are kept as columns of the cells: {show_some([*further], 12)}.")
    ids = names.column(id_column)
    return CellList(ids, further, notes)


def describe_gaps(n_without: int) -> list[str]:
    """A sentence on genes without a symbol, if there are any."""
    if not n_without:
        return []
    which = "1 gene has no symbol and is" if n_without == 1 else f"{n_without:,} genes have no symbol and are"
    return [f"{which} called by id."]


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


def _named(names: NameList, words: frozenset[str], columns: Sequence[int]) -> int | None:
    if not names.header:
        return None
    return next((column for column in columns if _normalise(names.header[column]) in words), None)


def _normalise(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def _are_types(cells: Sequence[str]) -> bool:
    """Whether a column holds types of features: 10x's own, or nothing but words for them."""
    kinds = {cell.lower() for cell in cells if cell}
    return bool(kinds) and (kinds <= _TYPE_WORDS or "gene expression" in kinds)


def _are_symbols(cells: Sequence[str], are_ids_symbols: bool) -> bool:
    """Whether a column's cells are symbols: mostly different words, and more like symbols than the ids are."""
    present = [cell for cell in cells if cell]
    if not present or _are_numbers(present) or sum(" " in cell for cell in present) > CLEAR * len(present):
        return False
    return looks_like_genes(present) or (not are_ids_symbols and len(set(present)) > MIN_DISTINCT * len(present))


def _are_numbers(cells: Sequence[str]) -> bool:
    return sum(is_number(cell, ".") for cell in cells) > CLEAR * len(cells)


def _counts_up(cells: Sequence[str]) -> bool:
    """Whether cells are 0, 1, 2, … or 1, 2, 3, …."""
    return len(cells) > 1 and any(cells == [str(number + start) for number in range(len(cells))] for start in (0, 1, 2))
