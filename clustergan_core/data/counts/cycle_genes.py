"""The genes of the cell cycle, by which phases are scored, and which a preparation may leave out.

The 43 genes of S and 54 of G2/M are those that Tirosh et al. (Science 352:189, 2016) found to cycle in human tumours.
Three of them have other symbols today, and both are looked for. Mouse genes are found by the symbols of their
orthologues, which differ from the human ones in case alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.gene_sets import strip_genome
from clustergan_core.data.counts.joining import find_species
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.errors import DataError

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


def find_cycle_genes(matrix: CountMatrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(the indices in `matrix` of the genes of S, of those of G2/M), as far as it has them."""
    return _find(matrix, S_GENES), _find(matrix, G2M_GENES)


def require_species_with_cycle(matrix: CountMatrix) -> None:
    """Raises DataError for species whose genes are not listed here."""
    species = find_species(matrix)
    if species not in ("human", "mouse", "unknown"):
        raise DataError(
            f"{matrix.name} holds genes of {species}: cell-cycle genes are listed here for human and mouse only."
        )


def mark_cycle_genes(matrix: CountMatrix) -> NDArray[np.bool_]:
    """(G,) which genes the list of the cell cycle has. Raises DataError where there is none, and for other species."""
    require_species_with_cycle(matrix)
    found = np.concatenate(find_cycle_genes(matrix))
    if not len(found):
        raise DataError(
            f"{matrix.name} has none of the {len(S_GENES) + len(G2M_GENES)} genes of the cell cycle by symbol "
            f"({', '.join(S_GENES[:N_SHOWN])}, …), so that none can be left out: switch 'Leave out cell-cycle genes' "
            "off (leave_out_cycle=false)."
        )
    mask = np.zeros(len(matrix.gene_ids), dtype=np.bool_)
    mask[found] = True
    return mask


def _find(matrix: CountMatrix, genes: Sequence[str]) -> NDArray[np.int64]:
    """The indices of genes of a list in the matrix, by symbol in any case, the first of several."""
    index_of: dict[str, int] = {}
    for index, symbol in enumerate(matrix.gene_symbols.tolist()):
        index_of.setdefault(strip_genome(symbol).upper(), index)
    found = (index_of.get(gene, index_of.get(LATER_SYMBOLS.get(gene, ""), -1)) for gene in genes)
    return np.array([index for index in found if index >= 0], dtype=np.int64)
