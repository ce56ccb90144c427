"""Quality control step by step: metrics of every cell, rules in order, and what each rule removed.

Nothing is removed here: the report holds masks over the file's cells and genes, and other settings give other masks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.counts.gene_sets import NO_MITOCHONDRIAL, NO_RIBOSOMAL, is_mitochondrial, is_ribosomal
from clustergan_core.data.counts.matrix import STATE_WORDS, CountMatrix, CountState
from clustergan_core.data.counts.settings import QualitySettings
from clustergan_core.data.counts.sparse import gene_moments, sum_by_cell
from clustergan_core.errors import DataError

TOTAL, DETECTED, MITO, RIBO = "total counts", "genes detected", "mitochondrial share", "ribosomal share"

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


@dataclass(frozen=True)
class QualityReport:
    """Metrics of all cells of the file, and which cells and genes stay."""

    figures: pd.DataFrame  # (N, …) by cell id; only metrics that are meaningful for these values
    rules: tuple[RuleOutcome, ...]  # in order; each judges what the rules before it left
    cell_mask: NDArray[np.bool_]  # (N,) True for cells that stay
    gene_mask: NDArray[np.bool_]  # (G,) True for genes that stay

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


def check_quality(matrix: CountMatrix, settings: QualitySettings, figures: pd.DataFrame | None = None) -> QualityReport:
    """Judges cells by the settings' rules in order, then genes by the cells that are left.

    `figures` are `cell_figures(matrix)` where the caller has them, so that trying thresholds does not count again.
    Raises DataError where no cell or no gene is left.
    """
    metrics = cell_figures(matrix) if figures is None else figures
    cell_mask = np.ones(len(matrix.cell_ids), dtype=np.bool_)
    outcomes: list[RuleOutcome] = []
    for figure, description, rule in _cell_rules(settings):
        reason = why_missing(figure, metrics, matrix.state)
        if reason:
            judgement = _Judgement(np.zeros_like(cell_mask), description, reason)
        else:
            judgement = rule.judge(np.asarray(metrics[figure], dtype=np.float64), cell_mask, description)
        cell_mask = cell_mask & ~judgement.removed
        outcomes.append(
            RuleOutcome(
                rule=judgement.description,
                removes="cells",
                n_removed=int(judgement.removed.sum()),
                n_left=int(cell_mask.sum()),
                skipped=judgement.skipped,
                figure=figure,
                lower=judgement.lower,
                upper=judgement.upper,
            )
        )
        if not cell_mask.any():
            raise DataError(
                f"Quality control leaves none of {len(cell_mask)} cells ('{judgement.description}'): relax that "
                "threshold."
            )
    gene_mask, outcome = _judge_genes(matrix, settings, cell_mask)
    return QualityReport(metrics, (*outcomes, *outcome), cell_mask, gene_mask)


@dataclass(frozen=True)
class _Judgement:
    """Which cells a rule removes, the rule's description and its bounds."""

    removed: NDArray[np.bool_]
    description: str
    skipped: str = ""
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class _Bounds:
    """Removes cells below `least`, and those at `limit` or above."""

    least: float | None = None
    limit: float | None = None

    def judge(self, values: NDArray[np.float64], mask: NDArray[np.bool_], description: str) -> _Judgement:
        removed = np.zeros_like(mask)
        if self.least is not None:
            removed |= values < self.least
        if self.limit is not None:
            removed |= values >= self.limit
        return _Judgement(mask & removed, description, lower=self.least, upper=self.limit)


@dataclass(frozen=True)
class _Deviation:
    """Removes cells more than `n_mads` median absolute deviations from the median of the cells still there."""

    n_mads: float
    is_log: bool = False
    is_upper_only: bool = False

    def judge(self, values: NDArray[np.float64], mask: NDArray[np.bool_], description: str) -> _Judgement:
        scale = np.log1p(values) if self.is_log else values
        median = float(np.median(scale[mask]))
        deviation = float(np.median(np.abs(scale[mask] - median)))
        if deviation == 0:
            reason = "at least half of the cells have the same value, so there is no spread"
            return _Judgement(np.zeros_like(mask), description, reason)
        lower, upper = median - self.n_mads * deviation, median + self.n_mads * deviation
        shown = [float(np.expm1(bound)) if self.is_log else bound for bound in (lower, upper)]
        removed = scale > upper
        if self.is_upper_only:
            return _Judgement(mask & removed, f"{description} (above {shown[1]:.3g})", upper=shown[1])
        removed |= scale < lower
        shown[0] = max(0.0, shown[0])
        description = f"{description} (outside {_write(shown[0])} … {_write(shown[1])})"
        return _Judgement(mask & removed, description, lower=shown[0], upper=shown[1])


def _write(bound: float) -> str:
    return f"{bound:,.0f}" if bound >= 1000 else f"{bound:.4g}"


def _cell_rules(settings: QualitySettings) -> Iterator[tuple[str, str, _Bounds | _Deviation]]:
    """(metric, description, how it is judged) of each rule that is switched on."""
    if settings.min_counts:
        yield TOTAL, f"fewer than {settings.min_counts:,} counts", _Bounds(least=settings.min_counts)
    if settings.min_genes:
        yield DETECTED, f"fewer than {settings.min_genes:,} genes detected", _Bounds(least=settings.min_genes)
    if settings.max_genes is not None:
        yield DETECTED, f"{settings.max_genes:,} genes detected or more", _Bounds(limit=settings.max_genes)
    if settings.n_mads is not None:
        for figure, name in ((TOTAL, "counts"), (DETECTED, "genes")):
            description = f"log {name} more than {settings.n_mads:g} MADs from the median"
            yield figure, description, _Deviation(settings.n_mads, is_log=True)
    if settings.n_mito_mads is not None:
        description = f"mitochondrial share more than {settings.n_mito_mads:g} MADs above the median"
        yield MITO, description, _Deviation(settings.n_mito_mads, is_upper_only=True)
    if settings.max_mito_share is not None:
        share = settings.max_mito_share
        yield MITO, f"mitochondrial share of {100 * share:g}% or more", _Bounds(limit=share)


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
