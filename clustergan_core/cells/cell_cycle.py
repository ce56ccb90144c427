"""The phase of the cell cycle of each cell, by scanpy's scores of the genes of S and of G2/M.

The genes are those of `data/counts/cycle_genes.py`. Nothing is regressed out: a phase is told, and a person may leave
the genes out of the preparation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.cycle_genes import (
    G2M_GENES,
    N_SHOWN,
    S_GENES,
    find_cycle_genes,
    require_species_with_cycle,
)
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.sparse import log1p_normalised
from clustergan_core.errors import DataError

Phase = Literal["G1", "S", "G2M"]
PHASES: tuple[Phase, ...] = ("G1", "S", "G2M")
MUCH = 0.7  # of a cluster's cells in one phase: a cluster of a phase rather than of a type
LEAST_GENES = 10  # of each list: a score of fewer says little
FEW_CELLS = 10  # clusters with fewer are not warned of


@dataclass(frozen=True)
class CellCycle:
    """Scores and phases of N cells."""

    s_score: NDArray[np.float32]  # (N,)
    g2m_score: NDArray[np.float32]  # (N,)
    phases: NDArray[np.int64]  # (N,) indices in PHASES
    genes: tuple[str, ...]  # those of both lists that the data has, as it names them

    @property
    def names(self) -> NDArray[np.str_]:
        """(N,) "G1", "S" or "G2M", as scanpy and Seurat call them."""
        return np.array(PHASES)[self.phases]

    @cached_property
    def usual(self) -> int:
        """The index of the phase that most cells are in."""
        return int(np.bincount(self.phases, minlength=len(PHASES)).argmax())

    def take(self, rows: NDArray[np.int64]) -> CellCycle:
        """The phases of some cells, in the order of `rows`."""
        return CellCycle(self.s_score[rows], self.g2m_score[rows], self.phases[rows], self.genes)


def score_cycle(matrix: CountMatrix) -> CellCycle:
    """Scores S and G2/M of every cell by scanpy's `score_genes_cell_cycle` on log-normalised counts.

    Raises DataError where fewer than LEAST_GENES of either list are in the data, for species other than human and
    mouse, and for scaled values.
    """
    require_species_with_cycle(matrix)
    lists = find_cycle_genes(matrix)
    for phase, found, genes in zip(("S", "G2/M"), lists, (S_GENES, G2M_GENES), strict=True):
        if len(found) < LEAST_GENES:
            raise DataError(
                f"{matrix.name} has {len(found)} of the {len(genes)} genes of phase {phase}, but {LEAST_GENES} are "
                f"needed: provide a file with all genes, named by symbol ({', '.join(genes[:N_SHOWN])}, …)."
            )
    import anndata
    import scanpy

    names = [str(gene) for gene in range(len(matrix.gene_ids))]  # symbols may repeat
    annotated = anndata.AnnData(log1p_normalised(matrix), var=pd.DataFrame(index=pd.Index(names)))
    try:
        scanpy.tl.score_genes_cell_cycle(
            annotated, s_genes=[names[gene] for gene in lists[0]], g2m_genes=[names[gene] for gene in lists[1]]
        )
    except RuntimeError as error:  # of scanpy, where it has no other genes of like expression
        n_others = len(names) - len(set(np.concatenate(lists).tolist()))
        raise DataError(
            f"{matrix.name} has {n_others} genes beside those of the cell cycle, too few to compare them with: provide "
            "a file with all genes."
        ) from error
    symbols = matrix.gene_symbols
    return CellCycle(
        s_score=annotated.obs["S_score"].to_numpy(dtype=np.float32),
        g2m_score=annotated.obs["G2M_score"].to_numpy(dtype=np.float32),
        phases=np.array([PHASES.index(phase) for phase in annotated.obs["phase"]], dtype=np.int64),
        genes=tuple(str(symbols[gene]) for gene in np.concatenate(lists)),
    )


def cycle_table(cycle: CellCycle, clusters: NDArray[np.int64]) -> pd.DataFrame:
    """Columns cluster, cells, and the share of its cells in each phase; a row for each of the `clusters` (N,)."""
    rows = []
    for cluster in np.unique(clusters):
        own = cycle.phases[clusters == cluster]
        shares = np.bincount(own, minlength=len(PHASES)) / len(own)
        rows.append({"cluster": int(cluster), "cells": len(own), **dict(zip(PHASES, shares.tolist(), strict=True))})
    return pd.DataFrame(rows)


def find_cycling(cycle: CellCycle, table: pd.DataFrame) -> list[tuple[int, Phase, float]]:
    """(cluster, phase, share) of clusters with more than MUCH of their cells in one phase that is not the usual one."""
    unusual: list[Phase] = [phase for phase in PHASES if phase != PHASES[cycle.usual]]
    return [
        (int(row["cluster"]), phase, float(row[phase]))
        for row in table.to_dict("records")
        for phase in unusual
        if row[phase] > MUCH and row["cells"] >= FEW_CELLS
    ]
