"""Random samples of a data set: images as one composed grid, tables as rows and distributions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.data.dataset import Dataset, draw_subset
from clustergan_core.drawing.pictures.images import mosaic, png, sample_grid
from clustergan_core.drawing.pictures.tabular import is_pen_stroke
from clustergan_core.drawing.theme import Theme
from ui.frame.pictures import show_picture
from ui.frame.theme import theme_name

N_COLUMNS, N_ROWS = 10, 5
MAX_LABEL_ROWS = 12  # with more labels, rows mix them
N_TABLE_ROWS, N_TABLE_COLUMNS = 10, 60
N_BINS = 16
_SEED = "samples_seed"  # session state: counts presses of "Other samples"


def show_samples(data: Dataset) -> None:
    """Draws random samples and a button for others."""
    seed = st.session_state.setdefault(_SEED, 0)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        what = "cells" if data.kind == "expression" else "samples"
        st.subheader(f"Random {what}", anchor=False, width="content")
        if st.button(f"Other {what}", key="other_samples", icon=":material/refresh:"):
            st.session_state[_SEED] = seed + 1
            st.rerun()
    if data.kind == "image" or is_pen_stroke(data.feature_names):
        picture = samples_picture(data, data.digest, seed, theme_name())
        alt = "Random samples" + (", a row for each label" if _is_by_label(data) else "")
        show_picture(picture, alt=alt)
    else:
        _show_rows(data, seed)


def show_distributions(data: Dataset) -> None:
    """A small histogram of every feature of a table."""
    if data.kind == "image":
        return
    st.subheader("Genes" if data.kind == "expression" else "Features", anchor=False)
    st.dataframe(
        _distributions(data, data.digest),
        hide_index=True,
        column_config={
            "Distribution": st.column_config.BarChartColumn(help="Samples by value, from the smallest to the largest."),
            "Smallest": st.column_config.NumberColumn(format="%.4g"),
            "Largest": st.column_config.NumberColumn(format="%.4g"),
            "Mean": st.column_config.NumberColumn(format="%.4g"),
        },
    )


def draw_indices(data: Dataset, seed: int) -> NDArray[np.int64]:
    """(rows, columns) of samples drawn without replacement where there are enough: a row for each label, or any."""
    generator = np.random.default_rng(seed)
    if _is_by_label(data):
        assert data.labels is not None
        groups = [np.flatnonzero(data.labels == label) for label in range(len(data.label_names))]
        present = [group for group in groups if len(group)]
        return np.stack([generator.choice(group, N_COLUMNS, replace=len(group) < N_COLUMNS) for group in present])
    n_shown = min(N_COLUMNS * N_ROWS, len(data.samples))
    return generator.choice(len(data.samples), n_shown, replace=False)[None]


@st.cache_data(max_entries=40, show_spinner=False)
def samples_picture(_data: Dataset, digest: str, seed: int, theme: Theme) -> bytes:
    """PNG of random samples; labels name the rows where there are few of them."""
    indices = draw_indices(_data, seed)
    samples = _data.samples[indices]
    names = _data.feature_names
    if _is_by_label(_data):
        assert _data.labels is not None
        row_labels = [_data.label_names[int(_data.labels[row[0]])] for row in indices]
        picture = sample_grid(samples, row_labels=row_labels, feature_names=names, cell=40, scale=2, theme=theme)
    else:
        picture = mosaic(samples[0], n_columns=N_COLUMNS, feature_names=names, cell=48, scale=2, theme=theme)
    return png(picture)


def _is_by_label(data: Dataset) -> bool:
    return data.labels is not None and 1 <= len(data.label_names) <= MAX_LABEL_ROWS


def _show_rows(data: Dataset, seed: int) -> None:
    """Some rows as prepared, with their ids and labels in front."""
    chosen = draw_subset(len(data.samples), N_TABLE_ROWS, seed)
    front: dict[str, list[str]] = {"Sample": [data.sample_id(int(index)) for index in chosen]}
    if data.labels is not None:
        front["Label"] = [data.label_names[label] if label >= 0 else "" for label in data.labels[chosen]]
    names = _feature_names(data)[:N_TABLE_COLUMNS]
    values = pd.DataFrame(data.samples[chosen, : len(names)].round(3), columns=pd.Index(names))
    st.dataframe(pd.concat([pd.DataFrame(front), values], axis=1), hide_index=True)
    more = data.shape[0] - len(names)
    st.caption(
        "Values as the networks receive them." + (f" {more:,} further columns are not shown." if more > 0 else "")
    )


@st.cache_data(max_entries=8, show_spinner=False)
def _distributions(_data: Dataset, digest: str) -> pd.DataFrame:
    """One row a feature: range and mean in the units of the file where the scaling is known, and a histogram."""
    names = _feature_names(_data)[:N_TABLE_COLUMNS]
    values = _data.samples[:, : len(names)].astype(np.float64)
    scale = next((step for step in _data.preprocessing if step["step"] == "scale_columns"), None)
    if scale is not None:
        low, high = (np.asarray(scale[key][: len(names)]) for key in ("minimum", "maximum"))
        values = low + values * (high - low)
    divisor = next((step["by"] for step in _data.preprocessing if step["step"] == "divide"), None)
    if divisor is not None:
        values = values * float(divisor)
    counts = [np.histogram(column, bins=N_BINS)[0].tolist() for column in values.T]
    return pd.DataFrame(
        {
            "Feature": names,
            "Distribution": counts,
            "Smallest": values.min(axis=0),
            "Mean": values.mean(axis=0),
            "Largest": values.max(axis=0),
        }
    )


def _feature_names(data: Dataset) -> list[str]:
    return list(data.feature_names) or [f"feature {number + 1}" for number in range(data.shape[0])]
