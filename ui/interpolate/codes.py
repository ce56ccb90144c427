"""Choosing a code between the modes: two modes and μ, or a mixture of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from clustergan_core.browser.parts import Dial
from ui.frame.choices import select
from ui.latent_slider.component import choose_place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.nn.prior import Prior

VIEWS = ("Two modes", "All modes")
MAX_DIALS = 12  # modes mixed at a time; a run with more lets a person choose
FIRST_MU = 0.5
FROM, TO = "From (μ = 0)", "To (μ = 1)"
MU_HELP = (
    "The paper's formula: z_c = μ · z_c¹ + (1 − μ) · z_c². z_c¹ is the mode on the right, `a` in the address; z_c² is "
    "the mode on the left, `b` in the address."
)
SAME_ENDS = "From and To are the same mode: choose another mode for one of them."
MIXTURE_FORMULA = "z_c = Σₖ wₖ · mode k / Σₖ wₖ: the weights are scaled to a sum of 1."
ALL_AT_ZERO = "All weights are 0, which names no mode: the mixture of all modes in equal parts is drawn."
_FIRST_WEIGHT = 0.5  # of the two modes a mixture begins with; all others begin with 0


@dataclass(frozen=True)
class Ends:
    """A walk from mode B at μ = 0 to mode A at μ = 1, and the μ that is looked at."""

    mode_a: int
    mode_b: int
    mu: float


@dataclass(frozen=True)
class Mixture:
    """The modes on offer and the scaled weights of all K modes."""

    modes: tuple[int, ...]
    weights: NDArray[np.float32]  # (K,), their sum is 1
    first: tuple[int, ...]  # the modes it begins with, in equal parts


def choose_ends(prior: Prior, row: DeltaGenerator) -> Ends:
    """Mode B at the left end of the slider and mode A at its right end, chosen in a row; the place between them."""
    modes = list(range(prior.n_clusters))
    with row:
        mode_b = select("b", modes, FROM, width=110)
        mode_a = select("a", modes, TO, default=modes[min(1, len(modes) - 1)], help_text=MU_HELP, width=110)
    return Ends(mode_a, mode_b, choose_place("mu", FIRST_MU))


def show_end_buttons() -> None:
    """Snap and Reset for a walk between two modes."""
    st.button(
        "Snap",
        on_click=_snap_mu,
        key="snap-mu",
        help="To the nearer of the two modes, a code that was sampled in training.",
    )
    st.button("Reset", on_click=_reset_mu, key="reset-mu", help="μ back to the middle.")


def mixture_dials(prior: Prior, first: tuple[int, ...] = (0, 1)) -> list[Dial]:
    """A dial for the weight of each mode on offer. The mixture begins with the modes `first`."""
    weights = {mode: _first_weight(mode, first) for mode in _choose_modes(prior.n_clusters, first)}
    return [Dial(f"w{mode}", f"Mode {mode}", 0.0, 1.0, weight, weight) for mode, weight in weights.items()]


def mix(prior: Prior, dials: Sequence[Dial]) -> Mixture:
    """The mixture that the dials hold."""
    from clustergan_core.generation import mixture_code

    weights = [0.0] * prior.n_clusters
    for dial in dials:
        weights[int(dial.name[1:])] = dial.value
    first = tuple(int(dial.name[1:]) for dial in dials if dial.first)
    return Mixture(tuple(int(dial.name[1:]) for dial in dials), mixture_code(prior, weights), first)


def show_mixture_buttons(mixture: Mixture) -> None:
    """Snap and Reset for a mixture."""
    nearest = int(mixture.weights.argmax())
    st.button(
        "Snap",
        on_click=_set_weights,
        args=({mode: float(mode == nearest) for mode in mixture.modes},),
        key="snap-weights",
        help="To the mode with the largest weight, a code that was sampled in training.",
    )
    st.button(
        "Reset",
        on_click=_set_weights,
        args=({mode: _first_weight(mode, mixture.first) for mode in mixture.modes},),
        key="reset-weights",
        help="All weights back to their start.",
    )


def describe_code(weights: NDArray[np.float32]) -> str:
    """A code as a sum of modes, the largest first: "0.63 · mode 0 + 0.37 · mode 3"."""
    order = (-weights).argsort(kind="stable")
    return " + ".join(f"{weights[mode]:.2f} · mode {mode}" for mode in order.tolist() if weights[mode] >= 0.005)


def _choose_modes(n_clusters: int, begun_with: tuple[int, ...]) -> tuple[int, ...]:
    """Which modes have a dial: all, or a chosen few where there are too many. Weights in the address are included."""
    if n_clusters <= MAX_DIALS:
        return tuple(range(n_clusters))
    linked_modes = [mode for mode in range(n_clusters) if f"w{mode}" in st.query_params]
    first = sorted({*begun_with, *linked_modes})[:MAX_DIALS]
    chosen = st.multiselect(
        f"Modes to mix (up to {MAX_DIALS} of {n_clusters})",
        range(n_clusters),
        first,
        max_selections=MAX_DIALS,
        key="mixed",
        persist_state="session",
    )
    return tuple(sorted(chosen)) or (0,)


def _first_weight(mode: int, first: tuple[int, ...]) -> float:
    return _FIRST_WEIGHT if mode in first else 0.0


def _snap_mu() -> None:
    st.session_state["mu"] = float(round(st.session_state["mu"]))


def _reset_mu() -> None:
    st.session_state["mu"] = FIRST_MU


def _set_weights(weights: dict[int, float]) -> None:
    for mode, weight in weights.items():
        st.session_state[f"w{mode}"] = weight
