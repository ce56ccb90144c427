"""A large sparse matrix processed in chunks of cells: sums in float64, and never a second copy of it.

No entry may be stored twice: the logarithms of two halves do not add up to the logarithm of their sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.errors import DataError

TARGET = 1e4  # counts that every cell is scaled to before the logarithm

SAME_TOTALS = 0.01  # totals that differ by less, relative to their mean, were made the same
WHOLE_TOLERANCE = 1e-4  # of a count that comes back from a logarithm in single precision

N_ENTRIES = 4_000_000  # entries per chunk: some 100 MB of temporaries in float64

# Takes a chunk's values, which must stay as they are, and their cells; returns new values of the same length.
Transform = Callable[[NDArray[np.float32], NDArray[np.int64]], NDArray[np.float32]]


@dataclass(frozen=True)
class GeneMoments:
    """Statistics of each gene over some cells."""

    mean: NDArray[np.float64]  # (G,)
    variance: NDArray[np.float64]  # (G,) divided by the number of cells, not by one less
    n_cells: NDArray[np.int64]  # (G,) cells with a value above zero


def parts(counts: csr_matrix[Any], n_entries: int = N_ENTRIES) -> Iterator[tuple[slice, csr_matrix[Any]]]:
    """Chunks of consecutive cells as (rows, matrix): views into `counts` of about `n_entries` entries each."""
    n_cells, start = counts.shape[0], 0
    while start < n_cells:
        stop = int(np.searchsorted(counts.indptr, int(counts.indptr[start]) + n_entries, side="right")) - 1
        stop = min(max(stop, start + 1), n_cells)
        rows = slice(start, stop)
        entries = slice(int(counts.indptr[start]), int(counts.indptr[stop]))
        indptr = counts.indptr[start : stop + 1] - counts.indptr[start]
        part = csr_matrix((counts.data[entries], counts.indices[entries], indptr), (stop - start, counts.shape[1]))
        yield rows, part
        start = stop


def cell_of_entry(part: csr_matrix[Any]) -> NDArray[np.int64]:
    """(entries,) which of the chunk's cells each entry belongs to."""
    return np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))


def cell_totals(counts: csr_matrix[Any]) -> NDArray[np.float64]:
    """(N,) the sum of each cell's values."""
    totals, ones = np.zeros(counts.shape[0]), np.ones(counts.shape[1])
    for rows, part in parts(counts):
        totals[rows] = part @ ones
    return totals


def sum_by_cell(
    counts: csr_matrix[Any], gene_sets: tuple[NDArray[np.bool_], ...] = ()
) -> tuple[NDArray[np.float64], NDArray[np.int64], list[NDArray[np.float64]]]:
    """(total (N,), genes above zero (N,), and for each set of genes (G,) its total (N,))."""
    n_cells = counts.shape[0]
    totals, detected = np.zeros(n_cells), np.zeros(n_cells, dtype=np.int64)
    set_totals = [np.zeros(n_cells) for _ in gene_sets]
    for rows, part in parts(counts):
        cells, n_rows = cell_of_entry(part), part.shape[0]
        totals[rows] = np.bincount(cells, weights=part.data, minlength=n_rows)
        detected[rows] = np.bincount(cells[part.data > 0], minlength=n_rows)
        for set_total, genes in zip(set_totals, gene_sets, strict=True):
            belongs = genes[part.indices]
            set_total[rows] = np.bincount(cells[belongs], weights=part.data[belongs], minlength=n_rows)
    return totals, detected, set_totals


def gene_moments(
    counts: csr_matrix[Any], cell_mask: NDArray[np.bool_], transform: Transform | None = None
) -> GeneMoments:
    """Mean, variance and number of cells of every gene over the cells of `cell_mask` (N,).

    `transform` is applied to the stored entries first, so it must keep zero at zero.
    """
    n_genes = counts.shape[1]
    sums, squares, n_cells = np.zeros(n_genes), np.zeros(n_genes), np.zeros(n_genes, dtype=np.int64)
    for rows, part in parts(counts):
        cells = cell_of_entry(part)
        chosen = cell_mask[rows][cells]
        values, genes = part.data, part.indices
        if transform is not None:
            values = transform(values, cells + rows.start)
        if not chosen.all():
            values, genes = values[chosen], genes[chosen]
        values = values.astype(np.float64)
        sums += np.bincount(genes, weights=values, minlength=n_genes)
        squares += np.bincount(genes, weights=values * values, minlength=n_genes)
        n_cells += np.bincount(genes[values > 0], minlength=n_genes)
    n_chosen = max(1, int(cell_mask.sum()))
    mean = sums / n_chosen
    return GeneMoments(mean, np.maximum(squares / n_chosen - mean * mean, 0.0), n_cells)


