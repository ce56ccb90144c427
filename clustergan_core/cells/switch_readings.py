"""Many readings of where genes switch: over runs, halves of the genes, and cells that are drawn again or shared out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clustergan_core.cells.switch_points import bin_values, draw_halves, place_cells, read_switch_points

LEAST_RUNS = 3
N_HALVES = 4  # drawings of the genes' halves that a run averages over

Own = Sequence[tuple[NDArray[np.int64], NDArray[np.bool_]]]  # of each run: its cells, and which cells are at the end


def resample_points(
    panel: NDArray[np.float32], own: Own, classes: NDArray[np.int64], n: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Switch points (n, G) by cells drawn with replacement within each class; the runs take turns."""
    members = [np.flatnonzero(classes == number) for number in range(3)]
    readings = []
    for number in range(n):
        drawn = np.concatenate([generator.choice(part, len(part)) for part in members if len(part)])
        rows, finish = own[number % len(own)]
        readings.append(_read(panel, np.isin(drawn, rows), drawn, finish, generator))
    return np.array(readings)


def measure_concordance(
    panel: NDArray[np.float32],
    own: Own,
    classes: NDArray[np.int64],
    n_ordered: int,
    n: int,
    generator: np.random.Generator,
) -> float:
    """The median over n partitions of the cells of Kendall's W of LEAST_RUNS runs, each of which reads its own part.

    Of more runs, as many are drawn: with more raters on fewer cells each, W would mean something else.
    """
    figures = []
    for _ in range(n):
        shuffled = generator.permutation(len(classes))
        shuffled = shuffled[np.argsort(classes[shuffled], kind="stable")]  # every part has its share of each class
        ranked = []
        runs = np.arange(LEAST_RUNS) if len(own) == LEAST_RUNS else generator.permutation(len(own))[:LEAST_RUNS]
        for number, run in enumerate(runs.tolist()):
            rows, finish = own[run]
            part = shuffled[number::LEAST_RUNS]
            is_own = np.isin(part, rows)
            read = [_read(panel, is_own, part, finish, generator)[:n_ordered] for _ in range(N_HALVES)]
            ranked.append(np.mean(read, axis=0))
        figures.append(kendall_w(np.array(ranked)))
    return float(np.median(figures))


def _read(
    panel: NDArray[np.float32],
    is_own: NDArray[np.bool_],
    cells: NDArray[np.int64],
    finish: NDArray[np.bool_],
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    chosen = cells[is_own]
    return read_switch_points(panel[chosen], finish[chosen], draw_halves(panel.shape[1], generator))


def average_curves(
    panel: NDArray[np.float32], own: Own, n_ordered: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """(N_BINS, n_ordered) mean expression along the way, over the runs and drawings of the halves."""
    curves = []
    for rows, finish in own:
        for _ in range(N_HALVES):
            halves = draw_halves(panel.shape[1], generator)
            by_half, by_other = place_cells(panel[rows], finish[rows], halves)
            along_half = bin_values(panel[rows][:, :n_ordered], by_half, finish[rows])
            along_other = bin_values(panel[rows][:, :n_ordered], by_other, finish[rows])
            curves.append(np.where(halves[:n_ordered], along_other, along_half))
    return np.mean(curves, axis=0)


def kendall_w(ratings: NDArray[np.floating]) -> float:
    """Kendall's coefficient of concordance of ratings (m, n) without ties: 1 for one order, 1/m for chance.

    W = 12 S / (m² (n³ − n)), S the sum of squared deviations of the items' rank sums (Kendall & Babington Smith 1939).
    """
    from scipy.stats import rankdata

    m, n = ratings.shape
    sums = rankdata(ratings, axis=1).sum(axis=0)
    return float(12 * ((sums - sums.mean()) ** 2).sum() / (m**2 * (n**3 - n)))
