"""Gene names: one name each, and the genes of two matrices matched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.errors import DataError

MAX_MISSING_SHARE = 0.05  # fewer are read as zeros; with more missing, cells would look unlike any in training
SHOWN = 8


def unique_gene_names(matrix: CountMatrix) -> tuple[str, ...]:
    """(G,) the symbol where it is unique, else "SYMBOL (id)"; the id where there is no symbol."""
    frequency = Counter(matrix.gene_symbols.tolist())
    pairs = zip(matrix.gene_symbols.tolist(), matrix.gene_ids.tolist(), strict=True)
    names = [
        gene_id if not symbol else symbol if frequency[symbol] == 1 or symbol == gene_id else f"{symbol} ({gene_id})"
        for symbol, gene_id in pairs
    ]
    # A symbol can be another gene's id; ids are unique, so they are the fallback.
    return tuple(names) if len(set(names)) == len(names) else tuple(matrix.gene_ids.tolist())


@dataclass(frozen=True)
class GeneMatch:
    """The index of each of the run's genes in a file; −1 for those it lacks."""

    indices: NDArray[np.int64]  # (n_genes,)
    missing: tuple[str, ...]  # symbols

    @property
    def note(self) -> str:
        """A sentence for a person; "" where every gene was found."""
        if not self.missing:
            return ""
        return (
            f"{len(self.missing)} of the run's {len(self.indices)} genes are not in the file and were read as zeros: "
            f"{_shown(self.missing)}."
        )


def match_genes(ids: Sequence[str], symbols: Sequence[str], matrix: CountMatrix) -> GeneMatch:
    """Finds genes by id (ignoring versions of Ensembl ids such as .2), then by symbol; the first of several.

    Raises DataError when more than MAX_MISSING_SHARE of them are missing.
    """
    by_id = first_indices(without_version(gene) for gene in matrix.gene_ids.tolist())
    by_symbol = first_indices(matrix.gene_symbols.tolist())
    indices = np.array(
        [
            by_id.get(without_version(gene), by_symbol.get(symbol, -1))
            for gene, symbol in zip(ids, symbols, strict=True)
        ],
        dtype=np.int64,
    )
    missing = tuple(symbol for symbol, index in zip(symbols, indices, strict=True) if index < 0)
    if len(missing) > MAX_MISSING_SHARE * len(indices):
        raise DataError(
            f"{matrix.name} lacks {len(missing)} of the {len(indices)} genes the run was trained on "
            f"({_shown(missing)}): provide a file with all genes, named as in training."
        )
    return GeneMatch(indices, missing)


def first_indices(names: Iterable[str]) -> dict[str, int]:
    """The index of each name, of the first where it recurs; none for empty ones."""
    indices: dict[str, int] = {}
    for index, name in enumerate(names):
        if name:
            indices.setdefault(name, index)
    return indices


def without_version(gene: str) -> str:
    """An Ensembl id without its version, such as .2; any other name as it is."""
    return gene.split(".")[0] if gene.startswith("ENS") else gene


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
