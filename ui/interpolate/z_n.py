"""Choosing z_n: drawn from a seed, or set dimension by dimension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.browser.parts import Dial
from ui.frame.choices import segmented
from ui.frame.seed import FIRST_SEED, choose_seed
from ui.interpolate.dials import place_dials

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.nn.prior import Prior

AVERAGED, DRAWN, BY_DIMENSION = "Average of 64", "Drawn", "By dimension"
SOURCES = (DRAWN, BY_DIMENSION)
CELL_SOURCES = (AVERAGED, *SOURCES)  # genes are averaged over draws, pictures are not
MAX_DIALS = 30  # dimensions beyond these stay as drawn
LIMIT = 3.0  # σ to either side


def choose_source(prior: Prior, sources: Sequence[str] = SOURCES) -> tuple[str, int]:
    """Where z_n comes from, one of `sources` (the first by default), and the seed of its draw."""
    source = segmented("zn", sources, "z_n", on_change=_set_dials_to_draw, args=(prior,))
    return source, choose_seed(on_new=lambda: _set_dials_to_draw(prior))


@dataclass(frozen=True)
class ChosenNormals:
    """z_n, and the dials of its entries where it is set dimension by dimension."""

    normals: NDArray[np.float32]  # (n_draws, n_normal), one draw unless genes are averaged
    dials: tuple[Dial, ...] = ()


def choose_z_n(prior: Prior, source: str, seed: int) -> ChosenNormals:
    """The seed's first draw; by dimension, the dials' values replace its first dimensions. Cells may be averaged."""
    from clustergan_core.generation import draw_normals

    if source == AVERAGED:
        from clustergan_core.cells.walks import many_normals

        return ChosenNormals(many_normals(prior, seed))
    normal = draw_normals(prior, seed)[0]
    if source != BY_DIMENSION:
        return ChosenNormals(normal[None])
    n_dials = min(prior.n_normal, MAX_DIALS)
    dials = place_dials([Dial(f"z{d}", f"z_n {d}", -LIMIT, LIMIT, 0.0, 0.0) for d in range(n_dials)])
    for dimension, dial in enumerate(dials):
        normal[dimension] = dial.value * prior.sigma
    return ChosenNormals(normal[None], dials)


def show_z_n_buttons(prior: Prior, chosen: ChosenNormals) -> None:
    """What the dials of z_n stand for, and a way to the middle; nothing where there are none."""
    if not (n_dials := len(chosen.dials)):
        return
    st.button("All z_n to 0", on_click=_set_dials, args=([0.0] * n_dials,), help="The middle of the prior.")
    rest = f" The first {n_dials} of {prior.n_normal} dimensions; the others stay as drawn."
    st.caption(f"z_n in units of σ = {prior.sigma:g}.{rest if prior.n_normal > n_dials else ''}", width="content")


def _set_dials_to_draw(prior: Prior) -> None:
    """Sets the dials to the seed's draw, so that the picture does not jump when the first one is moved."""
    from clustergan_core.generation import draw_normals

    if st.session_state.get("zn") == BY_DIMENSION:
        drawn = draw_normals(prior, st.session_state.get("seed", FIRST_SEED))[0] / prior.sigma
        _set_dials([float(min(LIMIT, max(-LIMIT, value))) for value in drawn.round(2)])


def _set_dials(values: list[float]) -> None:
    for dimension, value in enumerate(values[:MAX_DIALS]):
        st.session_state[f"z{dimension}"] = value
