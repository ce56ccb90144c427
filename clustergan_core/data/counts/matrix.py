"""CountMatrix: cells × genes as a file holds them, before anything is filtered or transformed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix


LARGEST_LOG = 20.0  # e^20 counts of one gene in one cell do not occur

SHOWN = 5

# raw: whole counts; log: log-normalised; normalised: neither whole nor logarithms; scaled: with negative values.
CountState = Literal["raw", "log", "normalised", "scaled"]
STATE_WORDS: dict[CountState, str] = {
    "raw": "raw counts",
    "log": "log-normalised values",
    "normalised": "normalised values",
    "scaled": "scaled values",
}


@dataclass(frozen=True)
class CountMatrix:
    """A matrix of N cells and G genes. It stays sparse until genes are selected."""

    name: str
    counts: csr_matrix[Any]  # (N, G) float32
    cell_ids: NDArray[np.str_]  # (N,) barcodes
    gene_ids: NDArray[np.str_]  # (G,) unique: the file's identifiers of its genes
    gene_symbols: NDArray[np.str_]  # (G,) the ids where the file has no symbols
    cells: pd.DataFrame  # (N, …) what the file says about its cells, by id: numbers, or categories of text
    state: CountState
    part: str  # the part of the file it was read from, such as "X", "raw" or "layers['counts']"
    notes: tuple[str, ...] = ()  # sentences on what reading left out, renamed or filled in
    repeated_cells: tuple[str, ...] = ()  # ids that got a suffix, because the file names several cells alike


def take_cells(matrix: CountMatrix, rows: NDArray[np.bool_] | NDArray[np.int64]) -> CountMatrix:
    """Some cells with all their genes (a copy): a mask (N,), or row numbers in the order wanted."""
    return replace(matrix, counts=matrix.counts[rows], cell_ids=matrix.cell_ids[rows], cells=matrix.cells.iloc[rows])


def find_cells(matrix: CountMatrix, cell_ids: Sequence[str]) -> NDArray[np.int64]:
    """(M,) the rows of these cells. Raises DataError for cells that the matrix lacks or names twice."""
    import numpy as np

    row_of = {cell: row for row, cell in enumerate(matrix.cell_ids.tolist())}
    if len(row_of) < len(matrix.cell_ids):
        n_repeated = len(matrix.cell_ids) - len(row_of)
        raise DataError(f"{matrix.name} names {n_repeated} cells twice: make its barcodes unique.")
    missing = [cell for cell in cell_ids if cell not in row_of]
    if missing:
        shown = ", ".join(missing[:SHOWN]) + (", …" if len(missing) > SHOWN else "")
        raise DataError(
            f"{matrix.name} lacks {len(missing)} of the run's cells ({shown}): provide the file the run was trained on."
        )
    return np.array([row_of[cell] for cell in cell_ids], dtype=np.int64)


def keep_apart(cells: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """The cells' columns, of which those with one of these names get "(own)" beside it, so that others can have it."""
    for name in names:
        if name in cells:
            new = f"{name} (own)"
            while new in cells:
                new = f"{new} (own)"
            cells = cells.rename(columns={name: new})
    return cells


def find_state(values: NDArray[Any]) -> tuple[CountState, str]:
    """(the state, the reason in words) of a matrix's stored values; NaN and infinity are ignored."""
    import numpy as np

    finite = values[np.isfinite(values)]
    if not finite.size:
        return "raw", "no value is stored"
    smallest, largest = float(finite.min()), float(finite.max())
    if smallest < 0:
        return "scaled", f"negative values down to {smallest:.3g}"
    if np.array_equal(finite, np.rint(finite)):
        return "raw", f"whole numbers up to {largest:,.0f}"
    if largest < LARGEST_LOG:
        return "log", f"fractions, none above {largest:.3g}"
    return "normalised", f"fractions up to {largest:,.4g}"
