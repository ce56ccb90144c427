"""The variance within modes, generated over real: whether a generator varies as the real samples of a mode do."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import DATA_SEED
from clustergan_core.evaluation.diversity import LEAST_REAL, total_variance, variance_ratios
from clustergan_core.evaluation.nearness import RealSpace, fit_real_space
from clustergan_core.method import Method
from clustergan_core.scoring.generated import generate_each_mode
from clustergan_core.scoring.records import ModeVarianceRecord


class RealVariance:
    """Real samples in their own first 20 principal components, in which the variance within modes is compared."""

    def __init__(self, samples: NDArray[np.float32]) -> None:
        """`samples` (N, *shape) are what the generator imitates, in the values that it generates; N is at least 2."""
        self.samples = samples.reshape(len(samples), -1)
        self.space = fit_real_space(self.samples)

    def compare(self, method: Method, clusters: NDArray[np.int64], n_generated: int) -> ModeVarianceRecord | None:
        """The ratio for each mode (`variance_ratios`) and their median, for the clusters (N,) of the real samples.

        About `n_generated` samples are drawn over all modes, at least 20 from each, with z_n from the prior. None if
        no mode has ten real samples. Figures are rounded to three digits, which do not depend on the processor.

        `real_halves` compares one half of the real samples with the other half in the latter's components. Components
        that are fitted to few samples of many features overstate their variance, so that this too may be far below 1.
        """
        generated = generate_each_mode(method, n_generated)
        n_modes, n_each = generated.shape[:2]
        points = self.space.project(generated.flatten(0, 1).flatten(1).cpu().numpy()).reshape(n_modes, n_each, -1)
        ratios = variance_ratios(self.space.points, clusters, points)
        if np.isnan(ratios).all():
            return None
        return {
            "value": _three_digits(float(np.nanmedian(ratios))),
            "real_halves": self._compare_halves(clusters),
            "ratios": [None if np.isnan(ratio) else _three_digits(ratio) for ratio in ratios.tolist()],
            "n_real": len(clusters),
            "n_generated": n_each,
            "n_components": self.space.points.shape[1],
        }

    def _compare_halves(self, clusters: NDArray[np.int64]) -> float | None:
        """The median ratio of one half of the real samples over the other; None without a mode of enough of both."""
        if len(self.samples) < 4:
            return None
        (first, second), space, points = self._halves
        ratios = [
            total_variance(points[of_second]) / of_real
            for mode in np.unique(clusters)
            if (of_second := clusters[second] == mode).sum() >= LEAST_REAL
            and (of_first := clusters[first] == mode).sum() >= LEAST_REAL
            and (of_real := total_variance(space.points[of_first])) > 0
        ]
        return _three_digits(float(np.median(ratios))) if ratios else None

    @cached_property
    def _halves(self) -> tuple[NDArray[np.int64], RealSpace, NDArray[np.float32]]:
        """Two disjoint halves as indices (2, N // 2), the space of the first, and the second as points in it."""
        n_half = len(self.samples) // 2
        drawn = np.random.default_rng(DATA_SEED).permutation(len(self.samples))
        halves = drawn[: 2 * n_half].reshape(2, n_half)
        space = fit_real_space(self.samples[halves[0]])
        return halves, space, space.project(self.samples[halves[1]])


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")
