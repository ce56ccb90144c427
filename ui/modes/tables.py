"""The modes of a run in figures: the table of their summary, and mean profiles of tabular data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.drawing.figures.profiles import MAX_FEATURES, mode_profile_figure, rank_by_variance
from ui.frame.theme import show_figure
from ui.modes.view import ModesView

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MEAN_SAMPLES = 24
_SEED = 0  # means barely depend on it, and must not change while a person draws new z_n


def show_table(view: ModesView) -> None:
    """The text beside the rows as a table and a CSV file."""
    st.subheader("Table")
    table = view.summary.table()
    st.dataframe(
        table.assign(usage=100 * table["usage"], purity=100 * table["purity"]),
        hide_index=True,
        height="content",
        width="content",
        column_config={
            "usage": st.column_config.NumberColumn(format="%.1f%%", help="Share of the test samples in the mode."),
            "purity": st.column_config.NumberColumn(
                format="%.1f%%", help="Share of the most frequent label among the mode's labelled samples."
            ),
            "label": st.column_config.TextColumn(help="The most frequent label among the mode's samples."),
        },
        placeholder="–",
        key="mode-table",
        alt="Usage, purity, most frequent label and flags of each mode",
    )
    st.download_button(
        "CSV",
        table.to_csv(index=False).encode(),
        f"{view.run.name}-modes.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    with st.expander("What the flags mean"):
        st.markdown(
            "**Empty**: the mode holds less than 0.5% of the test samples, or none.  \n"
            "**Like mode k**: the samples that two modes generate from the same z_n are nearly the same. The distance "
            "between the two means is less than one standard deviation of the samples around them, measured along the "
            "line between the means.  \n"
            "**Purity** of a mode: the share of its most frequent label among its labelled samples."
        )


def show_profiles(view: ModesView) -> None:
    """Mean of each feature in each mode, generated and, where the data is here, real."""
    st.subheader("Mean profiles")
    generated = view.generate(_MEAN_SAMPLES, _SEED).mean(axis=1)  # (K, F)
    shown = rank_by_variance(generated, MAX_FEATURES)
    names = [view.feature_names[index] if view.feature_names else f"x{index + 1}" for index in shown.tolist()]
    profiles: dict[str, NDArray[np.floating]] = {"Generated": generated[:, shown]}
    real = view.real_means()
    if real is not None:
        profiles["Real"] = real[:, shown]
    values = np.concatenate(list(profiles.values()))
    value_range = float(np.nanmin(values)), float(np.nanmax(values))
    note = f", the {len(shown)} features that vary most among the modes" if len(shown) < generated.shape[1] else ""
    st.caption(f"Mean of each feature in each mode{note}. Both tabs share one colour scale.")
    for tab, (title, means) in zip(st.tabs(list(profiles)), profiles.items(), strict=True):
        with tab:
            figure = mode_profile_figure(means, names, value_range=value_range)
            show_figure(figure, f"profiles-{title}", f"{title} mean of each feature in each mode")
