"""Distances of samples to real ones, in principal components of the real ones.

Single cells scatter around their type in every gene. Over all genes, two real cells are therefore further apart than a
smooth, generated profile is from either, and a point between two types seems closer to the data than the data itself.
The first components hold the types and little of the scatter (docs/decisions.md, 2026-11-26).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import draw_subset

N_COMPONENTS = 20
N_NEAREST = 5  # the distance to the fifth does not depend on one odd sample
LIMIT = 0.95  # the share of real samples that are closer to others than the limit
MAX_FITTED = 20_000  # samples that the components are fitted on; others are projected
MAX_REFERENCE = 5_000  # samples whose distances to all others define the usual distance
_SEED = 0


@dataclass(frozen=True)
class RealSpace:
    """Real samples in their own principal components."""

    mean: NDArray[np.float32]  # (F,)
    axes: NDArray[np.float32]  # (D, F)
    points: NDArray[np.float32]  # (N, D)

    def project(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Samples (M, F) as points (M, D)."""
        # The mean is subtracted afterwards: a centred copy of a large data set would not fit beside it.
        return (samples @ self.axes.T - self.mean @ self.axes.T).astype(np.float32)

    def nearest(self, points: NDArray[np.float32], n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The `n` real samples nearest to each of points (M, D), nearest first: indices and distances (M, n)."""
        squares, indices = self._index.search(np.ascontiguousarray(points, np.float32), min(n, len(self.points)))
        return indices.astype(np.int64), np.sqrt(np.maximum(squares, 0), dtype=np.float64)

    def distances(self, points: NDArray[np.float32]) -> NDArray[np.float64]:
        """The distance of points (M, D) that are not real samples to their fifth nearest real sample."""
        return self.nearest(points, N_NEAREST)[1][:, -1]

    def distances_among(self, samples: NDArray[np.int64]) -> NDArray[np.float64]:
        """The distance of real samples, given by index, to their fifth nearest other one."""
        # Each finds itself, or an equal sample, first.
        return self.nearest(self.points[samples], N_NEAREST + 1)[1][:, -1]

    @property
    def median(self) -> float:
        """The usual distance among real samples."""
        return float(np.median(self._usual))

    @property
    def limit(self) -> float:
        """The distance below which 95% of real samples are."""
        return float(np.quantile(self._usual, LIMIT))

    @cached_property
    def _usual(self) -> NDArray[np.float64]:
        return self.distances_among(draw_subset(len(self.points), MAX_REFERENCE, _SEED))

    @cached_property
    def _index(self) -> Any:
        import faiss

        index = faiss.IndexFlatL2(self.points.shape[1])
        index.add(self.points)
        return index


def far_stretches(mus: NDArray[np.floating], distance: NDArray[np.floating], limit: float) -> list[tuple[float, float]]:
    """The stretches of μ (M,), as (first step, last step), whose distance (M,) is beyond the limit."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], distance > limit, [0]]).astype(int)))
    return [(float(mus[first]), float(mus[after - 1])) for first, after in edges.reshape(-1, 2).tolist()]


def fit_real_space(samples: NDArray[np.float32], most: int = N_COMPONENTS) -> RealSpace:
    """The space of real samples (N, F), N at least 2, with at most `most` components.

    Subsets of many samples are drawn with a fixed seed.
    """
    from sklearn.decomposition import PCA

    drawn = draw_subset(len(samples), MAX_FITTED, _SEED)
    n_components = min(most, len(drawn), samples.shape[1])
    pca = PCA(n_components, svd_solver="randomized", random_state=_SEED).fit(samples[drawn])
    mean, axes = pca.mean_.astype(np.float32), pca.components_.astype(np.float32)
    return RealSpace(mean, axes, np.ascontiguousarray(samples @ axes.T - mean @ axes.T))
