"""How genes change along one generated walk between two cell types, and which changes are transient.

Where along it they change is a fact of one generator: between seeds it correlates by 0.2 to 0.4. `switch_order` tells
what repeats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Turn = Literal["rises", "falls", "peaks", "dips", "stays"]
Ranking = Literal["range", "up", "down"]

TRANSIENT = 0.25  # of a gene's range: a change that exceeds both ends by more than this is transient
_UNCHANGED = 1e-6


@dataclass(frozen=True)
class Switches:
    """How each gene changes along μ, and where."""

    turns: tuple[Turn, ...]  # (G,)
    mus: NDArray[np.float64]  # (G,) half-way between a gene's ends, or its peak or dip; NaN where it stays


def find_switches(mus: NDArray[np.floating], curves: NDArray[np.floating]) -> Switches:
    """The switches of genes (M, G) over ascending μ (M,).

    A gene rises or falls where it first crosses the middle between its ends, interpolated linearly between two steps.
    It peaks or dips where it exceeds both ends by more than a quarter of its range.
    """
    curves = np.asarray(curves, dtype=np.float64)
    start, end = curves[0], curves[-1]
    spread = np.ptp(curves, axis=0)
    above = curves.max(axis=0) - np.maximum(start, end)
    below = np.minimum(start, end) - curves.min(axis=0)
    is_still = spread <= _UNCHANGED
    is_transient = ~is_still & (np.maximum(above, below) > TRANSIENT * spread)
    peaks = above >= below
    extreme = np.where(peaks, curves.argmax(axis=0), curves.argmin(axis=0))
    where = np.where(is_transient, np.asarray(mus, dtype=np.float64)[extreme], _crossings(mus, curves))
    where[is_still] = np.nan
    turns: list[Turn] = []
    for gene in range(curves.shape[1]):
        if is_still[gene]:
            turns.append("stays")
        elif is_transient[gene]:
            turns.append("peaks" if peaks[gene] else "dips")
        else:
            turns.append("rises" if end[gene] > start[gene] else "falls")
    return Switches(tuple(turns), where)


def rank_genes(curves: NDArray[np.floating], by: Ranking, n_genes: int) -> NDArray[np.int64]:
    """The `n_genes` genes of curves (M, G) that change most, the largest change first.

    "range": highest minus lowest value on the way; "up" and "down": how far the end is above or below the start, for
    genes that move that way.
    """
    difference = curves[-1] - curves[0]
    change = {"range": np.ptp(curves, axis=0), "up": difference, "down": -difference}[by]
    order = np.argsort(-change, kind="stable")[:n_genes]
    return order[change[order] > _UNCHANGED]


def _crossings(mus: NDArray[np.floating], curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """(G,) where each gene first reaches the middle between its ends."""
    beyond = curves - (curves[0] + curves[-1]) / 2  # (M, G)
    is_over = np.sign(beyond) != np.sign(beyond[0])
    after = np.maximum(is_over.argmax(axis=0), 1)
    genes = np.arange(curves.shape[1])
    before_value, after_value = beyond[after - 1, genes], beyond[after, genes]
    step = before_value - after_value
    share = np.divide(before_value, step, out=np.zeros_like(step), where=step != 0)
    return mus[after - 1] + share * (mus[after] - mus[after - 1])
