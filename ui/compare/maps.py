"""Two maps side by side; what is selected on one is selected on the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from clustergan_core.drawing.palette import mode_colours
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.runs.run import Run
from ui.canvas_map import MapEvent, canvas_map
from ui.compare.details import show_linked_selection
from ui.compare.selection import SIDES, LinkedSelection, Side, linked_selection, run_again
from ui.compare.stability import StabilityView
from ui.frame.choices import select
from ui.frame.messages import page_errors, plain
from ui.map.colouring import Colouring, make_colouring, mode_names
from ui.map.settings import choose_algorithm
from ui.map.view import MapView, open_view

if TYPE_CHECKING:
    from clustergan_core.data.dataset import SplitName
    from clustergan_core.embedding.fitted import FittedMap
    from clustergan_core.runs.maps import MapRequest
    from ui.map.colouring import Colouring


OWN, OTHERS, LABEL, STABILITY = "own mode", "other run's mode", "label", "stability"

HEIGHT = 430
STARTED = "compare_started"  # session state: jobs a person has asked for on this page


def show_maps(
    labels: tuple[str, str], pair: tuple[Run, Run], split: SplitName, stability: StabilityView | None
) -> None:
    """The two maps with one colouring, and the selected samples."""
    from clustergan_core.runs.maps import MapRequest, find_map

    with st.container(horizontal=True, vertical_alignment="bottom"):
        settings = MapSettings.model_validate({"algorithm": choose_algorithm(pair)})
        requests = [MapRequest(run, settings, split) for run in pair]
        views = [open_view(request) for request in requests]
        names = pair_colouring_names(views, stability)
        name = select("colours", names, "Colour by", width=220)
    if any(view.dataset is None for view in views):
        st.caption(
            "The data is not on this machine: images are the generator's reconstructions, and labels are missing."
        )
    colourings = [colour_pair(view, other, name, stability) for view, other in zip(views, reversed(views), strict=True)]
    titles = [_title(own, other, name) for own, other in (labels, labels[::-1])]
    fitted = [find_map(request, view.features) for request, view in zip(requests, views, strict=True)]
    left, right = fitted
    if left is not None and right is not None:
        _show_linked_maps(titles, views, (left, right), colourings, split, stability)
    else:
        _show_maps_so_far(titles, requests, views, fitted, colourings)
    st.caption(
        "Each run has its own map: the position of a cluster says nothing about the other run."
        if settings.algorithm == "pca"
        else "Each run has its own map: distances between clusters carry no meaning, and neither do their positions."
    )


def _title(own: str, other: str, colour: str) -> str:
    by = f", coloured by the modes of {other}" if colour == OTHERS else ""
    return f"**{plain(own)}**{plain(by)}"


def _show_maps_so_far(
    titles: list[str],
    requests: list[MapRequest],
    views: list[MapView],
    fitted: list[FittedMap | None],
    colourings: list[Colouring],
) -> None:
    """Finished maps as they are, and a button to compute each of the others."""
    from ui.map.job import show_computation

    started: set[str] = st.session_state.setdefault(STARTED, set())
    sides = zip(SIDES, st.columns(2, gap="medium"), titles, requests, views, fitted, colourings, strict=True)
    for side, column, title, request, view, map_, colouring in sides:
        with column:
            st.markdown(title)
            job = str(request.job_folder())
            if map_ is not None:
                _draw_map(side, view, map_, colouring)
            elif job in started or request.job_folder().is_dir():
                show_computation(request, view, colouring, HEIGHT, key=f"compare-{side}-job")
            else:
                st.info("This map has not been computed yet.", icon=":material/scatter_plot:")
                if st.button("Compute it", key=f"compare-{side}-start", icon=":material/play_arrow:", type="primary"):
                    started.add(job)
                    st.rerun()


@st.fragment
@page_errors()
def _show_linked_maps(
    titles: list[str],
    views: list[MapView],
    fitted: tuple[FittedMap, FittedMap],
    colourings: list[Colouring],
    split: SplitName,
    stability: StabilityView | None,
) -> None:
    left, right = views
    selection = linked_selection((left.run.config.dataset.digest, split))
    selection.draw((str(left.run.folder), str(right.run.folder), fitted[0].settings.algorithm))
    sides = zip(SIDES, st.columns(2, gap="medium"), titles, views, fitted, colourings, strict=True)
    is_left_stale = False
    for side, column, title, view, map_, colouring in sides:
        with column:
            st.markdown(title)
            event = _draw_map(side, view, map_, colouring, selection)
        reported = None if event.selection is None else view.indices[event.selection]
        # The right map is drawn after the left one and shows its selection at once; the other way takes another run.
        is_left_stale |= selection.report(side, reported, view.indices) and side == "right"
        if event.clicked is not None and selection.clicked != (sample := int(view.indices[event.clicked])):
            selection.clicked = sample
            is_left_stale = True
    if is_left_stale:
        run_again()
    show_linked_selection(views, selection, stability)


def _draw_map(
    side: Side, view: MapView, fitted: FittedMap, colouring: Colouring, selection: LinkedSelection | None = None
) -> MapEvent:
    from ui.map.plot import hover_texts, sprites_of

    linked_to: dict[str, Any] = {}
    if selection is not None:
        clicked = np.flatnonzero(view.indices == selection.clicked)
        linked_to = {
            "selected": selection.rows(side, view.indices),
            "turn": selection.turns[side],
            "highlighted": int(clicked[0]) if len(clicked) else None,
        }
    return canvas_map(
        fitted.coordinates,
        colouring.groups,
        colouring.values,
        key=f"compare-{side}",
        group_names=colouring.names,
        group_colours=colouring.colours,
        values_name=colouring.values_name,
        clip_values=colouring.values_name != "stability",
        sprites=sprites_of(view),
        hover_text=hover_texts(view, len(view.indices)),
        height=HEIGHT,
        **linked_to,
    )


def pair_colouring_names(views: Sequence[MapView], stability: StabilityView | None) -> list[str]:
    """What both maps can be coloured by."""
    names = [OWN, OTHERS]
    names += [LABEL] if all(view.labels() is not None for view in views) else []
    return names + ([STABILITY] if stability is not None else [])


def colour_pair(view: MapView, other: MapView, name: str, stability: StabilityView | None) -> Colouring:
    """The colouring of one of the two maps; points that the other run does not assign are grey."""
    if name == OTHERS:
        return _by_other(view, other)
    if name == LABEL:
        return make_colouring(view, "label")
    own = make_colouring(view, "mode")
    if name == STABILITY and stability is not None:
        return Colouring(own.groups, own.names, own.colours, stability.shares(view.indices), "stability")
    return own


def _by_other(view: MapView, other: MapView) -> Colouring:
    order = np.argsort(other.indices)
    nearest = np.minimum(np.searchsorted(other.indices[order], view.indices), len(order) - 1)
    rows = order[nearest]
    groups = np.where(other.indices[rows] == view.indices, other.clusters[rows], -1)
    n_modes = other.run.config.n_clusters
    return Colouring(groups, mode_names(n_modes), mode_colours(n_modes))
