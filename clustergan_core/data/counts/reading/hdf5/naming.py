"""Which columns or attributes of an HDF5 file name its cells and genes: by the usual words, else by content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.reading.name_words import CELL_WORDS, ID_WORDS, SYMBOL_WORDS, find_by_word
from clustergan_core.data.counts.reading.names import are_gene_ids, looks_like_barcodes, looks_like_genes

MIN_DISTINCT = 0.3  # distinct values per gene in a column of symbols; a type or a chromosome has far fewer


@dataclass(frozen=True)
class GeneColumns:
    """The columns that hold ids and symbols, as far as there are any."""

    ids: str | None
    symbols: str | None


def find_gene_columns(texts: Mapping[str, NDArray[np.str_]]) -> GeneColumns:
    """Ids and symbols among columns of text: ids are unique, and by their form, by the usual words or by content."""
    distinct = {key: len(set(values.tolist())) for key, values in texts.items()}
    unique = [key for key, values in texts.items() if distinct[key] == len(values)]
    formed = [key for key in texts if are_gene_ids(texts[key].tolist())]
    various = [key for key in texts if key not in formed and distinct[key] > MIN_DISTINCT * len(texts[key])]
    symbols = find_by_word(various, SYMBOL_WORDS)
    if symbols is None:
        symbols = next((key for key in various if looks_like_genes(texts[key].tolist())), None)
    ids = next((key for key in formed if key in unique), None) or find_by_word(unique, ID_WORDS)
    if ids is None and (symbols is None or symbols not in unique):
        ids = find_by_word([*formed, *texts], ID_WORDS) if symbols is None else None
    if ids is None and symbols is None and unique:
        ids = unique[0]
    return GeneColumns(ids, None if symbols == ids else symbols)


def find_cell_column(texts: Mapping[str, NDArray[np.str_]]) -> str | None:
    """The column that names the cells: by the usual words, else one of barcodes without repeats."""
    key = find_by_word(list(texts), CELL_WORDS)
    if key is not None:
        return key
    return next(
        (
            key
            for key, values in texts.items()
            if looks_like_barcodes(values.tolist()) and len(set(values.tolist())) == len(values)
        ),
        None,
    )
