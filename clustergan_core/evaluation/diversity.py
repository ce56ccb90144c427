"""How much generated samples vary: against the real samples of their mode, and over the real samples as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAST_REAL = 10  # with fewer real samples than this, a mode has no variance to compare with
N_NEAREST = 5  # k of density and coverage, as in the source's experiments
_COMPARED_BATCH = 512  # samples whose distances to all real ones are held at once


class Coverage(NamedTuple):
    """Density and coverage of generated samples; both are near 1 for samples of the same distribution."""

    density: float
    coverage: float


def variance_ratios(
    real: NDArray[np.floating], clusters: NDArray[np.int64], generated: NDArray[np.floating]
) -> NDArray[np.float64]:
    """The variance within each mode, generated over real: (K,), 0 where a generator repeats one sample.

    `real` (N, D) and `generated` (K, M, D) are coordinates in the same space, `clusters` (N,) the modes that the real
    samples are assigned to. A variance is the total one: the sum of the unbiased variances of all D coordinates. NaN
    for a mode with fewer than 10 real samples, or with real samples that are all alike.
    """
    ratios = np.full(len(generated), np.nan)
    for mode, samples in enumerate(generated):
        own = real[clusters == mode]
        if len(own) >= LEAST_REAL and (of_real := total_variance(own)) > 0:
            ratios[mode] = total_variance(samples) / of_real
    return ratios


def total_variance(points: NDArray[np.floating]) -> float:
    """The sum of the unbiased variances of the coordinates of points (N, D)."""
    return float(points.astype(np.float64).var(axis=0, ddof=1).sum())


def density_and_coverage(
    real: NDArray[np.floating], generated: NDArray[np.floating], n_nearest: int = N_NEAREST
) -> Coverage:
    """Density and coverage of generated samples (M, D) against real ones (N, D) (arXiv 2002.09797, eq. 5 and 6).

    The ball of a real sample reaches to its k-th nearest other real sample (Euclidean, k = `n_nearest`, less where
    there are fewer). *Density* is the mean number of balls that a generated sample lies in, over k; it may exceed 1.
    *Coverage* is the share of balls that hold a generated sample. Both depend on n and k: for samples of the real
    distribution the expected coverage is about 1 − 2⁻ᵏ where n is the same (eq. 11).
    """
    centre = real.mean(axis=0, dtype=np.float64)  # rounding grows with the distance to the origin
    reference, others = real - centre, generated - centre
    k = min(n_nearest, len(reference) - 1)
    assert k >= 1 and len(others), "density and coverage need two real samples and a generated one"
    # A sample is its own nearest, so that the k-th other one comes at position k from 0.
    radii = np.concatenate([np.partition(part, k, axis=1)[:, k] for part in _squares(reference, reference)])
    n_within, is_covered = 0, np.zeros(len(reference), dtype=np.bool_)
    for squares in _squares(others, reference):
        is_within = squares < radii
        n_within += int(is_within.sum())
        is_covered |= is_within.any(axis=0)
    return Coverage(n_within / (k * len(others)), float(is_covered.mean()))


def _squares(points: NDArray[np.float64], reference: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Squared distances of points (M, D) to all of `reference` (N, D), in parts (B, N)."""
    lengths = np.square(reference).sum(axis=1)
    for start in range(0, len(points), _COMPARED_BATCH):
        part = points[start : start + _COMPARED_BATCH]
        yield np.square(part).sum(axis=1)[:, None] + lengths - 2 * part @ reference.T
