"""Marker genes, exploratory: what tells a cluster from the other cells, or one selection from another.

The clusters were found in the same values that are tested here, so p-values are too small to be quoted: they order
genes, and say no more. The test is Wilcoxon's rank sum on log-normalised values, corrected for ties.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix
from scipy.stats import false_discovery_control

from clustergan_core.errors import DataError
from clustergan_core.expression.counts import CountMatrix
from clustergan_core.expression.counts_in_parts import gene_moments
from clustergan_core.expression.gene_names import unique_gene_names
from clustergan_core.expression.log_normalising import log_normalised
from clustergan_core.expression.rank_sums import RankSums, rank_sums

MIN_CELLS = 3  # a gene that fewer of the compared cells have is not tested
MIN_SIZE = 2  # one cell has no ranks to sum
PSEUDO = 1e-9  # as scanpy adds it, so that fold changes agree
OUTSIDE = -1  # a cell that belongs to no cluster


def find_markers(matrix: CountMatrix, clusters: NDArray[np.int64], n_top: int | None = None) -> pd.DataFrame:
    """Every cluster (N,) against all other clusters' cells; cells numbered −1 take no part.

    A row is a gene in a cluster, best score first, `n_top` a cluster: cluster, gene, gene_id, score, log2_fold_change,
    fraction_in, fraction_out, mean_in, mean_out, p, p_adjusted (Benjamini–Hochberg within the cluster). Clusters of a
    single cell have no rows. Raises DataError when fewer than two clusters are left.
    """
    assert clusters.shape == (len(matrix.cell_ids),), (clusters.shape, len(matrix.cell_ids))
    numbers, sizes = np.unique(clusters[clusters != OUTSIDE], return_counts=True)
    if len(numbers) < 2:
        raise DataError(f"Markers need two clusters, but {matrix.name}'s cells lie in {len(numbers)}: choose others.")
    chosen = clusters != OUTSIDE
    values, genes = _tested(matrix, chosen)
    groups = np.searchsorted(numbers, clusters[chosen])
    sums = rank_sums(values, groups, len(numbers))
    names = _names(matrix, genes)
    tables = [
        _table(names, sums, group, n_top).assign(cluster=int(number))
        for group, (number, size) in enumerate(zip(numbers, sizes, strict=True))
        if size >= MIN_SIZE
    ]
    return _cluster_first(pd.concat(tables, ignore_index=True)) if tables else _cluster_first(pd.DataFrame())


def compare_selections(
    matrix: CountMatrix, first: NDArray[np.bool_], second: NDArray[np.bool_], n_top: int | None = None
) -> pd.DataFrame:
    """Selection A (N,) against selection B (N,), a row a gene, as `find_markers` but without the cluster.

    Genes that A has more of come first. Raises DataError when the selections overlap or hold hardly a cell.
    """
    n_shared = int((first & second).sum())
    if n_shared:
        raise DataError(f"Selections A and B share {n_shared:,} cells: select them apart.")
    for name, selection in (("A", first), ("B", second)):
        if selection.sum() < MIN_SIZE:
            raise DataError(f"Selection {name} holds {int(selection.sum())} cells: select at least {MIN_SIZE}.")
    chosen = first | second
    values, genes = _tested(matrix, chosen)
    sums = rank_sums(values, second[chosen].astype(np.int64), 2)
    return _table(_names(matrix, genes), sums, 0, n_top)


def _tested(matrix: CountMatrix, cells: NDArray[np.bool_]) -> tuple[csc_matrix[Any], NDArray[np.int64]]:
    """(log-normalised values of the chosen cells and the genes they have, numbers of these genes)."""
    normalised: csr_matrix[Any] = log_normalised(matrix)
    genes = np.flatnonzero(gene_moments(normalised, cells).n_cells >= MIN_CELLS)
    if len(genes) == 0:
        raise DataError(f"No gene is detected in {MIN_CELLS} of the {int(cells.sum())} cells: compare more of them.")
    kept = normalised if cells.all() else normalised[cells]
    return csc_matrix(kept[:, genes] if len(genes) < kept.shape[1] else kept), genes


def _names(matrix: CountMatrix, genes: NDArray[np.int64]) -> pd.DataFrame:
    names = np.array(unique_gene_names(matrix), dtype=object)[genes]
    return pd.DataFrame({"gene": names, "gene_id": matrix.gene_ids[genes].astype(object)})


def _table(names: pd.DataFrame, sums: RankSums, group: int, n_top: int | None) -> pd.DataFrame:
    inside, outside = sums.mean[group], sums.mean_rest[group]
    table = names.assign(
        score=sums.score[group],
        log2_fold_change=np.log2((np.expm1(inside) + PSEUDO) / (np.expm1(outside) + PSEUDO)),
        fraction_in=sums.fraction[group],
        fraction_out=sums.fraction_rest[group],
        mean_in=inside,
        mean_out=outside,
        p=sums.p[group],
        p_adjusted=false_discovery_control(sums.p[group]),
    )
    table = table.sort_values("score", ascending=False, kind="stable", ignore_index=True)
    return table if n_top is None else table.head(n_top)


def _cluster_first(table: pd.DataFrame) -> pd.DataFrame:
    return table[["cluster", *(column for column in table if column != "cluster")]] if len(table) else table
