"""What a data set holds, in sentences and figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from clustergan_core.data.dataset import UNLABELLED, Dataset
from clustergan_core.data.registry import DATASETS, is_available
from clustergan_core.data.step_sentences import describe_steps
from clustergan_core.data.uploads.server_files import shared_name
from clustergan_core.drawing.figures.counts import class_balance_figure
from ui.data.samples import show_distributions, show_samples
from ui.frame.messages import plain
from ui.frame.theme import draw_figure_once, show_themed

KIND_WORDS = {"image": "images", "table": "table", "expression": "counts"}
MAX_BARS = 20  # a longer chart scrolls, so that the rest of the page stays in sight
LONG_CHART_HEIGHT = 420


def show_size(data: Dataset) -> None:
    """Samples × features, kind and labels as four figures."""
    side = " × ".join(str(number) for number in data.shape[1:])
    channels = {1: "grey", 3: "colour"}.get(data.shape[0], f"{data.shape[0]} channels")
    is_of_cells = data.kind == "expression"
    columns = ("Genes" if is_of_cells else "Features", f"{data.shape[0]:,}")
    figures = [
        ("Cells" if is_of_cells else "Samples", f"{len(data.samples):,}"),
        (f"Image size, {channels}", side) if data.kind == "image" else columns,
        ("Kind", KIND_WORDS[data.kind]),
        ("Labels", "none" if data.n_labels is None else f"{data.n_labels}"),
    ]
    for column, (label, value) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(label, value)


def show_balance(data: Dataset) -> None:
    """How many samples each label has, or that there are none."""
    st.subheader("Class balance", anchor=False)
    if data.labels is None:
        remedy = " If a column holds known classes, choose it under Labels." if _is_own_table(data) else ""
        st.info(
            f"Needs labels, and this data has none. Training never uses labels; they are only for scores.{remedy}",
            icon=":material/label:",
        )
        return
    is_labelled = data.labels != UNLABELLED
    counts = np.bincount(data.labels[is_labelled], minlength=len(data.label_names))
    with st.container(height=LONG_CHART_HEIGHT if len(counts) > MAX_BARS else "content", border=False):
        figure = draw_figure_once(class_balance_figure, counts, data.label_names)
        show_themed(figure, "class-balance", "Number of samples of each label")
    n_without = int((~is_labelled).sum())
    if n_without:
        st.caption(f"{n_without:,} samples have no label: training uses them like all others, scores leave them out.")


def show_splits(data: Dataset) -> None:
    """Sizes of the splits, and how they were drawn."""
    st.subheader("Splits", anchor=False)
    splits = data.splits
    if splits.is_shared:
        what = "cells" if data.kind == "expression" else "samples"
        st.markdown(f"None: trained on all {len(data.samples):,} {what} and scored over all of them.")
        st.caption("There is no test split, so scores describe this data and may not hold for other data.")
        return
    sizes = {"Training": len(splits.train), "Validation": len(splits.validation), "Test": len(splits.test)}
    st.dataframe(
        pd.DataFrame(
            {
                "Split": list(sizes),
                "Samples": list(sizes.values()),
                "Share": [f"{size / len(data.samples):.0%}" for size in sizes.values()],
            }
        ),
        hide_index=True,
        column_config={"Samples": st.column_config.NumberColumn(format="localized")},
    )
    is_drawn = len(splits.test) == len(data.samples) // 10
    drawn = "All three were drawn" if is_drawn else "The test part is the publisher's own; validation was drawn"
    st.caption(
        f"{drawn} at random, without using labels, and once for all runs. Validation samples are scored during "
        "training, test samples at its end."
    )


def show_preparation(data: Dataset) -> None:
    """What was done to the samples before training, and where they come from."""
    sentences = describe_steps(data.preprocessing)
    st.subheader("Preparation", anchor=False)
    if sentences:
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))
    else:
        st.markdown("None: the values are used as they are.")
    if data.preprocessing:
        st.caption("New samples are prepared in exactly the same way when they are assigned to a run's modes.")


def show_source(source: str) -> None:
    """Licence and description of a published set; where an own file is stored."""
    if source in DATASETS:
        entry = DATASETS[source]
        st.caption(plain(f"{entry.title}. {entry.description} Licence: {entry.licence}."))
    elif shared_name(Path(source)) is not None:
        st.caption("A file on this server. It is read and never changed.")
    else:
        st.caption("Your own data. It stays on this machine until you remove it under “Your files”.")


def show_all_sources() -> None:
    """Every published set side by side."""
    with st.expander("All built-in and published sets"):
        rows = [
            {
                "Name": entry.name,
                "What": entry.description,
                "Kind": KIND_WORDS[entry.kind],
                "Samples": entry.n_samples,
                "Labels": entry.n_labels,
                "Here": "built in" if entry.is_built_in else "yes" if is_available(entry.name) else "to download",
                "Licence": entry.licence,
            }
            for entry in DATASETS.values()
        ]
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            column_config={
                "What": st.column_config.TextColumn(width="large"),
                "Samples": st.column_config.NumberColumn(format="localized"),
            },
        )


def _is_own_table(data: Dataset) -> bool:
    return data.splits.is_shared and data.kind != "image"


def show_overview(data: Dataset) -> None:
    """Two columns: samples and features, and what is known of them."""
    samples, balance = st.columns([0.6, 0.4], gap="large")
    with samples:
        show_samples(data)
        show_distributions(data)
    with balance:
        show_balance(data)
        show_splits(data)
        show_preparation(data)
