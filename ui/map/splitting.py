"""Splitting off the cells of a selection as a cluster of their own, and undoing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.runs.clusters.names import put_back, split_off
from clustergan_core.runs.clusters.splits import count_origins
from ui.cells.view import CellsView
from ui.frame.dialogs import ask_text
from ui.frame.messages import plain
from ui.map.view import MapView

if TYPE_CHECKING:
    from clustergan_core.runs.run import Run

NAME = "cluster name"  # the colouring that shows clusters as a person has edited them
_LAST = "last_split"  # session state: the run's folder and the number of the cluster that was split off last


def show_split_button(view: MapView, cells: CellsView, rows: NDArray[np.int64]) -> None:
    """A button that asks for a name and splits off the cells of these points; the last split can be undone."""
    chosen = np.sort(view.indices[rows])
    if st.button("Split off as a new cluster", key="split_off", icon=":material/call_split:", width="stretch"):
        ask_text(
            "Split off as a new cluster",
            "Name of the new cluster",
            value="",
            placeholder="such as Naive B cells",
            note=plain(describe_split(cells, chosen, len(view.indices))),
            change=lambda name: _split_off(view.run, chosen, name),
        )


def show_last_split(cells: CellsView) -> None:
    """What was split off last on this page, with a button that undoes it."""
    folder, cluster = st.session_state.get(_LAST, ("", -1))
    split = next((split for split in cells.annotations.splits if split.cluster == cluster), None)
    if folder != str(cells.run.folder) or split is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        name = cells.annotations.name_of(cluster)
        st.caption(f":material/check: Split off {len(split.cells):,} cells as {plain(name)}.")
        if st.button("Undo", key="undo_split", icon=":material/undo:"):
            put_back(cells.run, cluster)
            st.rerun()


def describe_split(cells: CellsView, chosen: NDArray[np.int64], n_shown: int) -> str:
    """What splitting off these cells of the data set would change; the map shows `n_shown`."""
    latents = cells.latents
    assert latents is not None, "cells are selected on a map of latents"
    clusters = cells.edit(latents.clusters, latents.indices)
    origins = count_origins(clusters, latents.indices, chosen)
    name_of = cells.annotations.name_of
    parts = [f"{n:,} of the {size:,} in {name_of(cluster)}" for cluster, (n, size) in origins.items()]
    emptied = [name_of(cluster) for cluster, (n, size) in origins.items() if n == size]
    leave = "1 cell leaves its cluster" if len(chosen) == 1 else f"{len(chosen):,} cells leave their clusters"
    sentences = [f"{leave}: {', '.join(parts)}."]
    if emptied:
        sentences.append(f"No cell is left in {', '.join(emptied)}.")
    if n_hidden := len(latents.indices) - n_shown:
        sentences.append(f"{n_hidden:,} cells that this map does not show stay where they are.")
    sentences.append("The model, its scores and the clusters of new cells stay as they are.")
    return " ".join(sentences)


def _split_off(run: Run, cells: NDArray[np.int64], name: str) -> None:
    st.session_state[_LAST] = str(run.folder), split_off(run, cells, name)
    st.session_state["colour"] = NAME
