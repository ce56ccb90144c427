"""The genes that two count matrices share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.gene_sets import strip_genome
from clustergan_core.data.counts.genes import first_indices, without_version
from clustergan_core.data.counts.joining import LEAST_GENES, LEAST_SHARE, find_species
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.errors import DataError


@dataclass(frozen=True)
class SharedGenes:
    """Genes of both matrices, in the order of the first."""

    first: NDArray[np.int64]  # (n,) indices in the first matrix
    second: NDArray[np.int64]  # (n,) indices in the second
    note: str  # a sentence on what matching cost


def share_genes(first: CountMatrix, second: CountMatrix) -> SharedGenes:
    """Matches genes by Ensembl id without version, else by symbol; each gene at most once.

    Raises DataError for files of different species, and for fewer than LEAST_GENES shared genes or LEAST_SHARE of the
    smaller file's.
    """
    require_one_species(first, second)
    pairs = _match(first, second)
    n_smaller = min(len(first.gene_ids), len(second.gene_ids))
    if len(pairs) < max(LEAST_GENES, LEAST_SHARE * n_smaller):
        raise DataError(
            f"{first.name} and {second.name} share {len(pairs):,} genes (their first are {first.gene_symbols[0]} and "
            f"{second.gene_symbols[0]}), but {LEAST_GENES} and half of the smaller file's {n_smaller:,} are needed: "
            "choose a file with all genes, named by Ensembl id or symbol."
        )
    indices = np.array(pairs, dtype=np.int64)
    note = (
        f"{len(pairs):,} genes are shared; {len(first.gene_ids) - len(pairs):,} of {first.name} and "
        f"{len(second.gene_ids) - len(pairs):,} of {second.name} are not used."
    )
    return SharedGenes(indices[:, 0], indices[:, 1], note)


def require_one_species(first: CountMatrix, second: CountMatrix) -> None:
    """Raises DataError where the names of the genes show two species."""
    one, other = find_species(first), find_species(second)
    if "unknown" not in (one, other) and one != other:
        raise DataError(
            f"{first.name} holds genes of {one} and {second.name} genes of {other}: choose a reference of the same "
            "species."
        )


def _match(first: CountMatrix, second: CountMatrix) -> list[tuple[int, int]]:
    by_id = first_indices([without_version(strip_genome(gene)) for gene in second.gene_ids.tolist()])
    by_symbol = first_indices([strip_genome(symbol) for symbol in second.gene_symbols.tolist()])
    pairs, taken = [], set()
    for index, (gene, symbol) in enumerate(zip(first.gene_ids.tolist(), first.gene_symbols.tolist(), strict=True)):
        other = by_id.get(without_version(strip_genome(gene)), by_symbol.get(strip_genome(symbol), -1))
        if other >= 0 and other not in taken:
            taken.add(other)
            pairs.append((index, other))
    return pairs
