"""Marker genes, exploratory: those that distinguish a cluster from the other cells, or one selection from another.

The clusters were found in the same values that are tested here, so the p-values are too small to be quoted: they only
rank genes. The test is Wilcoxon's rank-sum test on log-normalised values, corrected for ties.

A fold change is log2((m + PSEUDO_COUNT) / (m' + PSEUDO_COUNT)), where m and m' are the mean counts per 10,000 of a
gene on the two sides: means of counts, not of their logarithms, which a gene's spread would change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from clustergan_core.data.counts.genes import unique_gene_names
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.sparse import gene_moments, log1p_normalised, unlogged_factors
from clustergan_core.errors import DataError

MIN_CELLS = 3  # a gene that fewer of the compared cells express is not tested
MIN_SIZE = 2  # a single cell cannot be tested
# Counts per 10,000: below what a gene has that is worth looking at, above what a handful of cells leaves in a mean.
PSEUDO_COUNT = 0.1
OUTSIDE = -1  # a cell that belongs to no cluster


def find_markers(matrix: CountMatrix, clusters: NDArray[np.int64], n_top: int | None = None) -> pd.DataFrame:
    """Tests every cluster (N,) against all other clusters' cells; cells numbered −1 are ignored.

    One row per gene and cluster, best score first, `n_top` per cluster: cluster, gene, gene_id, score,
    log2_fold_change (of mean counts per 10,000), fraction_in, fraction_out, mean_in, mean_out (of log-normalised
    values), p, p_adjusted (Benjamini–Hochberg within the cluster). Clusters of a single cell have no rows. Raises
    DataError where fewer than two clusters are left.
    """
    assert clusters.shape == (len(matrix.cell_ids),), (clusters.shape, len(matrix.cell_ids))
    numbers, sizes = np.unique(clusters[clusters != OUTSIDE], return_counts=True)
    if len(numbers) < 2:
        raise DataError(f"Markers need two clusters, but {matrix.name}'s cells are in {len(numbers)}: choose others.")
    chosen = clusters != OUTSIDE
    values, genes = _tested(matrix, chosen)
    groups = np.searchsorted(numbers, clusters[chosen])
    sums = wilcoxon(values, groups, len(numbers))
    changes = log2_fold_changes(_unlogged(matrix, values, chosen), groups, len(numbers))
    names = _names(matrix, genes)
    tables = [
        _table(names, sums, changes, group, n_top).assign(cluster=int(number))
        for group, (number, size) in enumerate(zip(numbers, sizes, strict=True))
        if size >= MIN_SIZE
    ]
    return _cluster_first(pd.concat(tables, ignore_index=True)) if tables else _cluster_first(pd.DataFrame())


def compare_selections(
    matrix: CountMatrix, first: NDArray[np.bool_], second: NDArray[np.bool_], n_top: int | None = None
) -> pd.DataFrame:
    """Tests selection A (N,) against selection B (N,): one row per gene, the columns of `find_markers` but cluster.

    Genes that are higher in A come first. Raises DataError where the selections overlap or hold too few cells.
    """
    n_shared = int((first & second).sum())
    if n_shared:
        raise DataError(f"Selections A and B share {n_shared:,} cells: choose selections without common cells.")
    for name, selection in (("A", first), ("B", second)):
        if selection.sum() < MIN_SIZE:
            raise DataError(f"Selection {name} holds {int(selection.sum())} cells: select at least {MIN_SIZE}.")
    chosen = first | second
    values, genes = _tested(matrix, chosen)
    groups = second[chosen].astype(np.int64)
    sums = wilcoxon(values, groups, 2)
    changes = log2_fold_changes(_unlogged(matrix, values, chosen), groups, 2)
    return _table(_names(matrix, genes), sums, changes, 0, n_top)


def _tested(matrix: CountMatrix, cells: NDArray[np.bool_]) -> tuple[csc_matrix[Any], NDArray[np.int64]]:
    """(log-normalised values of the chosen cells and the genes they express, indices of these genes)."""
    normalised: csr_matrix[Any] = log1p_normalised(matrix)
    genes = np.flatnonzero(gene_moments(normalised, cells).n_cells >= MIN_CELLS)
    if len(genes) == 0:
        raise DataError(f"No gene is detected in {MIN_CELLS} of the {int(cells.sum())} cells: compare more cells.")
    chosen = normalised if cells.all() else normalised[cells]
    return csc_matrix(chosen[:, genes] if len(genes) < chosen.shape[1] else chosen), genes


def _unlogged(matrix: CountMatrix, values: csc_matrix[Any], cells: NDArray[np.bool_]) -> csc_matrix[Any]:
    """Log-normalised values (n, G) of the chosen cells as counts per 10,000."""
    factors = unlogged_factors(matrix)[cells]
    return csc_matrix((np.expm1(values.data) * factors[values.indices], values.indices, values.indptr), values.shape)


def log2_fold_changes(counts: csc_matrix[Any], groups: NDArray[np.int64], n_groups: int) -> NDArray[np.float64]:
    """Each group against all other cells (n_groups, G), from counts per 10,000 (N, G) of cells in `groups` (N,)."""
    n_cells, sizes = len(groups), np.bincount(groups, minlength=n_groups).astype(np.float64)[:, None]
    belongs = csr_matrix((np.ones(n_cells), (groups, np.arange(n_cells))), shape=(n_groups, n_cells))
    sums = (belongs @ counts).toarray().astype(np.float64)  # (n_groups, G)
    inside, outside = sums / sizes, (sums.sum(axis=0) - sums) / (n_cells - sizes)
    # A sum less its only part can end a little below 0.
    return np.log2((inside + PSEUDO_COUNT) / (np.maximum(outside, 0) + PSEUDO_COUNT))


def _names(matrix: CountMatrix, genes: NDArray[np.int64]) -> pd.DataFrame:
    names = np.array(unique_gene_names(matrix), dtype=object)[genes]
    return pd.DataFrame({"gene": names, "gene_id": matrix.gene_ids[genes].astype(object)})


def _table(
    names: pd.DataFrame, sums: WilcoxonTests, changes: NDArray[np.float64], group: int, n_top: int | None
) -> pd.DataFrame:
    table = names.assign(
        score=sums.score[group],
        log2_fold_change=changes[group],
        fraction_in=sums.fraction[group],
        fraction_out=sums.fraction_rest[group],
        mean_in=sums.mean[group],
        mean_out=sums.mean_rest[group],
        p=sums.p[group],
        p_adjusted=adjust_p(sums.p[group]),
    )
    table = table.sort_values("score", ascending=False, kind="stable", ignore_index=True)
    return table if n_top is None else table.head(n_top)


def adjust_p(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """p-values (G,) adjusted for G tests after Benjamini and Hochberg; scipy.stats, which has it too, loads for 1 s."""
    order = np.argsort(p)
    scaled = p[order] * (len(p) / np.arange(1, len(p) + 1, dtype=p.dtype))
    adjusted = np.empty_like(scaled)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.clip(adjusted, 0, 1)


def _cluster_first(table: pd.DataFrame) -> pd.DataFrame:
    return table[["cluster", *(column for column in table if column != "cluster")]] if len(table) else table


@dataclass(frozen=True)
class WilcoxonTests:
    """Each group against all other cells: arrays (n_groups, G)."""

    score: NDArray[np.float64]  # z score; above 0 where the group has the higher values
    p: NDArray[np.float64]  # two-sided, by the normal approximation
    mean: NDArray[np.float64]  # of the group
    mean_rest: NDArray[np.float64]
    fraction: NDArray[np.float64]  # of the group's cells with a value above zero
    fraction_rest: NDArray[np.float64]


def wilcoxon(values: csc_matrix[Any], groups: NDArray[np.int64], n_groups: int) -> WilcoxonTests:
    """Tests non-negative values (N, G) of cells in `groups` (N,), numbered 0 … n_groups − 1 and none of them empty."""
    from scipy.special import ndtr

    n_cells, n_genes = values.shape
    sizes = np.bincount(groups, minlength=n_groups).astype(np.float64)
    ranks, sums, detected = (np.zeros((n_groups, n_genes)) for _ in range(3))
    ties = np.zeros(n_genes)  # Σ (t³ − t) over values that t cells share
    for gene in range(n_genes):
        entries = slice(values.indptr[gene], values.indptr[gene + 1])
        above = values.data[entries] > 0
        own, of_group = values.data[entries][above], groups[values.indices[entries][above]]
        order = np.argsort(own)
        own, of_group = own[order], of_group[order]
        n_zeros = n_cells - len(own)
        starts = np.flatnonzero(np.concatenate(([True], own[1:] != own[:-1]))) if len(own) else np.zeros(0, np.int64)
        shared = np.diff(starts, append=len(own))  # cells that share each value
        own_ranks = np.repeat(n_zeros + starts + (shared + 1) / 2, shared)
        in_group = np.bincount(of_group, minlength=n_groups)
        zero_ranks = (sizes - in_group) * (n_zeros + 1) / 2
        ranks[:, gene] = np.bincount(of_group, weights=own_ranks, minlength=n_groups) + zero_ranks
        sums[:, gene] = np.bincount(of_group, weights=own, minlength=n_groups)
        detected[:, gene] = in_group
        ties[gene] = np.sum(shared.astype(np.float64) ** 3 - shared) + float(n_zeros) ** 3 - n_zeros
    size, rest = sizes[:, None], n_cells - sizes[:, None]
    correction = 1 - ties / (float(n_cells) ** 3 - n_cells)
    deviation = np.sqrt(correction * size * rest * (n_cells + 1) / 12)
    score = np.divide(ranks - size * (n_cells + 1) / 2, deviation, out=np.zeros_like(ranks), where=deviation > 0)
    return WilcoxonTests(
        score=score,
        p=2 * ndtr(-np.abs(score)),
        mean=sums / size,
        mean_rest=(sums.sum(axis=0) - sums) / rest,
        fraction=detected / size,
        fraction_rest=(detected.sum(axis=0) - detected) / rest,
    )
