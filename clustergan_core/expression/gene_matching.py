"""The genes of a run, found again in another file: by id, then by symbol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.errors import DataError
from clustergan_core.expression.counts import CountMatrix

MAX_MISSING_SHARE = 0.05  # fewer are read as zeros; more would be cells that the run never saw
SHOWN = 8


@dataclass(frozen=True)
class GeneMatch:
    """Where each of the run's genes stands in a file; −1 for those it lacks."""

    places: NDArray[np.int64]  # (n_genes,)
    missing: tuple[str, ...]  # symbols

    @property
    def note(self) -> str:
        """What to tell a person; "" where every gene was found."""
        if not self.missing:
            return ""
        return (
            f"{len(self.missing)} of the run's {len(self.places)} genes are not in the file and were read as zeros: "
            f"{_shown(self.missing)}."
        )


def match_genes(ids: Sequence[str], symbols: Sequence[str], matrix: CountMatrix) -> GeneMatch:
    """Finds genes by id (versions such as .2 of Ensembl ids aside), then by symbol; of several, the first.

    Raises DataError when more than MAX_MISSING_SHARE of them are missing.
    """
    by_id = _first_places(_without_version(gene) for gene in matrix.gene_ids.tolist())
    by_symbol = _first_places(matrix.gene_symbols.tolist())
    places = np.array(
        [
            by_id.get(_without_version(gene), by_symbol.get(symbol, -1))
            for gene, symbol in zip(ids, symbols, strict=True)
        ],
        dtype=np.int64,
    )
    missing = tuple(symbol for symbol, place in zip(symbols, places, strict=True) if place < 0)
    if len(missing) > MAX_MISSING_SHARE * len(places):
        raise DataError(
            f"{matrix.name} lacks {len(missing)} of the {len(places)} genes the run was trained on "
            f"({_shown(missing)}): bring a file with all genes, named as in training."
        )
    return GeneMatch(places, missing)


def _first_places(names) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if name:
            places.setdefault(name, place)
    return places


def _without_version(gene: str) -> str:
    return gene.split(".")[0] if gene.startswith("ENS") else gene


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
