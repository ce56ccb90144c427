"""CountMatrix: cells × genes as a file holds them, before anything is left out or transformed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

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
    """A matrix of N cells and G genes. Sparse stays sparse until genes are selected."""

    name: str
    counts: csr_matrix[Any]  # (N, G) float32
    cell_ids: NDArray[np.str_]  # (N,) barcodes
    gene_ids: NDArray[np.str_]  # (G,) unique: what the file identifies genes by
    gene_symbols: NDArray[np.str_]  # (G,) what a person calls them; the ids where the file has no symbols
    cells: pd.DataFrame  # (N, …) what the file says of its cells, by their ids: numbers, or categories of text
    state: CountState
    part: str  # which part of the file it is, such as "X", "raw" or "layers['counts']"
    notes: tuple[str, ...] = ()  # sentences on what was left out, renamed or made up in reading
