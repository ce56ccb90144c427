"""Choosing z_n: drawn from a seed, or set dimension by dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ui.frame.choices import segmented, slider
from ui.frame.seed import FIRST_SEED, choose_seed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.nn.prior import Prior

AVERAGED, DRAWN, BY_DIMENSION = "Average of 64", "Drawn", "By dimension"
SOURCES = (DRAWN, BY_DIMENSION)
CELL_SOURCES = (AVERAGED, *SOURCES)  # genes are averaged over draws, pictures are not
MAX_SLIDERS = 30  # dimensions beyond these stay as drawn
LIMIT = 3.0  # σ to either side
_N_COLUMNS = 5


def choose_source(prior: Prior, sources: Sequence[str] = SOURCES) -> tuple[str, int]:
    """Where z_n comes from, one of `sources` (the first by default), and the seed of its draw."""
    source = segmented("zn", sources, "z_n", on_change=_set_sliders_to_draw, args=(prior,))
    return source, choose_seed(on_new=lambda: _set_sliders_to_draw(prior))


def choose_z_n(prior: Prior, source: str, seed: int) -> NDArray[np.float32]:
    """z_n (n_normal,): the seed's first draw; by dimension, the sliders' values replace its first dimensions."""
    from clustergan_core.generation import draw_normals

    normal = draw_normals(prior, seed)[0]
    if source != BY_DIMENSION:
        return normal
    n_sliders = min(prior.n_normal, MAX_SLIDERS)
    with st.expander(f"z_n by dimension, in units of σ = {prior.sigma:g}", expanded=True):
        st.button("All to 0", on_click=_set_sliders, args=([0.0] * n_sliders,), help="The middle of the prior.")
        if prior.n_normal > n_sliders:
            st.caption(f"The first {n_sliders} of {prior.n_normal} dimensions; the others stay as drawn.")
        for start in range(0, n_sliders, _N_COLUMNS):
            for column, dimension in zip(st.columns(_N_COLUMNS), range(start, n_sliders), strict=False):
                with column:
                    value = slider(f"z{dimension}", f"z_n {dimension}", -LIMIT, LIMIT, 0, 0.05)
                normal[dimension] = value * prior.sigma
    return normal


def choose_z_n_of_cells(prior: Prior, source: str, seed: int) -> NDArray[np.float32]:
    """The z_n (n_draws, n_normal) that genes are averaged over: many draws, or a single z_n."""
    from clustergan_core.cells.walks import many_normals

    return many_normals(prior, seed) if source == AVERAGED else choose_z_n(prior, source, seed)[None]


def _set_sliders_to_draw(prior: Prior) -> None:
    """Sets the sliders to the seed's draw, so that the picture does not jump when the first one is moved."""
    from clustergan_core.generation import draw_normals

    if st.session_state.get("zn") == BY_DIMENSION:
        drawn = draw_normals(prior, st.session_state.get("seed", FIRST_SEED))[0] / prior.sigma
        _set_sliders([float(min(LIMIT, max(-LIMIT, value))) for value in drawn.round(2)])


def _set_sliders(values: list[float]) -> None:
    for dimension, value in enumerate(values[:MAX_SLIDERS]):
        st.session_state[f"z{dimension}"] = value
