"""Clusters that were split off by a lasso, and the way to split one."""

from __future__ import annotations

import numpy as np
import streamlit as st

from clustergan_core.runs.clusters.names import put_back
from clustergan_core.runs.clusters.splits import apply_splits, count_origins
from ui.cells.view import CellsView
from ui.frame.links import link_page
from ui.frame.messages import plain


def show_splits(view: CellsView) -> None:
    """Each cluster that was split off, where its cells come from, and a button that puts them back."""
    latents, splits = view.latents, view.annotations.splits
    assert latents is not None, "shown with clusters alone"
    for number, split in enumerate(splits):
        before = apply_splits(latents.clusters, latents.indices, splits[:number])
        origins = count_origins(before, latents.indices, np.array(split.cells))
        name_of = view.annotations.name_of
        parts = [f"{n:,} of the {size:,} cells of {name_of(cluster)}" for cluster, (n, size) in origins.items()]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                plain(f"{name_of(split.cluster)} ({split.cluster}), split off by hand: {', '.join(parts)}."),
                width="content",
            )
            if st.button(
                "Put back",
                key=f"put_back_{split.cluster}",
                icon=":material/undo:",
                help="Its cells return to the clusters they were in; its name and note are removed.",
            ):
                put_back(view.run, split.cluster)
                st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "Scores and the clusters of new cells are the model's own."
            if splits
            else "To split a cluster, draw a lasso around some of its cells on the map.",
            width="content",
        )
        link_page("Map", {"run": view.run.name, "colour": "cluster name"}, "Split a cluster on the map")
