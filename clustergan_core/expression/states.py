"""What was done to a matrix's values before: nothing (raw), logarithms, normalisation, or scaling."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.expression.counts import CountState

LARGEST_LOG = 20.0  # e^20 counts of one gene in one cell do not occur


def find_state(values: NDArray[Any]) -> tuple[CountState, str]:
    """(the state, the reason in words) of a matrix's stored values; NaN and infinity are passed over."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return "raw", "no value is stored"
    smallest, largest = float(finite.min()), float(finite.max())
    if smallest < 0:
        return "scaled", f"negative values down to {smallest:.3g}"
    if np.array_equal(finite, np.rint(finite)):
        return "raw", f"whole numbers up to {largest:,.0f}"
    if largest < LARGEST_LOG:
        return "log", f"fractions, none above {largest:.3g}"
    return "normalised", f"fractions up to {largest:,.4g}"
