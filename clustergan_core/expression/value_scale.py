"""What generated values of genes mean: back to the scale of log-normalised expression, and how differences read there.

A generator works on samples that were standardised and scaled; people read expression before those two steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.preprocessing import Step
from clustergan_core.expression.preparation_steps import undo_finishing


@dataclass(frozen=True)
class ValueScale:
    """The scale on which a run's genes are shown."""

    steps: tuple[Step, ...]
    title: str  # of an axis
    log_base: float | None  # of a logarithm of 1 + expression; None where there is none, or it is not known
    has_negatives: bool  # scaled files do; expression does not

    @property
    def difference_title(self) -> str:
        """What `differences` gives, as the title of an axis."""
        return "difference" if self.log_base is None else "log2 fold change"

    def expression(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Samples (..., n_genes) on this scale.

        Where real expression has no negative values, those of generated samples become 0.
        """
        values = undo_finishing(self.steps, samples)
        return values if self.has_negatives else np.maximum(values, 0, out=values)

    def differences(self, one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.float64]:
        """How far expression `one` lies above `other`: log2 of (1 + one) over (1 + other) where that is known."""
        difference = np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)
        return difference if self.log_base is None else difference * np.log2(self.log_base)


def value_scale(steps: Sequence[Step]) -> ValueScale:
    """The scale of a run whose preprocessing `steps` are."""
    by_name = {step["step"]: step for step in steps}
    state = by_name.get("expression_values", {}).get("state", "")
    normalised, logarithm = by_name.get("normalise_totals"), by_name.get("log")
    if logarithm is None:
        title = {"scaled": "scaled expression", "log": "log expression, as in the file"}.get(state, "expression")
        return ValueScale(tuple(steps), title, None, state == "scaled")
    what = "count" if normalised is None else f"counts per {normalised['target']:,.0f}"
    if logarithm["base"] == 2:
        return ValueScale(tuple(steps), f"expression, log2(1 + {what})", 2.0, False)
    return ValueScale(tuple(steps), f"expression, ln(1 + {what})", float(np.e), False)
