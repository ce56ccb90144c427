"""Quality control step by step: metrics of every cell, rules in order, and what each rule removed.

Where cells are from several samples, medians, deviations and doublets are those of each cell's own sample.
Nothing is removed here: the report holds masks over the file's cells and genes, and other settings give other masks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.doublets import Doublets, FindDoublets, find_doublets
from clustergan_core.data.counts.gene_sets import NO_MITOCHONDRIAL, NO_RIBOSOMAL, is_mitochondrial, is_ribosomal
from clustergan_core.data.counts.matrix import STATE_WORDS, CountMatrix, CountState
from clustergan_core.data.counts.quality_rules import (
    DETECTED,
    DOUBLET,
    DOUBLET_SCORE,
    MITO,
    RIBO,
    TOTAL,
    Bounds,
    Judgement,
    cell_rules,
    judge_by_sample,
    judge_doublets,
)
from clustergan_core.data.counts.settings import QualitySettings
from clustergan_core.data.counts.sparse import gene_moments, sum_by_cell
from clustergan_core.data.dataset import Batches
from clustergan_core.errors import DataError

# Which metrics keep their meaning once values are not counts. Zeros survive normalising and logarithms, so genes can
# still be counted; shares survive only normalising.
_MEANINGFUL: dict[CountState, frozenset[str]] = {
    "raw": frozenset({TOTAL, DETECTED, MITO, RIBO}),
    "normalised": frozenset({DETECTED, MITO, RIBO}),
    "log": frozenset({DETECTED}),
    "scaled": frozenset(),
}


@dataclass(frozen=True)
class RuleOutcome:
    """What one rule did."""

    rule: str  # its description with the threshold: "fewer than 200 genes detected"
    removes: Literal["cells", "genes"]
    n_removed: int
    n_left: int
    skipped: str = ""  # why the rule could not be applied; "" where it was
    figure: str = ""  # the metric of cells it judges by
    lower: float | None = None  # cells with a lower value of that metric were removed
    upper: float | None = None  # cells with this value or a higher one were removed
    by_sample: tuple[Bounds, ...] = ()  # the same for each of several samples, where each has its own


@dataclass(frozen=True)
class QualityReport:
    """Metrics of all cells of the file, and which cells and genes stay."""

    figures: pd.DataFrame  # (N, …) by cell id; only metrics that are meaningful for these values
    rules: tuple[RuleOutcome, ...]  # in order; each judges what the rules before it left
    cell_mask: NDArray[np.bool_]  # (N,) True for cells that stay
    gene_mask: NDArray[np.bool_]  # (G,) True for genes that stay
    batches: Batches | None = None  # of all N cells
    doublets: Doublets | None = None  # of all N cells; None where nobody looked for any

    @property
    def n_cells(self) -> int:
        """How many cells stay."""
        return int(self.cell_mask.sum())

    @property
    def n_genes(self) -> int:
        """How many genes stay."""
        return int(self.gene_mask.sum())


def cell_figures(matrix: CountMatrix) -> pd.DataFrame:
    """Total counts, genes detected, mitochondrial and ribosomal share of every cell (N, ≤ 4), by cell id.

    Left out are shares of gene sets that no gene belongs to, and metrics that are meaningless for these values.
    """
    gene_sets = {
        MITO: is_mitochondrial(matrix.gene_symbols, matrix.gene_ids),
        RIBO: is_ribosomal(matrix.gene_symbols, matrix.gene_ids),
    }
    totals, detected, sums = sum_by_cell(matrix.counts, tuple(gene_sets.values()))
    figures: dict[str, NDArray[Any]] = {TOTAL: totals, DETECTED: detected}
    for (name, genes), set_totals in zip(gene_sets.items(), sums, strict=True):
        if genes.any():
            figures[name] = set_totals / np.where(totals > 0, totals, 1.0)
    meaningful = {name: values for name, values in figures.items() if name in _MEANINGFUL[matrix.state]}
    return pd.DataFrame(meaningful, index=pd.Index(matrix.cell_ids.tolist()))


def check_quality(
    matrix: CountMatrix,
    settings: QualitySettings,
    figures: pd.DataFrame | None = None,
    batches: Batches | None = None,
    find: FindDoublets = find_doublets,
) -> QualityReport:
    """Judges cells by the settings' rules in order, then genes by the cells that are left.

    `figures` are `cell_figures(matrix)` where the caller has them, so that trying thresholds does not count again, and
    `find` may remember doublets. `batches` are the samples of all cells.
    Raises DataError where no cell, no gene or no cell of a sample is left.
    """
    metrics = cell_figures(matrix) if figures is None else figures
    cell_mask = np.ones(len(matrix.cell_ids), dtype=np.bool_)
    groups = _group(batches)
    outcomes: list[RuleOutcome] = []
    for figure, description, rule in cell_rules(settings):
        reason = why_missing(figure, metrics, matrix.state)
        if reason:
            judgement = Judgement(np.zeros_like(cell_mask), description, reason)
        else:
            values = np.asarray(metrics[figure], dtype=np.float64)
            judgement = judge_by_sample(rule, values, cell_mask, description, groups)
        cell_mask = cell_mask & ~judgement.removed
        outcomes.append(_record(judgement, cell_mask, figure))
    doublets = None
    if settings.doublets != "off":
        doublets = find(matrix, cell_mask, batches, settings.doublet_rate)
        called = np.where(doublets.is_doublet, "yes", np.where(np.isnan(doublets.scores), "", "no"))
        metrics = metrics.assign(**{DOUBLET_SCORE: doublets.scores, DOUBLET: called})
        if settings.doublets == "remove":
            judgement = judge_doublets(doublets, cell_mask, groups)
            cell_mask = cell_mask & ~judgement.removed
            outcomes.append(_record(judgement, cell_mask, DOUBLET_SCORE))
    for name, cells in groups.items():
        if not (cell_mask & cells).any():
            raise DataError(
                f"Quality control leaves none of the {int(cells.sum()):,} cells of sample {name}: relax its "
                "thresholds, or leave the sample out."
            )
    gene_mask, outcome = _judge_genes(matrix, settings, cell_mask)
    return QualityReport(metrics, (*outcomes, *outcome), cell_mask, gene_mask, batches, doublets)


def _group(batches: Batches | None) -> dict[str, NDArray[np.bool_]]:
    """(N,) the cells of each of several samples, by its name; none where there is one or they are not told apart."""
    if batches is None or len(batches.table) == 1:
        return {}
    return {name: batches.codes == code for code, name in enumerate(batches.names)}


def _record(judgement: Judgement, cell_mask: NDArray[np.bool_], figure: str) -> RuleOutcome:
    """What a rule did. Raises DataError where it left no cell at all."""
    if not cell_mask.any():
        raise DataError(
            f"Quality control leaves none of {len(cell_mask)} cells ('{judgement.description}'): relax that threshold."
        )
    return RuleOutcome(
        rule=judgement.description,
        removes="cells",
        n_removed=int(judgement.removed.sum()),
        n_left=int(cell_mask.sum()),
        skipped=judgement.skipped,
        figure=figure,
        lower=judgement.lower,
        upper=judgement.upper,
        by_sample=judgement.by_sample,
    )


def why_missing(figure: str, figures: pd.DataFrame, state: CountState) -> str:
    """Why a metric of cells is not available for a matrix in this state; "" where it is."""
    if figure in figures:
        return ""
    if figure not in _MEANINGFUL[state]:
        return f"the file holds {STATE_WORDS[state]}, from which it cannot be computed"
    return NO_RIBOSOMAL if figure == RIBO else NO_MITOCHONDRIAL


def _judge_genes(
    matrix: CountMatrix, settings: QualitySettings, cell_mask: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], tuple[RuleOutcome, ...]]:
    n_genes = len(matrix.gene_ids)
    everything = np.ones(n_genes, dtype=np.bool_)
    if not settings.min_cells:
        return everything, ()
    description = f"detected in fewer than {settings.min_cells:,} cells"
    if DETECTED not in _MEANINGFUL[matrix.state]:
        reason = f"the file holds {STATE_WORDS[matrix.state]}, from which it cannot be computed"
        return everything, (RuleOutcome(description, "genes", 0, n_genes, reason),)
    mask = gene_moments(matrix.counts, cell_mask).n_cells >= settings.min_cells
    if not mask.any():
        raise DataError(f"Quality control leaves none of {n_genes} genes ('{description}'): relax that threshold.")
    return mask, (RuleOutcome(description, "genes", n_genes - int(mask.sum()), int(mask.sum())),)
