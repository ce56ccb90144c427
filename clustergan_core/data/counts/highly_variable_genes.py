"""Which genes a network sees: the highly variable ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.sparse import log1p_normalised
from clustergan_core.data.dataset import DATA_SEED, draw_subset

MAX_CELLS = 20_000  # ranking genes needs no more, and scanpy holds three copies of the matrix


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
    cells = draw_subset(np.flatnonzero(cell_mask), MAX_CELLS, DATA_SEED)
    n_genes = min(n_genes, int(allowed.sum()))
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
    import scanpy

    table = scanpy.pp.highly_variable_genes(
        scanpy.AnnData(log1p_normalised(seen)), flavor="seurat", n_top_genes=n_genes, inplace=False
    )
    assert table is not None
    score = np.asarray(table["dispersions_norm"], dtype=np.float64)
    return rank_by_variance(np.where(np.isnan(score), -1e300, score), allowed, n_genes)
