"""A map while it is computed: its frames, its progress, and a button that stops it."""

from __future__ import annotations

import streamlit as st

from clustergan_core.errors import RunError
from clustergan_core.runs.maps import MapProgress, MapRequest, MapWorker, cancel_map, find_map, read_progress
from ui.canvas_map import canvas_map
from ui.frame.messages import page_errors, show_problem
from ui.map.colouring import Colouring
from ui.map.view import MapView

POLL_SECONDS = 0.7


@st.cache_resource
def _worker() -> MapWorker:
    """One worker for the whole server, so that it stays warm."""
    return MapWorker()


def show_computation(request: MapRequest, view: MapView, colouring: Colouring, height: int, key: str = "map") -> None:
    """Starts the map unless it is running, shows its frames, and reruns the page when it is finished.

    A page that shows two computations gives each its own `key`.
    """
    job = str(request.job_folder())
    if st.session_state.get("stopped_map") == job:
        st.info("This map was stopped before it was finished.", icon=":material/stop_circle:")
        if st.button("Compute it", key=f"{key}-compute", icon=":material/play_arrow:", type="primary"):
            del st.session_state["stopped_map"]
            st.rerun()
        return
    progress = read_progress(request)
    if progress.state == "failed":
        show_problem(RunError(progress.message))
        if st.button("Try again", key=f"{key}-again", icon=":material/refresh:"):
            _worker().submit(request)
            st.rerun()
        return
    if progress.state in ("absent", "waiting"):
        _worker().submit(request)
    _watch_computation(request, view, colouring, height, key)


@st.fragment(run_every=POLL_SECONDS)
@page_errors()
def _watch_computation(request: MapRequest, view: MapView, colouring: Colouring, height: int, key: str) -> None:
    progress = read_progress(request)
    if progress.state == "failed" or find_map(request, view.features) is not None:
        st.rerun()
    if progress.state in ("absent", "waiting"):
        # The worker that had it has ended, alone or with its server: another takes the job.
        _worker().submit(request)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(progress.frame.fraction if progress.frame else 0.0, text=_describe_progress(progress, request))
        if st.button("Stop", key=f"{key}-stop", icon=":material/stop:", help="Discards what has been computed so far."):
            cancel_map(request)
            st.session_state["stopped_map"] = str(request.job_folder())
            st.rerun()
    frame = progress.frame
    if frame is not None and frame.coordinates.shape[1] == 2 and len(frame.coordinates) == len(view.clusters):
        canvas_map(
            frame.coordinates,
            colouring.groups,
            colouring.values,
            key=key,
            group_names=colouring.names,
            group_colours=colouring.colours,
            values_name=colouring.values_name,
            is_zero_grey=colouring.is_zero_grey,
            height=height,
        )


def _describe_progress(progress: MapProgress, request: MapRequest) -> str:
    if progress.message:
        return progress.message
    if request.settings.algorithm == "umap":
        return "Starting. The first UMAP after a server start takes half a minute longer, because it is compiled first."
    return "Starting."
