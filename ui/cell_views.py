"""What the page Interpolate shows of a run of cells."""

from __future__ import annotations

import streamlit as st

from clustergan_core.runs.run import Run
from ui.cell_mixture import show_cell_mixture
from ui.cell_walk import show_cell_walk
from ui.choices import linked, one_of
from ui.messages import page_errors
from ui.one_cell import show_one_cell
from ui.theme import choose_picture
from ui.walk_code import VIEWS

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
