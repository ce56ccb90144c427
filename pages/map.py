"""Map: a run's samples laid out by their latents; click one, or draw a line around many."""

from dataclasses import replace

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.data.registry import DATASETS
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.maps import MapRequest, find_map
from ui.cells.view import CellsView, open_cells
from ui.data.download import offer_download
from ui.frame.choices import respell, select
from ui.frame.fresh import fresh_container
from ui.frame.links import NEW, NEXT
from ui.frame.title import show_title
from ui.loading.runs import require_abilities
from ui.map.cell_colouring import cell_colouring_names, choose_cell_colouring, colour_by_linked_gene
from ui.map.colouring import MODE, NUMBER, Colouring, colouring_names, make_colouring
from ui.map.job import show_computation
from ui.map.plot import draw_flat, draw_in_space
from ui.map.selection_markers import show_comparison
from ui.map.settings import choose_map
from ui.map.view import MapView, open_view
from ui.runs.choice import choose_run
from ui.train.form import fill_form_with_labels
from ui.train.unfinished import is_drawn_as_it_trains, show_map_as_it_trains, show_weights_so_far

HEIGHT = 540  # with the choices above it, the whole map fits a laptop's screen


def main() -> None:
    """Draws the page."""
    show_title("Map", "code", "latent vector", "confidence")
    which, colour = st.columns([3, 1], gap="medium")
    with which:
        run = choose_run(is_training_enough=True)
    require_abilities(run, "encoder")
    with which:
        is_as_it_trains = is_drawn_as_it_trains(run)
    if is_as_it_trains:
        show_map_as_it_trains(run)
        return
    with which:
        show_weights_so_far(run)
    with which if is_of_cells(run) else st.container():  # for cells, the choice of colour stands beside these
        request = choose_map(run)
    below = fresh_container("map", run.name)
    view = open_view(request)
    cells = open_cells(run) if is_of_cells(run) else None
    own_names = [] if cells is None else cell_colouring_names(view, cells)
    mode, *others = colouring_names(view)
    names = [mode, *own_names, *others]
    if cells is not None:
        respell("colour", lambda text: [NUMBER if text == MODE else text])  # as links had it before
    colour_by_linked_gene(names)
    with colour:
        name = select("colour", names, "Colour by")
        if cells is not None and name in own_names:
            colouring = choose_cell_colouring(view, cells, name)
        else:
            colouring = make_colouring(view, name)
    with below:
        _show_map(request, view, cells, colouring)


def _show_map(request: MapRequest, view: MapView, cells: CellsView | None, colouring: Colouring) -> None:
    """The map, or its computation, and what is missing; clusters of cells are shown as a person has edited them."""
    _show_what_is_missing(request, view)
    fitted = find_map(request, view.features)
    if cells is not None:
        view = replace(view, clusters=cells.edit(view.clusters, view.indices))
    if fitted is None:
        show_computation(request, view, colouring, HEIGHT)
    elif request.settings.n_components == 3:
        draw_in_space(view, fitted, colouring, [] if cells is None else cells.cluster_names)
    elif draw_flat(view, fitted, colouring, HEIGHT, cells):
        st.session_state[NEXT] = {"task": NEW, **fill_form_with_labels(request.run)}
        st.switch_page("pages/train.py", query_params={})  # an empty address, which the form then fills
    if cells is not None:
        show_comparison(cells)


def _show_what_is_missing(request: MapRequest, view: MapView) -> None:
    if view.dataset is not None:
        if view.dataset.labels is None:
            has_columns = any(name not in (MODE, NUMBER, "confidence") for name in colouring_names(view))
            others = " Colour by one of its columns instead." if has_columns else ""
            st.caption(f"Colouring by label needs labels, and this run has none.{others}")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        others = "labels, genes, k-means and Leiden" if is_of_cells(request.run) else "labels"
        st.caption(
            f"The data is not on this machine: pictures are the generator's reconstructions, and {others} are missing."
        )
        source = request.run.config.dataset.source
        if source in DATASETS:
            with st.popover("Download the data", icon=":material/cloud_download:"):
                offer_download(source)


main()
