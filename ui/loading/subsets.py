"""Samples that stand for many: a subset drawn with a fixed seed, so that every visit shows the same ones."""

import numpy as np
from numpy.typing import NDArray


def draw_subset(indices: NDArray[np.int64], most: int, seed: int = 0) -> NDArray[np.int64]:
    """At most `most` of the indices, drawn without replacement, ascending; all of them in order if there are fewer."""
    if len(indices) <= most:
        return indices
    return np.sort(np.random.default_rng(seed).choice(indices, most, replace=False))
