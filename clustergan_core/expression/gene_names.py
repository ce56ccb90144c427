"""What genes are called: one name each, and which of them are mitochondrial or ribosomal by their symbol."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from clustergan_core.expression.counts import CountMatrix

MITOCHONDRIAL = ("MT-", "MT.")  # R turns MT-CO1 into MT.CO1
RIBOSOMAL = ("RPS", "RPL")
NOT_RIBOSOMAL = ("RPS6K",)  # kinases that act on S6


def unique_gene_names(matrix: CountMatrix) -> tuple[str, ...]:
    """(G,) the symbol where it is the only one, else "SYMBOL (id)"; the id where there is no symbol."""
    frequency = Counter(matrix.gene_symbols.tolist())
    pairs = zip(matrix.gene_symbols.tolist(), matrix.gene_ids.tolist(), strict=True)
    names = [
        gene_id if not symbol else symbol if frequency[symbol] == 1 or symbol == gene_id else f"{symbol} ({gene_id})"
        for symbol, gene_id in pairs
    ]
    # A symbol can be another gene's id; ids are unique, so they are what is left to fall back on.
    return tuple(names) if len(set(names)) == len(names) else tuple(matrix.gene_ids.tolist())


def is_mitochondrial(symbols: NDArray[np.str_]) -> NDArray[np.bool_]:
    """(G,) symbols that begin with MT- (human) or mt- (mouse)."""
    return _begins(symbols, MITOCHONDRIAL)


def is_ribosomal(symbols: NDArray[np.str_]) -> NDArray[np.bool_]:
    """(G,) symbols of ribosomal proteins: RPS…, RPL…, Rps…, Rpl…."""
    return _begins(symbols, RIBOSOMAL) & ~_begins(symbols, NOT_RIBOSOMAL)


def _begins(symbols: NDArray[np.str_], prefixes: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([symbol.upper().startswith(prefixes) for symbol in symbols.tolist()], dtype=np.bool_)