def take_dense(
    counts: csr_matrix[Any], cell_mask: NDArray[np.bool_], genes: NDArray[np.int64], transform: Transform | None = None
) -> NDArray[np.float32]:
    """(cells of the mask, genes as ordered) dense float32; `transform` as in `gene_moments`."""
    dense = np.empty((int(cell_mask.sum()), len(genes)), dtype=np.float32)
    column_of_gene = np.full(counts.shape[1], -1, dtype=np.int32)
    column_of_gene[genes] = np.arange(len(genes), dtype=np.int32)
    start = 0
    for rows, part in parts(counts):
        # Few entries belong to the chosen genes: only these are traced to their cells.
        entries = np.flatnonzero(column_of_gene[part.indices] >= 0)
        cells = np.searchsorted(part.indptr, entries, side="right") - 1
        chosen = cell_mask[rows][cells]
        entries, cells = entries[chosen], cells[chosen]
        values = part.data[entries]
        if transform is not None:
            values = transform(values, cells + rows.start)
        row_of_cell = np.cumsum(cell_mask[rows]) - 1
        n_rows = int(cell_mask[rows].sum())
        block = dense[start : start + n_rows]
        block[:] = 0
        block[row_of_cell[cells], column_of_gene[part.indices[entries]]] = values
        start += n_rows
    return dense


def as_counts(block: NDArray[Any]) -> csr_matrix[Any]:
    """A dense block as sparse float32; values that float32 cannot hold become infinite, and are reported as such."""
    with np.errstate(over="ignore"):
        return csr_matrix(np.asarray(block).astype(np.float32, copy=False))


def log1p_normalised(matrix: CountMatrix) -> csr_matrix[Any]:
    """log(1 + 10,000 × count / the cell's total) of every entry; logarithms stay as they are.

    Shares the entries' indices with `matrix`, so that it costs half a copy.
    Raises DataError for scaled values, from which expression cannot be recovered.
    """
    if matrix.state == "scaled":
        raise DataError(f"{matrix.name} holds scaled values: provide counts or log-normalised values to compare genes.")
    counts = matrix.counts
    if matrix.state == "log":
        return counts
    totals = cell_totals(counts)
    factors = size_factors(totals, TARGET)
    values = np.empty(len(counts.data), dtype=np.float32)
    for rows, part in parts(counts):
        entries = slice(int(counts.indptr[rows.start]), int(counts.indptr[rows.stop]))
        values[entries] = np.log1p(part.data * factors[cell_of_entry(part) + rows.start])
    normalised = csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)
    # Known for the original; scipy would check the copy again.
    normalised.has_sorted_indices = counts.has_sorted_indices
    return normalised


def unlogged_factors(matrix: CountMatrix) -> NDArray[np.float64]:
    """(N,) what exp(value) − 1 of `log1p_normalised` is multiplied by to be counts per 10,000.

    1 but for a file of logarithms. There, cells whose totals are all the same, or whose values are whole counts, are
    scaled to 10,000. Other totals are those of selected genes, and say nothing: such values count as per 10,000.
    """
    factors = np.ones(len(matrix.cell_ids))
    if matrix.state != "log":
        return factors
    totals, is_whole = np.zeros(len(factors)), True
    for rows, part in parts(matrix.counts):
        counts = np.expm1(part.data.astype(np.float64))
        is_whole = is_whole and bool(np.all(np.abs(counts - np.rint(counts)) < WHOLE_TOLERANCE * (1 + counts)))
        totals[rows] = np.bincount(cell_of_entry(part), weights=counts, minlength=part.shape[0])
    counted = totals[totals > 0]
    if not len(counted) or not (is_whole or np.ptp(counted) < SAME_TOTALS * counted.mean()):
        return factors
    return np.where(totals > 0, TARGET / np.where(totals > 0, totals, 1.0), 1.0)


def size_factors(totals: NDArray[np.float64], target: float) -> NDArray[np.float32]:
    """(N,) the factors by which each cell's counts add up to `target`; 1 for a cell without counts."""
    return np.where(totals > 0, target / np.where(totals > 0, totals, 1.0), 1.0).astype(np.float32)
