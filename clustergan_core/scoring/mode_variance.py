"""The variance within modes, generated over real: whether a generator varies as the real samples of a mode do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clustergan_core.evaluation.diversity import variance_ratios
from clustergan_core.evaluation.nearness import fit_real_space
from clustergan_core.method import Method
from clustergan_core.scoring.generated import generate_each_mode
from clustergan_core.scoring.records import ModeVarianceRecord


class RealVariance:
    """Real samples in their own first 20 principal components, in which the variance within modes is compared."""

    def __init__(self, samples: NDArray[np.float32]) -> None:
        """`samples` (N, *shape) are what the generator imitates, in the values that it generates; N is at least 2."""
        self.space = fit_real_space(samples.reshape(len(samples), -1))

    def compare(self, method: Method, clusters: NDArray[np.int64], n_generated: int) -> ModeVarianceRecord | None:
        """The ratio for each mode (`variance_ratios`) and their median, for the clusters (N,) of the real samples.

        About `n_generated` samples are drawn over all modes, at least 20 from each, with z_n from the prior. None if
        no mode has ten real samples. Figures are rounded to three digits, which do not depend on the processor.
        """
        generated = generate_each_mode(method, n_generated)
        n_modes, n_each = generated.shape[:2]
        points = self.space.project(generated.flatten(0, 1).flatten(1).cpu().numpy()).reshape(n_modes, n_each, -1)
        ratios = variance_ratios(self.space.points, clusters, points)
        if np.isnan(ratios).all():
            return None
        return {
            "value": _three_digits(float(np.nanmedian(ratios))),
            "ratios": [None if np.isnan(ratio) else _three_digits(ratio) for ratio in ratios.tolist()],
            "n_real": len(clusters),
            "n_generated": n_each,
            "n_components": self.space.points.shape[1],
        }


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")
