"""The z_n of a walk: drawn from a seed, or set dimension by dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ui.frame.choices import linked, number_between, one_of
from ui.frame.seed import FIRST_SEED, choose_seed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.nn.prior import Prior

DRAWN, BY_DIMENSION = "Drawn", "By dimension"
WAYS = (DRAWN, BY_DIMENSION)
MAX_SLIDERS = 30  # dimensions beyond these stay as they were drawn
LIMIT = 3.0  # σ to either side
_N_COLUMNS = 5


def choose_way(prior: Prior, ways: Sequence[str] = WAYS) -> tuple[str, int]:
    """How z_n is set, one of `ways`, the first if nothing is chosen, and the seed it is drawn from."""
    with linked("zn", one_of(ways)):
        way = st.segmented_control(
            "z_n",
            ways,
            default=ways[0],
            required=True,
            key="zn",
            bind="query-params",
            on_change=_start_from_draw,
            args=(prior,),
        )
    return way or ways[0], choose_seed(on_new=lambda: _start_from_draw(prior))


def choose_normal(prior: Prior, way: str, seed: int) -> NDArray[np.float32]:
    """z_n (n_normal,): the seed's first draw, with the sliders' values in its first dimensions if so chosen."""
    from clustergan_core.generation import draw_normals

    normal = draw_normals(prior, seed)[0]
    if way != BY_DIMENSION:
        return normal
    n_sliders = min(prior.n_normal, MAX_SLIDERS)
    with st.expander(f"z_n by dimension, in units of σ = {prior.sigma:g}", expanded=True):
        st.button("All to 0", on_click=_set_all, args=([0.0] * n_sliders,), help="The middle of the prior.")
        if prior.n_normal > n_sliders:
            st.caption(f"The first {n_sliders} of {prior.n_normal} dimensions; the others stay as drawn.")
        for start in range(0, n_sliders, _N_COLUMNS):
            for column, dimension in zip(st.columns(_N_COLUMNS), range(start, n_sliders), strict=False):
                key = f"z{dimension}"
                with column, linked(key, number_between(-LIMIT, LIMIT)):
                    value = st.slider(f"z_n {dimension}", -LIMIT, LIMIT, 0.0, 0.05, key=key, bind="query-params")
                normal[dimension] = value * prior.sigma
    return normal


def _start_from_draw(prior: Prior) -> None:
    """Sets the sliders to the seed's draw, so that the picture stays as it is when one begins to move them."""
    from clustergan_core.generation import draw_normals

    if st.session_state.get("zn") == BY_DIMENSION:
        drawn = draw_normals(prior, st.session_state.get("seed", FIRST_SEED))[0] / prior.sigma
        _set_all([float(min(LIMIT, max(-LIMIT, value))) for value in drawn.round(2)])


def _set_all(values: list[float]) -> None:
    for dimension, value in enumerate(values[:MAX_SLIDERS]):
        st.session_state[f"z{dimension}"] = value
