"""One reading of where genes switch between two cell types: real cells are placed on the way, genes are read along it.

A cell is placed by half of the genes, and only the other half is read along its placement; otherwise a gene would be
read along itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_BINS = 20
_MIDDLE = (1 / 3, 2 / 3)


@dataclass(frozen=True)
class Occupation:
    """Whether cells lie between two types, judged by two disjoint halves of the genes."""

    n_middle: int  # cells that both halves put in the middle third
    share: float  # of all cells of both types
    agreement: float  # correlation of the two placements within a type, the mean of both types


def draw_halves(n_genes: int, generator: np.random.Generator) -> NDArray[np.bool_]:
    """(n_genes,) True for a random half of the genes."""
    halves = np.zeros(n_genes, dtype=np.bool_)
    halves[generator.permutation(n_genes)[: n_genes // 2]] = True
    return halves


def place_cells(
    values: NDArray[np.floating], is_finish: NDArray[np.bool_], halves: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Positions (2, n) of cells between two types, by the genes of each half: the types' medians are at 0 and 1.

    values (n, G) are of cells of one type or, where `is_finish` (n,), of the other; the first row is by `halves` (G,).
    A position is the sum of the genes, each weighted by the difference between the types over the variance within them
    (diagonal discriminant analysis). Both types must hold cells.
    """
    start, finish = values[~is_finish], values[is_finish]
    difference = finish.mean(axis=0) - start.mean(axis=0)
    variance = (start.var(axis=0) * len(start) + finish.var(axis=0) * len(finish)) / len(values)
    # Without the median, a gene that hardly any cell expresses could outweigh all others.
    weights = difference / (variance + np.median(variance) + 1e-9)
    positions = np.stack([values[:, half] @ weights[half] for half in (halves, ~halves)]).astype(np.float64)
    low = np.median(positions[:, ~is_finish], axis=1, keepdims=True)
    high = np.median(positions[:, is_finish], axis=1, keepdims=True)
    return (positions - low) / np.where(high > low, high - low, 1)


def measure_occupation(positions: NDArray[np.float64], is_finish: NDArray[np.bool_]) -> Occupation:
    """How many cells both placements (2, n) put between the types, and how far the placements agree within a type."""
    in_middle = ((positions > _MIDDLE[0]) & (positions < _MIDDLE[1])).all(axis=0)
    agreement = [_correlation(*positions[:, own]) for own in (~is_finish, is_finish)]
    return Occupation(int(in_middle.sum()), float(in_middle.mean()), float(np.mean(agreement)))


def read_switch_points(
    values: NDArray[np.floating], is_finish: NDArray[np.bool_], halves: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """(G,) where genes (n, G) come half-way from one type's mean to the other's, in [0, 1], each by the other half.

    The way is measured in cells, from first to last, each weighted by one over its type's size, so that both types
    count the same: at 0.5 half of that weight has passed. A gene's curve is the monotone least-squares fit (pool
    adjacent violators) to N_BINS bins of equal weight.
    """
    points = np.empty(values.shape[1])
    positions = place_cells(values, is_finish, halves)
    for position, read in zip(positions, (~halves, halves), strict=True):
        own = values[:, read]
        start, finish = own[~is_finish].mean(axis=0), own[is_finish].mean(axis=0)
        span = finish - start
        risen = (bin_values(own, position, is_finish) - start) / np.where(span == 0, 1, span)
        points[read] = cross_half(risen)
    return points


def bin_values(
    values: NDArray[np.floating], positions: NDArray[np.float64], is_finish: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Means (N_BINS, G) of genes (n, G) in bins along positions (n,); all bins have the same weight of cells."""
    weights = np.where(is_finish, 0.5 / is_finish.sum(), 0.5 / (~is_finish).sum())
    order = np.argsort(positions, kind="stable")
    ordered = weights[order]
    bins = np.minimum((np.cumsum(ordered) - ordered / 2) * N_BINS, N_BINS - 1).astype(np.int64)
    members = np.zeros((N_BINS, len(order)))
    members[bins, np.arange(len(order))] = ordered
    totals = members.sum(axis=1, keepdims=True)
    means = (members / np.where(totals > 0, totals, 1)) @ values[order].astype(np.float64)
    # A bin is empty where the weight of a single cell exceeds it; it repeats the nearest one.
    filled = np.flatnonzero(totals[:, 0] > 0)
    return means[filled[np.abs(np.arange(N_BINS)[:, None] - filled).argmin(axis=1)]]


def fit_rising(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rising curves (M, G) that are nearest to `curves` in least squares, as pool adjacent violators finds them.

    At i it is the maximum over j ≤ i of the minimum over k ≥ i of the mean from j to k (Barlow et al. 1972).
    """
    n_steps = len(curves)
    sums = np.concatenate([np.zeros((1, curves.shape[1])), np.cumsum(curves, axis=0)])
    fitted = np.full_like(curves, -np.inf)
    for first in range(n_steps):
        lengths = np.arange(1, n_steps - first + 1)[:, None]
        means = (sums[first + 1 :] - sums[first]) / lengths  # (n_steps − first, G): from `first` to each last step
        fitted[first:] = np.maximum(fitted[first:], np.minimum.accumulate(means[::-1], axis=0)[::-1])
    return fitted


def cross_half(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """(G,) where the rising fits to curves (M, G) cross one half, between the centres of M bins of [0, 1]."""
    risen = fit_rising(curves)
    n_bins, n_genes = risen.shape
    after = np.clip((risen < 0.5).sum(axis=0), 1, n_bins - 1)
    genes = np.arange(n_genes)
    below, above = risen[after - 1, genes], risen[after, genes]
    step = above - below
    share = np.divide(0.5 - below, step, out=np.full(n_genes, 0.5), where=step > 0)
    return (after - 0.5 + np.clip(share, 0, 1)) / n_bins


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    if len(one) < 3 or one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
