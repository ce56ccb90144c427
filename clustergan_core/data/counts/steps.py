"""The recorded steps from counts to samples, the same in training and for new cells.

| step | holds | new cells |
|---|---|---|
| expression_values | state | must be in the same state |
| normalise_totals | target, n_genes of the file | each cell's counts are scaled to it, over all genes of its file |
| log | base (2 or e) | logarithm of 1 + value |
| select_genes | ids, symbols | found by id, then by symbol; a few missing ones are zeros |
| standardise_genes | means, deviations, clip | the same, clipped |
| scale_by | by | divided by it |
| quality, labels, keep_rows, keep_ids, sample_ids, note | what was done to the file | nothing |

Quality control is not repeated, so that every new cell is assigned.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.counts.genes import GeneMatch, match_genes
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.sparse import Transform, cell_totals, size_factors, take_dense
from clustergan_core.data.preprocessing import RECORDS
from clustergan_core.data.steps import NormaliseTotals, Step
from clustergan_core.errors import DataError

FEWER_GENES = 0.5  # of the training file's genes: with fewer, a total misses more than genes that hardly occur

_READ = frozenset({"expression_values", "normalise_totals", "log", "select_genes"})
_FINISHED = frozenset({"standardise_genes", "scale_by"})
_RECORDED = RECORDS | {"quality"}


def apply_preparation(steps: Sequence[Step], matrix: CountMatrix) -> NDArray[np.float32]:
    """All cells of `matrix` as samples (N, n_genes) of the run whose preprocessing is `steps`.

    `describe_differences` says what was filled in. Raises DataError where many genes are missing, values are in
    another state, or a step belongs to a later version.
    """
    return finish_values(steps, read_values(steps, matrix, np.ones(len(matrix.cell_ids), dtype=np.bool_)))


def find_genes(steps: Sequence[Step], matrix: CountMatrix) -> GeneMatch:
    """The run's genes in `matrix`. Raises DataError where too many are missing."""
    chosen = next((step for step in steps if step["step"] == "select_genes"), None)
    assert chosen is not None, "an expression run without genes"
    return match_genes(chosen["ids"], chosen["symbols"], matrix)


def describe_differences(steps: Sequence[Step], matrix: CountMatrix) -> tuple[str, ...]:
    """Sentences for people on how `matrix` differs from the training file; none where it fits."""
    notes = [find_genes(steps, matrix).note]
    normalised = _find_totals(steps)
    n_genes = len(matrix.gene_ids)
    if normalised is not None and n_genes < FEWER_GENES * normalised["n_genes"]:
        notes.append(
            f"The file has {n_genes:,} genes, but the run's own had {normalised['n_genes']:,}, and a cell's total is "
            "taken over all of them: provide the file from before genes were selected."
        )
    return tuple(note for note in notes if note)


def read_values(steps: Sequence[Step], matrix: CountMatrix, cell_mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The chosen cells' normalised logarithms of the run's genes, before they are standardised and scaled."""
    _check(steps, matrix)
    match = find_genes(steps, matrix)
    is_present = match.indices >= 0
    values = take_dense(matrix.counts, cell_mask, match.indices[is_present], value_transform(steps, matrix))
    if is_present.all():
        return values
    complete = np.zeros((len(values), len(is_present)), dtype=np.float32)
    complete[:, is_present] = values
    return complete


def finish_values(steps: Sequence[Step], values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Standardises and scales `values` (N, n_genes) in place, where the steps do so, and returns them."""
    for step in steps:
        if step["step"] == "standardise_genes":
            values -= np.array(step["means"], dtype=np.float32)
            values /= np.array(step["deviations"], dtype=np.float32)
            np.clip(values, -step["clip"], step["clip"], out=values)
        elif step["step"] == "scale_by":
            values /= np.float32(step["by"])
    return values


def undo_finishing(steps: Sequence[Step], samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Undoes `finish_values` for `samples` (N, n_genes), as a new array; clipped values stay clipped."""
    values = np.array(samples, dtype=np.float32)
    for step in reversed(steps):
        if step["step"] == "scale_by":
            values *= np.float32(step["by"])
        elif step["step"] == "standardise_genes":
            values *= np.array(step["deviations"], dtype=np.float32)
            values += np.array(step["means"], dtype=np.float32)
    return values


def value_transform(steps: Sequence[Step], matrix: CountMatrix) -> Transform | None:
    """How the steps change single counts, or None where they leave them as they are."""
    normalised = _find_totals(steps)
    logarithm = next((step for step in steps if step["step"] == "log"), None)
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
    trained = next((step for step in steps if step["step"] == "expression_values"), None)
    if trained is not None and trained["state"] != matrix.state:
        raise DataError(
            f"{matrix.name} holds {matrix.state} values ({matrix.part}), but the run was trained on {trained['state']} "
            "values: provide values in that state."
        )


def _find_totals(steps: Sequence[Step]) -> NormaliseTotals | None:
    return next((step for step in steps if step["step"] == "normalise_totals"), None)
