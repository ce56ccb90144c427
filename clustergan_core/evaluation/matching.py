"""Clusters of one clustering matched one to one with those of another, by the share of samples they have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNMATCHED = -1


@dataclass(frozen=True)
class Matching:
    """For each of K clusters the one of the other clustering that it is matched with."""

    partners: NDArray[np.int64]  # (K,) UNMATCHED for clusters without a counterpart
    overlaps: NDArray[np.float64]  # (K,) Jaccard indices: samples in both over samples in either; 0 without a partner


def match_clusters(reference: NDArray[np.int64], other: NDArray[np.int64], n_reference: int, n_other: int) -> Matching:
    """Matches clusters (N,) so that the sum of Jaccard indices is highest (Hungarian method).

    Samples with a negative cluster in either clustering are left out.
    """
    from scipy.optimize import linear_sum_assignment

    both = (reference >= 0) & (other >= 0)
    counts = np.zeros((n_reference, n_other))
    np.add.at(counts, (reference[both], other[both]), 1)
    either = counts.sum(axis=1, keepdims=True) + counts.sum(axis=0, keepdims=True) - counts
    jaccard = np.divide(counts, either, out=np.zeros_like(counts), where=either > 0)
    partners, overlaps = np.full(n_reference, UNMATCHED), np.zeros(n_reference)
    for row, column in zip(*linear_sum_assignment(jaccard, maximize=True), strict=True):
        if jaccard[row, column] > 0:
            partners[row], overlaps[row] = column, jaccard[row, column]
    return Matching(partners, overlaps)
