"""Map: a run's samples laid out by their latents; look at one, or draw a line around many."""

import streamlit as st

from ui.guard import require_frame

require_frame(__file__)

from clustergan_core.data import DATASETS
from clustergan_core.runs.maps import MapRequest, find_map
from ui.choices import linked, one_of
from ui.download import offer_download
from ui.map_colouring import colouring_names, make_colouring
from ui.map_job import show_computation
from ui.map_plot import draw_flat, draw_in_space
from ui.map_settings import choose_map
from ui.map_view import MapView, open_view
from ui.run_choice import choose_run

HEIGHT = 540  # with the choices above it, all of the map fits a laptop's screen


def main() -> None:
    """Draws the page."""
    st.title("Map")
    which, colour = st.columns([3, 1], gap="medium")
    with which:
        run = choose_run()
    request = choose_map(run)
    view = open_view(request)
    names = colouring_names(view)
    with colour, linked("colour", one_of(names)):
        name = st.selectbox("Colour by", names, key="colour", bind="query-params")
    _say_what_is_missing(request, view)
    colouring = make_colouring(view, name)
    fitted = find_map(request, view.features)
    if fitted is None:
        show_computation(request, view, colouring, HEIGHT)
    elif request.settings.n_components == 3:
        draw_in_space(view, fitted, colouring)
    else:
        draw_flat(view, fitted, colouring, HEIGHT)


def _say_what_is_missing(request: MapRequest, view: MapView) -> None:
    if view.dataset is not None:
        if view.dataset.labels is None:
            st.caption("Colouring by label needs labels, and the data has none.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "The data is not on this machine: pictures are the generator's reconstructions, and labels are missing."
        )
        source = request.run.config.dataset.source
        if source in DATASETS:
            with st.popover("Get the data", icon=":material/cloud_download:"):
                offer_download(source)


main()
