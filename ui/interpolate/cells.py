"""What the Interpolate page shows of a run of cells."""

from __future__ import annotations

import streamlit as st

from clustergan_core.runs.run import Run
from ui.cells.view import CellsView
from ui.frame.choices import segmented
from ui.frame.messages import page_errors
from ui.frame.theme import choose_picture
from ui.interpolate.as_another_sample import show_as_another_sample
from ui.interpolate.as_another_type import show_cell_as_another_type
from ui.interpolate.cell_walk.page import show_cell_walk
from ui.interpolate.codes import MIXTURE_FORMULA, VIEWS, mix, mixture_dials, show_mixture_buttons
from ui.interpolate.contrast import show_contrast
from ui.interpolate.dials import LatentPlace, gene_fan, place_dials
from ui.interpolate.z_n import CELL_SOURCES, choose_source, choose_z_n, show_z_n_buttons
from ui.latent_slider.component import latent_slider

ONE_CELL, ANOTHER_SAMPLE = "One cell", "Another sample"
_CURVES = "The curves show the genes that change most along the handle that you moved last."
CELL_VIEWS = (*VIEWS, ONE_CELL)


def choose_cell_view(run: Run) -> str:
    """One of CELL_VIEWS, or ANOTHER_SAMPLE of a run on several samples; in the address as ?view=."""
    several = (ANOTHER_SAMPLE,) if run.config.n_batches > 1 else ()
    return segmented("view", (*CELL_VIEWS, *several), "View")


@st.fragment
@page_errors()
def show_cells(view: CellsView, chosen: str) -> None:
    """The chosen view. A moved slider redraws this part only, and only for its newest value."""
    if chosen == VIEWS[0]:
        show_cell_walk(view)
    elif chosen == ONE_CELL:
        show_cell_as_another_type(view)
    elif chosen == ANOTHER_SAMPLE:
        show_as_another_sample(view)
    else:
        show_cell_mixture(view)
    choose_picture()


def show_cell_mixture(view: CellsView) -> None:
    """Weights of the modes, the genes and the code of their mixture, which follow the pointer, and what it changes."""
    from clustergan_core.cells.contrasts import contrast_codes, one_hot

    prior = view.method.prior
    # An empty mode stands for nothing in the data, so a mixture begins with modes that hold cells.
    weights = place_dials(mixture_dials(prior, tuple(view.titles.largest()[:2])))
    mixture = mix(prior, weights)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source, seed = choose_source(prior, CELL_SOURCES)
        show_mixture_buttons(mixture)
        z_n = choose_z_n(prior, source, seed)
        show_z_n_buttons(prior, z_n)
    place = LatentPlace(prior, mixture.weights, z_n.normals, (*weights, *z_n.dials))
    latent_slider(
        "mixture",
        None,
        words=f"{MIXTURE_FORMULA} {_CURVES}",
        dials=place.dials,
        make_fan=lambda dial: gene_fan(view, place, dial),
    )
    largest = int(mixture.weights.argmax())
    contrast = contrast_codes(view.method, view.scale, one_hot(view.n_clusters, largest), mixture.weights, z_n.normals)
    if mixture.weights[largest] == 1:
        st.caption("This is one pure mode. Give another mode some weight to see what it changes.")
        return
    others = [mode for mode in mixture.modes if mode != largest and mixture.weights[mode] > 0]
    second = max(others, key=lambda mode: mixture.weights[mode], default=largest)
    show_contrast(view, contrast, (f"mode {largest}", "the mixture"), (largest, second), f"{view.run.name}-mixture")
