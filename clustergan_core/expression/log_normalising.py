"""Log-normalised values of a whole matrix, as gene choice, markers and dot plots read them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from clustergan_core.errors import DataError
from clustergan_core.expression.counts import CountMatrix
from clustergan_core.expression.counts_in_parts import cell_of_entry, cell_totals, parts

TARGET = 1e4  # counts that every cell is scaled to before the logarithm


def log_normalised(matrix: CountMatrix) -> csr_matrix[Any]:
    """log(1 + 10,000 × count / the cell's total) of every entry; logarithms are taken as they are.

    Shares the places of the entries with `matrix`, so that it costs half of a copy.
    Raises DataError for scaled values, of which no expression can be read.
    """
    if matrix.state == "scaled":
        raise DataError(f"{matrix.name} holds scaled values: bring counts or log-normalised values to compare genes.")
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
    # Asked of the original once; scipy would look through the copy again.
    normalised.has_sorted_indices = counts.has_sorted_indices
    return normalised


def size_factors(totals: NDArray[np.float64], target: float) -> NDArray[np.float32]:
    """(N,) what a cell's counts are multiplied by to add up to `target`; 1 for a cell without counts."""
    return np.where(totals > 0, target / np.where(totals > 0, totals, 1.0), 1.0).astype(np.float32)
