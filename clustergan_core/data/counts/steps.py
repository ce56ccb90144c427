"""The recorded steps between counts and samples, applied alike in training and to new cells.

| step | holds | new cells |
|---|---|---|
| expression_values | state | must be of the same state |
| normalise_totals | target, n_genes of the file | each cell's counts are scaled to it, over all genes of its file |
| log | base (2 or e) | logarithm of 1 + value |
| select_genes | ids, symbols | found by id, then by symbol; a few missing ones are zeros |
| standardise_genes | means, deviations, clip | the same, clipped |
| scale_by | by | divided by it |
| quality, labels, keep_rows, sample_ids, note | what was done to the file | nothing |

Quality control is not repeated: every new cell is assigned.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.genes import GeneMatch, match_genes
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.sparse import Transform, cell_totals, size_factors, take_dense
from clustergan_core.data.preprocessing import RECORDS, Step
from clustergan_core.errors import DataError

FEWER_GENES = 0.5  # of the training file's: below this a total misses more than genes that hardly occur

_READ = frozenset({"expression_values", "normalise_totals", "log", "select_genes"})
_FINISHED = frozenset({"standardise_genes", "scale_by"})
_RECORDED = RECORDS | {"quality"}


def apply_preparation(steps: Sequence[Step], matrix: CountMatrix) -> NDArray[np.float32]:
    """All cells of `matrix` as samples (N, n_genes) of the run whose preprocessing `steps` are.

    `describe_differences` tells what was made up for. Raises DataError where many genes are missing, values are of
    another state, or a step is of a later version.
    """
    return finish_values(steps, read_values(steps, matrix, np.ones(len(matrix.cell_ids), dtype=np.bool_)))


def find_genes(steps: Sequence[Step], matrix: CountMatrix) -> GeneMatch:
    """The run's genes in `matrix`; DataError where too many are missing."""
    chosen = _find(steps, "select_genes")
    assert chosen is not None, "an expression run without genes"
    return match_genes(chosen["ids"], chosen["symbols"], matrix)


def describe_differences(steps: Sequence[Step], matrix: CountMatrix) -> tuple[str, ...]:
    """Sentences for people on what in `matrix` is not as it was in training; none where it fits."""
    notes = [find_genes(steps, matrix).note]
    normalised = _find(steps, "normalise_totals")
    n_genes = len(matrix.gene_ids)
    if normalised is not None and n_genes < FEWER_GENES * normalised["n_genes"]:
        notes.append(
            f"The file has {n_genes:,} genes, that of the run had {normalised['n_genes']:,}: a cell's total is taken "
            "over all of them, so bring the file before genes were chosen."
        )
    return tuple(note for note in notes if note)


def read_values(steps: Sequence[Step], matrix: CountMatrix, cell_mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The chosen cells' normalised logarithms of the run's genes, before they are standardised and scaled."""
    _check(steps, matrix)
    match = find_genes(steps, matrix)
    found = match.places >= 0
    values = take_dense(matrix.counts, cell_mask, match.places[found], value_transform(steps, matrix))
    if found.all():
        return values
    complete = np.zeros((len(values), len(found)), dtype=np.float32)
    complete[:, found] = values
    return complete


def finish_values(steps: Sequence[Step], values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Standardises and scales `values` (N, n_genes) in place, as far as the steps say, and returns them."""
    for step in steps:
        if step["step"] == "standardise_genes":
            values -= np.array(step["means"], dtype=np.float32)
            values /= np.array(step["deviations"], dtype=np.float32)
            np.clip(values, -step["clip"], step["clip"], out=values)
        elif step["step"] == "scale_by":
            values /= np.float32(step["by"])
    return values


def undo_finishing(steps: Sequence[Step], samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """What `finish_values` gave `samples` (N, n_genes) of, as a new array; what it clipped stays clipped."""
    values = np.array(samples, dtype=np.float32)
    for step in reversed(steps):
        if step["step"] == "scale_by":
            values *= np.float32(step["by"])
        elif step["step"] == "standardise_genes":
            values *= np.array(step["deviations"], dtype=np.float32)
            values += np.array(step["means"], dtype=np.float32)
    return values


def value_transform(steps: Sequence[Step], matrix: CountMatrix) -> Transform | None:
    """What the steps do to single counts, or None where they stay as they are."""
    normalised, logarithm = _find(steps, "normalise_totals"), _find(steps, "log")
    if normalised is None and logarithm is None:
        return None
    factors = None if normalised is None else size_factors(cell_totals(matrix.counts), normalised["target"])
    base = None if logarithm is None else logarithm["base"]

    def transform(values: NDArray[np.float32], cells: NDArray[np.int64]) -> NDArray[np.float32]:
        if factors is not None:
            values = values * factors[cells]
        if base is None:
            return values
        return np.log2(np.float32(1) + values) if base == 2 else np.log1p(values)

    return transform


def _check(steps: Sequence[Step], matrix: CountMatrix) -> None:
    for step in steps:
        if step["step"] not in _READ | _FINISHED | _RECORDED:
            raise DataError(
                f"The data was prepared by a step '{step['step']}' that this version does not know: update it."
            )
    trained = _find(steps, "expression_values")
    if trained is not None and trained["state"] != matrix.state:
        raise DataError(
            f"{matrix.name} holds {matrix.state} values ({matrix.part}), but the run was trained on {trained['state']} "
            "values: bring the same kind."
        )


def _find(steps: Sequence[Step], name: str) -> dict[str, Any] | None:
    return next((step for step in steps if step["step"] == name), None)
