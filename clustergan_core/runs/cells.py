"""A run's cells with all their genes: training saw only the selected ones, but people may ask for any."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.batches import assign_batches
from clustergan_core.data.counts.cell_tables import join_tables
from clustergan_core.data.counts.matrix import CountMatrix, find_cells, take_cells
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.opening import open_matrix, tables_beside
from clustergan_core.errors import RunError
from clustergan_core.runs.run import Run


def is_of_cells(run: Run) -> bool:
    """Whether the run was trained on a count matrix."""
    return run.config.dataset.kind == "expression"


def run_matrix(run: Run, dataset: Dataset | None = None) -> CountMatrix:
    """All genes of the run's own cells, in the order of its data set; `dataset` is the run's, if already open.

    The columns of tables brought beside the matrix, and of its samples, follow its own.

    Raises RunError for a run that is not of cells, DataError where its file is gone or has changed.
    """
    if not is_of_cells(run):
        raise RunError(
            f"{run.title} was trained on {run.config.dataset.name}, which is not a count matrix: choose another run."
        )
    dataset = run.dataset() if dataset is None else dataset
    record = run.config.dataset
    matrix = open_matrix(record.source, record.options.orientation, further=record.options.further)
    matrix, _ = join_tables(matrix, tables_beside(record.source, record.options))
    rows = find_cells(matrix, dataset.sample_ids)
    matrix = matrix if _is_all(rows, len(matrix.cell_ids)) else take_cells(matrix, rows)
    return assign_batches(matrix, record.options)[0]


def _is_all(rows: NDArray[np.int64], n_cells: int) -> bool:
    return len(rows) == n_cells and bool(np.array_equal(rows, np.arange(n_cells)))
