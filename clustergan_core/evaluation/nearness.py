"""How far samples lie from real ones, in principal components of the real ones.

Single cells scatter about their type in every gene. Where all genes count, two real cells are therefore further apart
than a smooth, made-up profile is from either, and a place between two types passes for closer to the data than the data
itself. The first components hold the types and little of the scatter (docs/decisions.md, 2026-11-26).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

N_COMPONENTS = 20
N_NEAREST = 5  # the distance to the fifth does not hang on one odd sample
LIMIT = 0.95  # the share of real samples that lie nearer to others than what counts as far from the data
MAX_FITTED = 20_000  # samples that the components are found from; others are projected
MAX_REFERENCE = 5_000  # samples whose distances to all others tell what is usual
_SEED = 0


@dataclass(frozen=True)
class RealSpace:
    """Real samples in their own principal components."""

    mean: NDArray[np.float32]  # (F,)
    axes: NDArray[np.float32]  # (D, F)
    points: NDArray[np.float32]  # (N, D)

    def project(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Samples (M, F) as points (M, D)."""
        # The mean is taken off afterwards: a centred copy of a large data set would not fit beside it.
        return (samples @ self.axes.T - self.mean @ self.axes.T).astype(np.float32)

    def nearest(self, points: NDArray[np.float32], n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The `n` real samples nearest to each of points (M, D), nearest first: numbers and distances (M, n)."""
        squares, found = self._index.search(np.ascontiguousarray(points, np.float32), min(n, len(self.points)))
        return found.astype(np.int64), np.sqrt(np.maximum(squares, 0), dtype=np.float64)

    def distances(self, points: NDArray[np.float32]) -> NDArray[np.float64]:
        """Distance of points (M, D), none of them a real sample's own, to the fifth nearest real sample."""
        return self.nearest(points, N_NEAREST)[1][:, -1]

    def distances_among(self, samples: NDArray[np.int64]) -> NDArray[np.float64]:
        """Distance of real samples, by their numbers, to their fifth nearest other one."""
        # Each finds itself, or a twin as near as that, first.
        return self.nearest(self.points[samples], N_NEAREST + 1)[1][:, -1]

    @property
    def median(self) -> float:
        """What is usual among real samples."""
        return float(np.median(self._usual))

    @property
    def limit(self) -> float:
        """The distance that 95% of real samples keep to their like."""
        return float(np.quantile(self._usual, LIMIT))

    @cached_property
    def _usual(self) -> NDArray[np.float64]:
        return self.distances_among(_draw(len(self.points), MAX_REFERENCE))

    @cached_property
    def _index(self) -> Any:
        import faiss

        index = faiss.IndexFlatL2(self.points.shape[1])
        index.add(self.points)
        return index


def fit_real_space(samples: NDArray[np.float32]) -> RealSpace:
    """The space of real samples (N, F), N at least 2; what is drawn of many is drawn by a fixed seed."""
    from sklearn.decomposition import PCA

    drawn = _draw(len(samples), MAX_FITTED)
    n_components = min(N_COMPONENTS, len(drawn), samples.shape[1])
    pca = PCA(n_components, svd_solver="randomized", random_state=_SEED).fit(samples[drawn])
    mean, axes = pca.mean_.astype(np.float32), pca.components_.astype(np.float32)
    return RealSpace(mean, axes, np.ascontiguousarray(samples @ axes.T - mean @ axes.T))


def _draw(n_samples: int, n_drawn: int) -> NDArray[np.int64]:
    if n_samples <= n_drawn:
        return np.arange(n_samples)
    return np.sort(np.random.default_rng(_SEED).choice(n_samples, n_drawn, replace=False))
