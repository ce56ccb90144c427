"""Two selections of cells, A and B, drawn on the map or made of clusters; they stay until they are cleared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.runs.run import Run
from ui.cells.names import choose_groups
from ui.frame.messages import plain
from ui.map.view import MapView

if TYPE_CHECKING:
    from clustergan_core.runs.clusters.names import ClusterGroup

Which = Literal["A", "B"]
BOTH: tuple[Which, Which] = ("A", "B")


@dataclass(frozen=True)
class CellSelection:
    """Some of a run's cells, and where they come from in words."""

    cells: NDArray[np.int64]  # positions in the data set, ascending
    origin: str


def selection_of(run: Run, which: Which) -> CellSelection | None:
    """What is kept as A or B of this run in this session."""
    return st.session_state.get(_place(run, which))


def offer_to_keep(view: MapView, rows: NDArray[np.int64]) -> None:
    """Buttons that keep the points selected on the map."""
    cells = np.sort(view.indices[rows])
    with st.container(horizontal=True):
        for which in BOTH:
            st.button(
                f"Keep as {which}",
                key=f"keep_{which}",
                icon=":material/bookmark_add:",
                help="Compare genes of two selections below the map.",
                on_click=_keep,
                args=(view.run, which, CellSelection(cells, "drawn on the map")),
            )


def choose_clusters(run: Run, which: Which, groups: tuple[ClusterGroup, ...], clusters: NDArray[np.int64]) -> None:
    """A list of clusters to select all cells of, what is kept now, and a way to clear it.

    `clusters` (N,) are those of all cells of the data set, −1 where a cell's is not known.
    """
    choose_groups(
        f"{which}: cells of clusters",
        groups,
        _list_key(which),
        on_change=partial(_keep_clusters, run, which, groups, clusters),
    )
    kept = selection_of(run, which)
    with st.container(horizontal=True, vertical_alignment="center"):
        if kept is None:
            st.caption("Nothing yet." if which == "A" else "Nothing yet, which means all other cells.")
            return
        st.markdown(f"**{which}**: {len(kept.cells):,} cells, {plain(kept.origin)}")
        st.button("Clear", key=f"clear_{which}", icon=":material/close:", on_click=_clear, args=(run, which))


def _keep_clusters(run: Run, which: Which, groups: tuple[ClusterGroup, ...], clusters: NDArray[np.int64]) -> None:
    chosen = [group for group in groups if group.clusters[0] in st.session_state[_list_key(which)]]
    if not chosen:
        _clear(run, which)
        return
    numbers = [cluster for group in chosen for cluster in group.clusters]
    cells = np.flatnonzero(np.isin(clusters, numbers))
    _store(run, which, CellSelection(cells, "of " + ", ".join(group.name for group in chosen)))


def _keep(run: Run, which: Which, selection: CellSelection) -> None:
    st.session_state[_list_key(which)] = []
    _store(run, which, selection)


def _clear(run: Run, which: Which) -> None:
    st.session_state[_list_key(which)] = []
    _store(run, which, None)


def _store(run: Run, which: Which, selection: CellSelection | None) -> None:
    st.session_state[_place(run, which)] = selection


def _place(run: Run, which: Which) -> str:
    """The session state's key of a selection."""
    return f"cells_{which}_{run.folder}"


def _list_key(which: Which) -> str:
    return f"clusters_{which}"
