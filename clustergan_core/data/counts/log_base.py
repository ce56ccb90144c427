"""The base of the logarithms in a file, found from its values, and their conversion to natural ones.

Logarithms of counts that were scaled cell by cell show their base: b^value − 1 of a cell are whole multiples of what a
single count became. Where counts were changed by more than a factor, cells with the same total show it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from clustergan_core.data.counts.matrix import CountMatrix

LogBase = Literal["e", 2, 10]
_LOGARITHMS: dict[LogBase, float] = {"e": 1.0, 2: math.log(2), 10: math.log(10)}  # natural ones of the bases

N_CELLS = 300  # whose values are examined
LARGEST_MULTIPLE = 20.0  # larger ones are whole within the tolerance by chance
TOLERANCE = 0.01  # of a multiple
LEAST_MULTIPLES = 100  # fewer decide nothing
WHOLE_SHARE, OTHER_SHARE = 0.9, 0.6  # of multiples that are whole: at least with the base, at most with any other
TOTALS_DEVIATION = 0.005  # of cells' totals, relative to their mean, where they were made the same


def find_log_base(counts: csr_matrix[Any]) -> LogBase | None:
    """The base b of values (N, G) that are log_b(1 + x); None where neither multiples nor totals decide."""
    n_cells = counts.shape[0]
    cells = np.unique(np.linspace(0, n_cells - 1, min(N_CELLS, n_cells)).astype(int))
    rows = [row for cell in cells if len(row := _values_of(counts, int(cell))) > 1]
    shares: dict[LogBase, float] = {base: _whole_share(rows, logarithm) for base, logarithm in _LOGARITHMS.items()}
    best = max(shares, key=shares.__getitem__)
    others = max(share for base, share in shares.items() if base != best)
    if shares[best] >= WHOLE_SHARE and others <= OTHER_SHARE:
        return best
    deviations: dict[LogBase, float] = {
        base: _totals_deviation(rows, logarithm) for base, logarithm in _LOGARITHMS.items()
    }
    best = min(deviations, key=deviations.__getitem__)
    return best if deviations[best] < TOTALS_DEVIATION else None


def with_natural_logarithms(matrix: CountMatrix) -> CountMatrix:
    """A matrix of logarithms with natural ones, and a note where they were converted or their base is not evident.

    The conversion is done in place: a matrix may take a good part of the memory.
    """
    if matrix.state != "log":
        return matrix
    base = find_log_base(matrix.counts)
    if base == "e":
        return matrix
    if base is None:
        note = (
            "The values look like logarithms whose base cannot be told from them: they are taken as natural ones, "
            "ln(1 + x). If they have another base, provide counts."
        )
        return replace(matrix, notes=(*matrix.notes, note))
    matrix.counts.data *= np.float32(_LOGARITHMS[base])
    note = f"The values are logarithms to base {base} and were converted to natural ones."
    return replace(matrix, notes=(*matrix.notes, note))


def _values_of(counts: csr_matrix[Any], cell: int) -> NDArray[np.float64]:
    values = counts.data[counts.indptr[cell] : counts.indptr[cell + 1]].astype(np.float64)
    return values[values > 0]


def _whole_share(rows: list[NDArray[np.float64]], logarithm: float) -> float:
    """The share of multiples of a cell's smallest value that are whole, among all cells; 0 with too few of them."""
    parts = [antilogs / antilogs.min() for row in rows if len(antilogs := np.expm1(row * logarithm))]
    multiples = np.concatenate(parts) if parts else np.zeros(0)
    # The smallest value and its repeats are whole multiples of themselves in every base.
    multiples = multiples[(multiples > 1 + 1e-3) & (multiples <= LARGEST_MULTIPLE)]
    if len(multiples) < LEAST_MULTIPLES:
        return 0.0
    return float(np.mean(np.abs(multiples - np.rint(multiples)) < TOLERANCE))


def _totals_deviation(rows: list[NDArray[np.float64]], logarithm: float) -> float:
    """The standard deviation of cells' totals over their mean; infinite with too few cells."""
    if len(rows) < 10:
        return math.inf
    totals = np.array([np.expm1(row * logarithm).sum() for row in rows])
    return float(totals.std() / totals.mean())
