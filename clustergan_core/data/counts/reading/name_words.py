"""What programs call the columns that name cells and genes, in order of preference."""

from __future__ import annotations

import re

CELL_WORDS = (
    "cellid", "obsnames", "barcode", "barcodes", "cellbarcode", "cellbarcodes", "cellids", "cellname", "cellnames",
    "cells", "cell", "cellindex", "bcwells", "bcwell", "index", "rownames",
)  # fmt: skip
ID_WORDS = (
    "accession", "geneid", "geneids", "ensemblid", "ensemblids", "ensemblgeneid", "ensembl", "ensgene", "featureid",
    "featureids", "varnames", "id", "ids", "entrezid", "entrez",
)  # fmt: skip
SYMBOL_WORDS = (
    "gene", "genename", "genenames", "genesymbol", "genesymbols", "symbol", "symbols", "featurename", "featurenames",
    "geneshortname", "hgncsymbol", "mgisymbol", "externalgenename", "genes", "name", "names", "features", "varnames",
)  # fmt: skip


def normalise(key: str) -> str:
    """A column's name without capitals and marks: "Gene_ID" is "geneid"."""
    return re.sub(r"[^a-z0-9]", "", key.lower())


def has_word(key: str, words: tuple[str, ...]) -> bool:
    """Whether a column is called by one of these words."""
    return normalise(key) in words


def find_by_word(keys: list[str], words: tuple[str, ...]) -> str | None:
    """The column that is called by the first of these words, if any is."""
    by_word = {normalise(key): key for key in reversed(keys)}
    return next((by_word[word] for word in words if word in by_word), None)
