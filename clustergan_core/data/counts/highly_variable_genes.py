"""Which genes a network sees: the highly variable ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.sparse import GeneMoments, log1p_normalised
from clustergan_core.data.dataset import DATA_SEED, draw_subset

MAX_CELLS = 20_000  # ranking genes needs no more, and scanpy holds three copies of the matrix
_NO_SCORE = -1e300


def rank_by_variance(variance: NDArray[np.float64], allowed: NDArray[np.bool_], n_genes: int) -> NDArray[np.int64]:
    """Indices of the allowed genes with the highest variance, in the file's order; the first among equals."""
    ranked = np.argsort(-np.where(allowed, variance, -np.inf), kind="stable")
    return np.sort(ranked[: min(n_genes, int(allowed.sum()))])


def highly_variable(
    matrix: CountMatrix, cell_mask: NDArray[np.bool_], allowed: NDArray[np.bool_], n_genes: int
) -> NDArray[np.int64]:
    """Indices of scanpy's highly variable genes (flavor "seurat": dispersion within bins of mean expression).

    Among more than MAX_CELLS cells, that many are drawn with the data's seed.
    """
    n_genes = min(n_genes, int(allowed.sum()))
    return rank_by_variance(score_dispersion(matrix, cell_mask, n_genes), allowed, n_genes)


def score_dispersion(matrix: CountMatrix, cell_mask: NDArray[np.bool_], n_genes: int) -> NDArray[np.float64]:
    """(G,) scanpy's normalised dispersion of each gene over these cells (N,), MAX_CELLS of them at most.

    A gene that has none ranks last; no gene has any among fewer than two cells.
    """
    cells = draw_subset(np.flatnonzero(cell_mask), MAX_CELLS, DATA_SEED)
    is_whole = len(cells) == len(cell_mask)
    seen = CountMatrix(
        name=matrix.name,
        counts=matrix.counts if is_whole else matrix.counts[cells],
        cell_ids=matrix.cell_ids[cells],
        gene_ids=matrix.gene_ids,
        gene_symbols=matrix.gene_symbols,
        cells=matrix.cells.iloc[cells],
        state=matrix.state,
        part=matrix.part,
    )
    if len(cells) < 2:
        return np.full(matrix.counts.shape[1], _NO_SCORE)
    import scanpy

    table = scanpy.pp.highly_variable_genes(
        scanpy.AnnData(log1p_normalised(seen)), flavor="seurat", n_top_genes=n_genes, inplace=False
    )
    assert table is not None
    score = np.asarray(table["dispersions_norm"], dtype=np.float64)
    return np.where(np.isnan(score), _NO_SCORE, score)


def in_several_samples(within: Sequence[GeneMoments]) -> NDArray[np.bool_]:
    """(G,) which genes are expressed in at least two samples, given by their moments."""
    return np.sum([moments.n_cells > 0 for moments in within], axis=0) >= 2


def rank_over_samples(
    scores: Sequence[NDArray[np.float64]], allowed: NDArray[np.bool_], n_genes: int
) -> NDArray[np.int64]:
    """Indices of the allowed genes (G,) that score highest within most samples, in the file's order.

    Each sample's scores (G,) are ranked among the allowed genes, equal ones by their mean rank. The lowest median rank
    comes first, then the lowest mean rank. A gene need not be variable in all samples, so no type that only some of
    them hold is left out, and differences between samples count for nothing.
    """
    from scipy.stats import rankdata

    genes = np.flatnonzero(allowed)
    ranks = np.stack([rankdata(-score[genes]) for score in scores])  # (samples, allowed genes)
    order = np.lexsort((ranks.mean(axis=0), np.median(ranks, axis=0)))
    return np.sort(genes[order[:n_genes]])
