"""What the Interpolate page shows of a run of cells."""

from __future__ import annotations

import streamlit as st

from ui.cells.view import CellsView
from ui.frame.choices import segmented
from ui.frame.code_bars import show_code
from ui.frame.messages import page_errors
from ui.frame.theme import choose_picture
from ui.interpolate.as_another_type import show_cell_as_another_type
from ui.interpolate.cell_walk.page import show_cell_walk
from ui.interpolate.codes import VIEWS, choose_mixture, describe_code, show_mixture_buttons
from ui.interpolate.contrast import show_contrast
from ui.interpolate.z_n import CELL_SOURCES, choose_source, choose_z_n_of_cells

ONE_CELL = "One cell"
CELL_VIEWS = (*VIEWS, ONE_CELL)


def choose_cell_view() -> str:
    """One of CELL_VIEWS, in the address as ?view=."""
    return segmented("view", CELL_VIEWS, "View")


@st.fragment
@page_errors()
def show_cells(view: CellsView, chosen: str) -> None:
    """The chosen one of CELL_VIEWS. A moved slider redraws this part only, and only for its newest value."""
    if chosen == VIEWS[0]:
        show_cell_walk(view)
    elif chosen == ONE_CELL:
        show_cell_as_another_type(view)
    else:
        show_cell_mixture(view)
    choose_picture()


def show_cell_mixture(view: CellsView) -> None:
    """Weights of the modes, the genes of their mixture, and the code that the encoder reads in it."""
    from clustergan_core.cells.contrasts import contrast_codes, one_hot
    from clustergan_core.generation import read_codes

    method = view.method
    # An empty mode stands for nothing in the data, so a mixture begins with modes that hold cells.
    mixture = choose_mixture(method.prior, tuple(view.titles.largest()[:2]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source, seed = choose_source(method.prior, CELL_SOURCES)
        show_mixture_buttons(mixture)
    normals = choose_z_n_of_cells(method.prior, source, seed)
    largest = int(mixture.weights.argmax())
    contrast = contrast_codes(method, view.scale, one_hot(view.n_clusters, largest), mixture.weights, normals)
    st.markdown(f"z_c = {describe_code(mixture.weights)}")
    codes = read_codes(method, contrast.samples)
    if codes is not None:
        show_code(codes.mean(axis=0), height="90px")
    if mixture.weights[largest] == 1:
        st.caption("This is one pure mode. Give another mode some weight to see what it changes.")
        return
    others = [mode for mode in mixture.modes if mode != largest and mixture.weights[mode] > 0]
    second = max(others, key=lambda mode: mixture.weights[mode], default=largest)
    show_contrast(view, contrast, (f"mode {largest}", "the mixture"), (largest, second), f"{view.run.name}-mixture")
