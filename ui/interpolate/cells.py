"""What the page Interpolate shows of a run of cells."""

from __future__ import annotations

import streamlit as st

from clustergan_core.cells.expression import value_scale
from clustergan_core.runs.run import Run
from ui.cells.titles import mode_titles
from ui.frame.choices import linked, one_of
from ui.frame.code_bars import show_code
from ui.frame.messages import page_errors
from ui.frame.theme import choose_picture
from ui.interpolate.as_another_type import show_one_cell
from ui.interpolate.cell_walk import AVERAGED, CELL_WAYS, show_cell_walk
from ui.interpolate.codes import VIEWS, choose_mixture, formula, mixture_buttons
from ui.interpolate.contrast import show_contrast
from ui.interpolate.z_n import choose_normal, choose_way
from ui.loading.runs import load_method

ONE_CELL = "One cell"
CELL_VIEWS = (*VIEWS, ONE_CELL)


def choose_cell_view() -> str:
    """One of CELL_VIEWS, in the address as ?view=."""
    with linked("view", one_of(CELL_VIEWS)):
        view = st.segmented_control(
            "View", CELL_VIEWS, default=CELL_VIEWS[0], required=True, key="view", bind="query-params"
        )
    return view or CELL_VIEWS[0]


@st.fragment
@page_errors()
def show_cells(run: Run, view: str) -> None:
    """The view a person chose. A move of a slider draws this part only, and only for its newest value."""
    if view == VIEWS[0]:
        show_cell_walk(run)
    elif view == ONE_CELL:
        show_one_cell(run)
    else:
        show_cell_mixture(run)
    choose_picture()


def show_cell_mixture(run: Run) -> None:
    """Weights of the modes, the genes of their mixture, and what the encoder reads in it."""
    from clustergan_core.cells.contrasts import contrast_codes, one_hot
    from clustergan_core.cells.walks import many_normals
    from clustergan_core.generation import read_codes

    method = load_method(run)
    # An empty mode stands for nothing in the data, so a mixture begins with modes that hold cells.
    mixture = choose_mixture(method.prior, tuple(mode_titles(run).largest()[:2]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way, seed = choose_way(method.prior, CELL_WAYS)
        mixture_buttons(mixture)
    normals = many_normals(method.prior, seed) if way == AVERAGED else choose_normal(method.prior, way, seed)[None]
    largest = int(mixture.weights.argmax())
    scale = value_scale(run.config.dataset.preprocessing)
    pure = one_hot(run.config.n_clusters, largest)
    contrast = contrast_codes(method, scale, pure, mixture.weights, normals)
    st.markdown(f"z_c = {formula(mixture.weights)}")
    codes = read_codes(method, contrast.samples)
    if codes is not None:
        show_code(codes.mean(axis=0), height="90px")
    if mixture.weights[largest] == 1:
        st.caption("This is one pure mode: give another some weight to see what it changes.")
        return
    others = [mode for mode in mixture.modes if mode != largest and mixture.weights[mode] > 0]
    second = max(others, key=lambda mode: mixture.weights[mode], default=largest)
    show_contrast(run, contrast, (f"mode {largest}", "the mixture"), (largest, second), f"{run.name}-mixture")
