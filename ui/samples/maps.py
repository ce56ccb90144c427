"""A small map of each sample on the same axes, of this run and of the cells as they were before training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.data.dataset import SampleFacts
from clustergan_core.drawing.palette import UNLABELLED_COLOUR, label_colours
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.runs.maps import MapRequest, Space, find_map
from ui.canvas_map import canvas_map
from ui.cells.view import ABSENT_DATA
from ui.frame.choices import segmented, select
from ui.frame.messages import page_errors, plain
from ui.map.colouring import Colouring
from ui.map.job import show_computation
from ui.map.settings import choose_algorithm
from ui.map.view import open_view
from ui.samples.view import SamplesView

SPACES: dict[str, Space] = {"this run": "latents", "before training": "components"}
N_MAPS = 12  # at once: each sends its colours, and more cannot be told apart by a glance
N_COLUMNS = 4
SIDE = 240  # pixels
_STARTED = "samples_map_started"  # session state: jobs that a person has asked for on this page


def show_maps(view: SamplesView) -> None:
    """The section. A map is computed on request, and the one of this run is that of the Map page."""
    st.subheader("Each sample on the map", anchor="maps")
    batches = view.batches
    if batches is None:
        st.info(f"The samples on the map need {ABSENT_DATA}", icon=":material/cloud_off:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        space = SPACES[segmented("map_of", list(SPACES), "Map of")]
        algorithm = choose_algorithm([view.run])
        shown = _choose_shown(len(batches.table))
    settings = MapSettings.model_validate({"algorithm": algorithm})
    request = MapRequest(view.run, settings, "all", space=space)
    points = open_view(request)
    codes, colours = batches.codes[points.indices], label_colours(len(batches.table))
    fitted = find_map(request, points.features)
    if fitted is not None:
        _draw_maps(fitted.coordinates, codes, batches.table, colours, shown, algorithm == "pca")
        return
    if _is_wanted(request):
        colouring = Colouring(codes, list(batches.names), colours)
        show_computation(request, points, colouring, 2 * SIDE, key="samples-job")


def _choose_shown(n_samples: int) -> range:
    """The samples that have a map of their own now: all, or a dozen."""
    if n_samples <= N_MAPS:
        return range(n_samples)
    parts = [range(first, min(first + N_MAPS, n_samples)) for first in range(0, n_samples, N_MAPS)]
    names = [f"{part.start + 1} to {part.stop} of {n_samples}" for part in parts]
    return parts[names.index(select("sample_maps", names, "Samples", width=160))]


def _is_wanted(request: MapRequest) -> bool:
    """Whether this map has been asked for, here or on the Map page; else a button that asks for it."""
    started: set[str] = st.session_state.setdefault(_STARTED, set())
    job = str(request.job_folder())
    if job in started or request.job_folder().is_dir():
        return True
    st.info("This map has not been computed yet.", icon=":material/scatter_plot:")
    if st.button("Compute it", key="samples-map-start", icon=":material/play_arrow:"):
        started.add(job)
        st.rerun()
    return False


@st.fragment
@page_errors()
def _draw_maps(
    coordinates: NDArray[np.float32],
    codes: NDArray[np.int64],
    table: Sequence[SampleFacts],
    colours: list[str],
    shown: range,
    is_linear: bool,
) -> None:
    """All samples together, then each in its colour before the others in grey."""
    centred = coordinates - (coordinates.min(axis=0) + coordinates.max(axis=0)) / 2
    reach = float(np.abs(centred).max())
    n_columns = min(N_COLUMNS, 1 + len(shown))
    panels = [None, *shown]
    for start in range(0, len(panels), n_columns):
        for column, code in zip(st.columns(n_columns, gap="small"), panels[start : start + n_columns]):
            with column:
                if code is None:
                    st.markdown("**All samples**")
                    groups, names, own = codes, [facts.name for facts in table], colours
                else:
                    st.markdown(_title(table[code], int((codes == code).sum())))
                    groups = np.where(codes == code, 0, 1).astype(np.int64)
                    names, own = [table[code].name, "other samples"], [colours[code], UNLABELLED_COLOUR]
                canvas_map(
                    centred,
                    groups,
                    key=f"samples-map-{'all' if code is None else code}",
                    group_names=names,
                    group_colours=own,
                    show_labels=False,
                    show_legend=False,
                    height=SIDE,
                    isolated=None if code is None else [0],  # what is not isolated is drawn grey, behind
                    reach=reach,
                )
    limit = "Further components are not shown." if is_linear else "Distances between clusters carry no meaning."
    st.caption(f"All maps have the same axes. A sample's cells are coloured, all others grey. {limit}")


def _title(facts: SampleFacts, n_cells: int) -> str:
    condition = f" :gray[{plain(facts.condition)}]" if facts.condition else ""
    return f"**{plain(facts.name)}** {n_cells:,} cells{condition}"
