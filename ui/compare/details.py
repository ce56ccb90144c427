"""Below two linked maps: the selected samples, and the sample that was clicked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.data.dataset import draw_subset
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.images import mosaic
from ui.compare.selection import LinkedSelection, run_again
from ui.compare.stability import StabilityView
from ui.frame.messages import plain
from ui.frame.pictures import draw_once, show_picture
from ui.frame.theme import theme_name
from ui.map.view import MapView

N_SHOWN = 32  # samples of a selection that are drawn


def show_linked_selection(views: list[MapView], selection: LinkedSelection, stability: StabilityView | None) -> None:
    """The selected samples, and which modes they have in both runs."""
    if selection.clicked is not None:
        _show_clicked(views, selection, stability)
    left, right = views
    samples = selection.samples
    if samples is None or not len(samples):
        st.caption(
            "Draw a lasso or a box on either map to see the same samples on the other. Click a point to see one sample."
        )
        return
    rows = [np.flatnonzero(np.isin(view.indices, samples)) for view in views]
    is_on_both = len(rows[0]) == len(rows[1]) == len(samples)
    where = "" if is_on_both else f", {len(rows[0]):,} of them on the left map, {len(rows[1]):,} on the right"
    st.markdown(f"**{len(samples):,} samples selected**{where}")
    pictures, counts = st.columns(2, gap="medium")
    with pictures:
        _show_pictures(left, rows[0])
    with counts:
        table = _count_pairs(left, right, samples)
        st.dataframe(table, hide_index=True, alt="Modes of the selected samples in both runs")
        if stability is not None:
            st.caption(f"Mean stability {np.nanmean(stability.shares(samples)):.2f}.")


def _show_clicked(views: list[MapView], selection: LinkedSelection, stability: StabilityView | None) -> None:
    left, right = views
    rows = [np.flatnonzero(view.indices == selection.clicked) for view in views]
    if not (len(rows[0]) and len(rows[1])):
        return
    modes = f"mode {left.clusters[rows[0][0]]} on the left, mode {right.clusters[rows[1][0]]} on the right"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Sample {plain(left.sample_id(int(rows[0][0])))}**: {modes}")
        if stability is not None:
            share = float(stability.shares(left.indices[rows[0]])[0])
            st.caption("" if np.isnan(share) else f"stability {share:.2f}")
        if st.button("Close sample", key="compare-close", icon=":material/close:"):
            selection.clicked = None
            run_again()


def _show_pictures(view: MapView, rows: NDArray[np.int64]) -> None:

    shown = draw_subset(rows, N_SHOWN, seed=0)
    if not len(shown):
        return
    colours = mode_colours(view.run.config.n_clusters)
    picture = draw_once(
        mosaic,
        view.pictures(shown),
        n_columns=8,
        colours=[colours[mode] for mode in view.clusters[shown]],
        feature_names=view.feature_names,
        cell=40,
        scale=2,
        theme=theme_name(),
    )
    show_picture(picture, width=420)
    what = "samples" if view.dataset is not None else "reconstructions, as the data is not on this machine"
    st.caption(f"{len(shown)} of the {what}; bars show the left run's mode.")


def _count_pairs(left: MapView, right: MapView, samples: NDArray[np.int64]) -> pd.DataFrame:
    """How many of the samples have which pair of modes, the most frequent first."""
    modes = [pd.Series(view.clusters, index=view.indices).reindex(np.sort(samples)) for view in (left, right)]
    pairs = pd.DataFrame({"left mode": modes[0], "right mode": modes[1]}).dropna().astype(int)
    return pairs.value_counts().rename("samples").reset_index()
