"""Map: a run's samples laid out by their latents; look at one, or draw a line around many."""

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.data.registry import DATASETS
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.maps import MapRequest, find_map
from ui.cells.names import names_of
from ui.data.download import offer_download
from ui.frame.choices import linked, one_of
from ui.loading.runs import require_abilities
from ui.map.cell_colouring import cell_colouring_names, choose_cell_colouring, follow_gene
from ui.map.colouring import colouring_names, make_colouring
from ui.map.job import show_computation
from ui.map.plot import draw_flat, draw_in_space
from ui.map.selection_markers import show_comparison
from ui.map.settings import choose_map
from ui.map.view import MapView, open_view
from ui.runs.choice import choose_run

HEIGHT = 540  # with the choices above it, all of the map fits a laptop's screen


def main() -> None:
    """Draws the page."""
    st.title("Map")
    which, colour = st.columns([3, 1], gap="medium")
    with which:
        run = choose_run()
    require_abilities(run, "encoder")
    with which if is_of_cells(run) else st.container():  # cells take what they are coloured by beside these
        request = choose_map(run)
    view = open_view(request)
    annotations = names_of(run)
    own_names = cell_colouring_names(view)
    mode, *others = colouring_names(view)
    names = [mode, *own_names, *others]
    follow_gene(names)
    with colour:
        with linked("colour", one_of(names)):
            name = st.selectbox("Colour by", names, key="colour", bind="query-params")
        is_own = name in own_names
        colouring = choose_cell_colouring(view, name, annotations) if is_own else make_colouring(view, name)
    _say_what_is_missing(request, view)
    cluster_names = [annotations.name_of(mode) for mode in range(run.config.n_clusters)] if is_of_cells(run) else []
    fitted = find_map(request, view.features)
    if fitted is None:
        show_computation(request, view, colouring, HEIGHT)
    elif request.settings.n_components == 3:
        draw_in_space(view, fitted, colouring, cluster_names)
    else:
        draw_flat(view, fitted, colouring, HEIGHT, cluster_names)
    if is_of_cells(run):
        show_comparison(run, annotations)


def _say_what_is_missing(request: MapRequest, view: MapView) -> None:
    if view.dataset is not None:
        if view.dataset.labels is None:
            has_columns = any(name not in ("mode", "confidence") for name in colouring_names(view))
            others = " Its columns are there to colour by." if has_columns else ""
            st.caption(f"Colouring by label needs labels, and this run was given none.{others}")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        others = "labels, genes, k-means and Leiden" if is_of_cells(request.run) else "labels"
        st.caption(
            f"The data is not on this machine: pictures are the generator's reconstructions, and {others} are missing."
        )
        source = request.run.config.dataset.source
        if source in DATASETS:
            with st.popover("Get the data", icon=":material/cloud_download:"):
                offer_download(source)


main()
