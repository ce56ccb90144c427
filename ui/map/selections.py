"""Two selections of cells, A and B, drawn on the map or made of clusters; they are kept until they are cleared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.runs.run import Run
from ui.cells.names import choose_groups
from ui.cells.view import CellsView
from ui.frame.messages import plain
from ui.map.view import MapView

if TYPE_CHECKING:
    from clustergan_core.runs.clusters.names import ClusterGroup

Which = Literal["A", "B"]
BOTH: tuple[Which, Which] = ("A", "B")


@dataclass(frozen=True)
class CellSelection:
    """Some of a run's cells, and how they were selected, in words."""

    cells: NDArray[np.int64]  # positions in the data set, ascending
    origin: str


def find_selection(run: Run, which: Which) -> CellSelection | None:
    """Selection A or B of this run in this session."""
    return st.session_state.get(_session_key(run, which))


def show_keep_buttons(view: MapView, rows: NDArray[np.int64]) -> None:
    """Buttons that keep the points selected on the map."""
    cells = np.sort(view.indices[rows])
    with st.container(horizontal=True):
        for which in BOTH:
            st.button(
                f"Keep as {which}",
                key=f"keep_{which}",
                icon=":material/bookmark_add:",
                help="Compares genes of two selections below the map.",
                on_click=_keep_selection,
                args=(view.run, which, CellSelection(cells, "drawn on the map")),
            )


def choose_clusters(view: CellsView, which: Which, clusters: NDArray[np.int64]) -> None:
    """A list of clusters whose cells are selected, the size of the selection, and a button that clears it.

    `clusters` (N,) are those of all cells of the data set, −1 where a cell's cluster is not known.
    """
    choose_groups(
        f"{which}: cells of clusters",
        view.groups,
        _list_key(which),
        on_change=partial(_keep_clusters, view.run, which, view.groups, clusters),
    )
    selection = find_selection(view.run, which)
    with st.container(horizontal=True, vertical_alignment="center"):
        if selection is None:
            st.caption("Nothing selected." if which == "A" else "Nothing selected: A is compared with all other cells.")
            return
        st.markdown(f"**{which}**: {len(selection.cells):,} cells, {plain(selection.origin)}")
        st.button(
            "Clear", key=f"clear_{which}", icon=":material/close:", on_click=_clear_selection, args=(view.run, which)
        )


def _keep_clusters(run: Run, which: Which, groups: tuple[ClusterGroup, ...], clusters: NDArray[np.int64]) -> None:
    chosen = [group for group in groups if group.clusters[0] in st.session_state[_list_key(which)]]
    if not chosen:
        _clear_selection(run, which)
        return
    numbers = [cluster for group in chosen for cluster in group.clusters]
    cells = np.flatnonzero(np.isin(clusters, numbers))
    _store_selection(run, which, CellSelection(cells, "of " + ", ".join(group.name for group in chosen)))


def _keep_selection(run: Run, which: Which, selection: CellSelection) -> None:
    st.session_state[_list_key(which)] = []
    _store_selection(run, which, selection)


def _clear_selection(run: Run, which: Which) -> None:
    st.session_state[_list_key(which)] = []
    _store_selection(run, which, None)


def _store_selection(run: Run, which: Which, selection: CellSelection | None) -> None:
    st.session_state[_session_key(run, which)] = selection


def _session_key(run: Run, which: Which) -> str:
    """The key of a selection in the session state."""
    return f"cells_{which}_{run.folder}"


def _list_key(which: Which) -> str:
    return f"clusters_{which}"
