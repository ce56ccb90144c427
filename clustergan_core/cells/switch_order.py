"""The order in which genes switch between two cell types, with how far independently trained runs agree on it.

Every reading (`switch_points`) draws new halves of the genes and new cells, and the runs take turns. Two figures say
what such an order is worth. Kendall's W compares runs that each read a part of the cells which no other run reads: runs
that read the same cells would agree on the noise of those cells. The share of readings in which one gene switches
before another says which pairs are resolved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.ensembles import WalkEnds
from clustergan_core.cells.switch_points import draw_halves, measure_occupation, place_cells
from clustergan_core.cells.switch_readings import (
    LEAST_RUNS,
    N_HALVES,
    Own,
    average_curves,
    measure_concordance,
    resample_points,
)
from clustergan_core.data.dataset import draw_subset
from clustergan_core.evaluation.neighbours import measure_links

Verdict = Literal["order", "too few runs", "no path", "no agreement"]

LEAST_SHARE = 0.9  # of the readings in which a gene switches before another
LEAST_CONCORDANCE = 0.5  # Kendall's W
LEAST_MIDDLE = 0.03  # the share of cells in the middle third: planted paths have 0.04 to 0.07, doublets give less
LEAST_IN_MIDDLE = 15  # cells
LEAST_PLACEMENT = 0.3  # the correlation of a type's placements by the two halves of the genes
N_NEIGHBOURS = 15
LEAST_LINKS = N_NEIGHBOURS**2 // 8  # between the types: half of those across a line of cells that is cut once
N_READINGS = 200
N_PARTITIONS = 50
N_PLACING = 200  # genes by which cells are placed: those that differ most between the types
N_ORDERED = 40  # of these, the genes that are ordered
MOST_OF_A_TYPE = 2_000  # cells
SPREAD = (16, 84)  # percentiles of the readings
_SEED = 0


@dataclass(frozen=True)
class SwitchOrder:
    """Where n genes switch between two types by real cells, and what is known of their order."""

    n_runs: int  # that have both types
    n_cells: int  # of both types, in the run that names them
    n_middle: int  # of them in the middle third by both halves of the genes; medians over the runs
    middle_share: float
    placement: float  # agreement of the placements within a type
    n_links: int  # between the two types among nearest neighbours
    connectivity: float  # these over those expected by chance
    concordance: float  # Kendall's W of the runs on disjoint cells, median over partitions; NaN for too few runs
    genes: NDArray[np.int64]  # (n,) those that differ most, from the earliest switch to the latest
    points: NDArray[np.float64]  # (n,) medians of the readings
    low: NDArray[np.float64]  # (n,) percentiles
    high: NDArray[np.float64]
    before: NDArray[np.float64]  # (n, n) share of the readings in which the row's gene switches before the column's
    curves: NDArray[np.float64]  # (N_BINS, n) mean expression of real cells along the way
    differences: NDArray[np.float64]  # (n_runs, n) of the types' mean expression, the end minus the beginning

    @property
    def verdict(self) -> Verdict:
        """What may be shown: an order, or what stands against it."""
        if self.n_runs < LEAST_RUNS:
            return "too few runs"
        has_cells = self.middle_share >= LEAST_MIDDLE and self.n_middle >= LEAST_IN_MIDDLE
        if not has_cells or self.placement < LEAST_PLACEMENT or self.n_links < LEAST_LINKS:
            return "no path"
        return "order" if self.concordance >= LEAST_CONCORDANCE else "no agreement"

    @property
    def is_resolved(self) -> NDArray[np.bool_]:
        """(n,) whether a gene stands before or after at least half of the others in LEAST_SHARE of the readings."""
        decided = (self.before >= LEAST_SHARE) | (self.before.T >= LEAST_SHARE)
        return decided.sum(axis=1) >= (len(self.genes) - 1) / 2

    @property
    def chain(self) -> list[int]:
        """Positions in `genes` of a sequence in which each is resolved as before all that follow, earliest first."""
        chosen: list[int] = []
        for position in range(len(self.genes)):
            if all(self.before[earlier, position] >= LEAST_SHARE for earlier in chosen):
                chosen.append(position)
        return chosen

    def explain(self) -> str:
        """A sentence on what stands for an order or against one."""
        if self.verdict == "too few runs":
            counted = (
                "no run has" if self.n_runs == 0 else f"{self.n_runs} run{'s have' if self.n_runs > 1 else ' has'}"
            )
            return f"No order: it needs {LEAST_RUNS} independently trained runs with both types, and {counted} them."
        if self.verdict == "no path":
            return (
                f"No path, only a difference: of {self.n_cells:,} cells of the two types, {self.n_middle:,} "
                f"({self.middle_share:.1%}) lie in the middle third between them by two halves of the genes alike "
                f"(a path needs {LEAST_MIDDLE:.0%} and {LEAST_IN_MIDDLE}), and within a type the two placements "
                f"correlate by {self.placement:.2f} (a path needs {LEAST_PLACEMENT:g}). Among nearest neighbours "
                f"{self.n_links:,} links join the types (a path needs {LEAST_LINKS})."
            )
        shared = f"Kendall's W = {self.concordance:.2f} of {LEAST_RUNS} runs at a time that each read other cells"
        if self.verdict == "no agreement":
            return f"No order: the runs do not agree on one ({shared}; an order needs {LEAST_CONCORDANCE:g})."
        n_pairs = len(self.genes) * (len(self.genes) - 1) // 2
        n_resolved = int((self.before >= LEAST_SHARE).sum())
        return (
            f"{shared}; {n_resolved:,} of {n_pairs:,} pairs of genes are in one order in at least "
            f"{LEAST_SHARE:.0%} of {N_READINGS} readings. Among nearest neighbours the types are linked "
            f"{self.connectivity:.2f} times as often as by chance (PAGA's connectivity)."
        )

    def table(self, gene_names: Sequence[str]) -> pd.DataFrame:
        """One row for each gene: the types' difference over the runs and, where there is an order, the gene's switch.

        Rows are in the order of the switches, or by the size of the difference where there is no order.
        """
        signs = np.sign(self.differences)
        main = np.sign(signs.sum(axis=0))
        table = pd.DataFrame(
            {
                "gene": [gene_names[gene] for gene in self.genes.tolist()],
                "difference": np.median(self.differences, axis=0).round(4),
                "difference_low": self.differences.min(axis=0).round(4),
                "difference_high": self.differences.max(axis=0).round(4),
                "runs_with_this_sign": (signs == main).sum(axis=0),
                "runs": len(self.differences),
            }
        )
        if self.verdict != "order":
            return table.iloc[np.argsort(-np.abs(table["difference"]), kind="stable")].reset_index(drop=True)
        places = {position: place for place, position in enumerate(self.chain, 1)}
        return table.assign(
            switch=self.points.round(3),
            switch_low=self.low.round(3),
            switch_high=self.high.round(3),
            is_resolved=self.is_resolved,
            place_in_sequence=pd.array([places.get(row) for row in range(len(self.genes))], dtype="Int64"),
        )


def find_switch_order(
    samples: NDArray[np.float32],
    ends: Sequence[WalkEnds],
    read_expression: Callable[[NDArray[np.float32]], NDArray[np.float32]] = np.asarray,
    seed: int = _SEED,
    n_readings: int = N_READINGS,
    n_partitions: int = N_PARTITIONS,
) -> SwitchOrder | None:
    """The order of the genes of real cells (N, G) along a walk whose ends at least one run has; None without any.

    `read_expression` gives the expression of samples, on the scale on which genes are shown.
    The genes are those that differ most between the types, and in the same direction in every run. With fewer runs
    than LEAST_RUNS, readings and W are left out. Of large types, MOST_OF_A_TYPE cells are drawn by `seed`.
    """
    if not ends:
        return None
    generator = np.random.default_rng(seed)
    cells, classes = _choose_cells(ends, seed)
    some = read_expression(samples[cells])
    own = [(np.flatnonzero((end.starts | end.finishes)[cells]), end.finishes[cells]) for end in ends]
    placing = _most_different(some, own)
    panel, ordered = some[:, placing], min(N_ORDERED, len(placing))
    occupations = [
        measure_occupation(place_cells(panel[rows], finish[rows], halves), finish[rows])
        for rows, finish in own
        for halves in [draw_halves(len(placing), generator) for _ in range(N_HALVES)]
    ]
    rows, finish = own[0]
    n_links, connectivity = measure_links(samples[cells[rows]], finish[rows], N_NEIGHBOURS)
    concordance, readings = float("nan"), np.full((1, ordered), np.nan)
    if len(ends) >= LEAST_RUNS and ordered > 2:
        readings = resample_points(panel, own, classes, n_readings, generator)[:, :ordered]
        concordance = measure_concordance(panel, own, classes, ordered, n_partitions, generator)
    points = np.median(readings, axis=0)
    order = np.argsort(points, kind="stable")
    low, high = np.percentile(readings, SPREAD, axis=0)
    before = (readings[:, :, None] < readings[:, None, :]).mean(axis=0)
    first = ends[0]
    scale = int(first.starts.sum() + first.finishes.sum())
    share = float(np.median([occupation.share for occupation in occupations]))
    genes = placing[:ordered][order]
    return SwitchOrder(
        n_runs=len(ends),
        n_cells=scale,
        n_middle=round(share * scale),
        middle_share=share,
        placement=float(np.median([occupation.agreement for occupation in occupations])),
        n_links=n_links,
        connectivity=connectivity,
        concordance=concordance,
        genes=genes,
        points=points[order],
        low=low[order],
        high=high[order],
        before=before[np.ix_(order, order)],
        curves=average_curves(panel, own, ordered, generator)[:, order],
        differences=np.array([_differences(some[rows], finish[rows])[0][genes] for rows, finish in own]),
    )


def _choose_cells(ends: Sequence[WalkEnds], seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cells (n,) that any run puts at an end, and their classes (n,) in the first run: 0, 1, or 2 for neither."""
    anywhere = np.logical_or.reduce([end.starts | end.finishes for end in ends])
    classes = np.where(ends[0].starts, 0, np.where(ends[0].finishes, 1, 2))
    parts = [np.flatnonzero(anywhere & (classes == number)) for number in range(3)]
    cells = np.concatenate([part[draw_subset(len(part), MOST_OF_A_TYPE, seed)] for part in parts])
    return cells, classes[cells]


def _differences(
    values: NDArray[np.float32], is_finish: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The genes' differences between the types (G,), and these over their standard errors."""
    start, finish = values[~is_finish].astype(np.float64), values[is_finish].astype(np.float64)
    difference = finish.mean(axis=0) - start.mean(axis=0)
    error = np.sqrt(start.var(axis=0) / len(start) + finish.var(axis=0) / len(finish))
    return difference, np.divide(difference, error, out=np.zeros_like(difference), where=error > 0)


def _most_different(values: NDArray[np.float32], own: Own) -> NDArray[np.int64]:
    """Up to N_PLACING genes that differ most in standard errors, in one direction in all runs, largest first."""
    scores = np.array([_differences(values[rows], finish[rows])[1] for rows, finish in own])
    is_one_way = (scores > 0).all(axis=0) | (scores < 0).all(axis=0)
    weakest = np.where(is_one_way, np.abs(scores).min(axis=0), 0)
    chosen = np.argsort(-weakest, kind="stable")[:N_PLACING]
    return chosen[weakest[chosen] > 0]
