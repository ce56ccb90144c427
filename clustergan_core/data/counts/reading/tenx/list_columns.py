"""Which columns of a list hold ids, symbols, feature types and cells, by a header, else by content.

Annotation pipelines write the same columns in different orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clustergan_core.data.counts.reading.gene_rows import EXPRESSION
from clustergan_core.data.counts.reading.name_words import CELL_WORDS, ID_WORDS, SYMBOL_WORDS, has_word
from clustergan_core.data.counts.reading.names import (
    CLEAR,
    are_gene_ids,
    looks_like_barcodes,
    looks_like_genes,
    show_some,
)
from clustergan_core.data.counts.reading.tenx.name_lists import TYPE_HEADERS, NameList, are_numbers
from clustergan_core.data.own.table_text import MISSING

MIN_DISTINCT = 0.3  # distinct values per row in a column of symbols; a biotype or a chromosome has far fewer
# 10x's types of features, and what other programs call them.
_EXPRESSION_WORDS = frozenset({"gene expression", "gene", "genes", "rna", "gex", "expression"})
_TYPE_WORDS = _EXPRESSION_WORDS | frozenset(
    {"antibody capture", "crispr guide capture", "custom", "multiplexing capture", "peaks", "chromatin accessibility",
     "antigen capture", "antibody", "adt", "hto", "protein", "vdj-t", "vdj-b"}
)  # fmt: skip


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


def find_genes(names: NameList) -> GeneList:
    """Ids, symbols and types of features, found by header, else by content."""
    notes: list[str] = []
    others = list(range(names.n_columns))
    type_column = _named(names, TYPE_HEADERS, others)
    if type_column is None or not _are_types(names.column(type_column)):
        type_column = next((column for column in others[1:] if _are_types(names.column(column))), None)
    if type_column is not None:
        others.remove(type_column)
    id_column = next((column for column in others if are_gene_ids(names.column(column))), None)
    if id_column is None:
        id_column = _named(names, ID_WORDS, others)
    symbol_column = _named(names, SYMBOL_WORDS, [column for column in others if column != id_column])
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
    id_column = _named(names, CELL_WORDS, columns)
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


def _named(names: NameList, words: tuple[str, ...], columns: Sequence[int]) -> int | None:
    if not names.header:
        return None
    return next((column for column in columns if has_word(names.header[column], words)), None)


def _are_types(cells: Sequence[str]) -> bool:
    """Whether a column holds types of features: 10x's own, or nothing but words for them."""
    kinds = {cell.lower() for cell in cells if cell}
    return bool(kinds) and (kinds <= _TYPE_WORDS or "gene expression" in kinds)


def _are_symbols(cells: Sequence[str], are_ids_symbols: bool) -> bool:
    """Whether a column's cells are symbols: mostly different words, and more like symbols than the ids are."""
    present = [cell for cell in cells if cell]
    if not present or are_numbers(present) or sum(" " in cell for cell in present) > CLEAR * len(present):
        return False
    return looks_like_genes(present) or (not are_ids_symbols and len(set(present)) > MIN_DISTINCT * len(present))
