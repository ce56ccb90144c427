"""The phase of the cell cycle of each cell, by scanpy's scores of the genes of S and of G2/M.

The 43 and 54 genes are those that Tirosh et al. (Science 352:189, 2016) found to cycle in human tumours. Three of them
have other symbols today, and both are looked for. Mouse genes are found by the symbols of their orthologues, which
differ from the human ones in case alone. Nothing is regressed out: a phase is told, and a person may leave the genes
out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.gene_sets import strip_genome
from clustergan_core.data.counts.joining import find_species
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.sparse import log1p_normalised
from clustergan_core.errors import DataError

Phase = Literal["G1", "S", "G2M"]
PHASES: tuple[Phase, ...] = ("G1", "S", "G2M")
MUCH = 0.7  # of a cluster's cells in one phase: a cluster of a phase rather than of a type
LEAST_GENES = 10  # of each list: a score of fewer says little
FEW_CELLS = 10  # clusters with fewer are not warned of
N_SHOWN = 4

S_GENES = tuple(
    re.findall(
        r"\S+",
        """
        MCM5 PCNA TYMS FEN1 MCM2 MCM4 RRM1 UNG GINS2 MCM6 CDCA7 DTL PRIM1 UHRF1 MLF1IP HELLS RFC2 RPA2 NASP
        RAD51AP1 GMNN WDR76 SLBP CCNE2 UBR7 POLD3 MSH2 ATAD2 RAD51 RRM2 CDC45 CDC6 EXO1 TIPIN DSCC1 BLM CASP8AP2
        USP1 CLSPN POLA1 CHAF1B BRIP1 E2F8
        """,
    )
)
G2M_GENES = tuple(
    re.findall(
        r"\S+",
        """
        HMGB2 CDK1 NUSAP1 UBE2C BIRC5 TPX2 TOP2A NDC80 CKS2 NUF2 CKS1B MKI67 TMPO CENPF TACC3 FAM64A SMC4 CCNB2
        CKAP2L CKAP2 AURKB BUB1 KIF11 ANP32E TUBB4B GTSE1 KIF20B HJURP CDCA3 HN1 CDC20 TTK CDC25C KIF2C RANGAP1
        NCAPD2 DLGAP5 CDCA2 CDCA8 ECT2 KIF23 HMMR AURKA PSRC1 ANLN LBR CKAP5 CENPE CTCF NEK2 G2E3 GAS2L3 CBX5
        CENPA
        """,
    )
)
LATER_SYMBOLS: dict[str, str] = {"MLF1IP": "CENPU", "FAM64A": "PIMREG", "HN1": "JPT1"}


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
    species = find_species(matrix)
    if species not in ("human", "mouse", "unknown"):
        raise DataError(
            f"{matrix.name} holds genes of {species}: cell-cycle genes are listed here for human and mouse only."
        )
    lists = [_find(matrix, genes) for genes in (S_GENES, G2M_GENES)]
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


def _find(matrix: CountMatrix, genes: Sequence[str]) -> NDArray[np.int64]:
    """The indices of genes of a list in the matrix, by symbol in any case, the first of several."""
    index_of: dict[str, int] = {}
    for index, symbol in enumerate(matrix.gene_symbols.tolist()):
        index_of.setdefault(strip_genome(symbol).upper(), index)
    found = (index_of.get(gene, index_of.get(LATER_SYMBOLS.get(gene, ""), -1)) for gene in genes)
    return np.array([index for index in found if index >= 0], dtype=np.int64)
