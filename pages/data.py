"""Data page: choose or bring a data set, and see what it holds."""

import streamlit as st

from ui.guard import require_frame

require_frame(__file__)

from pathlib import Path

from clustergan_core.data import DATASETS, Dataset
from ui.data_choice import DATASET_KEY, choose_dataset
from ui.data_samples import show_distributions, show_samples
from ui.data_summary import (
    show_all_sources,
    show_balance,
    show_preparation,
    show_size,
    show_source,
    show_splits,
)
from ui.file_look import look_at
from ui.own_file_options import describe_look, options_in_address
from ui.uploads_panel import list_own_files, upload_form


def main() -> None:
    """Draws the page."""
    st.title("Data")
    left, right = st.columns(2, gap="large")
    with right:  # first, as an upload changes what the picker shows
        upload_form()
        list_own_files()
    with left:
        chosen = choose_dataset()
        text = st.session_state.get(DATASET_KEY, "")
        if chosen is not None:
            source, options, _ = chosen
            show_source(source)
            if source not in DATASETS:
                st.caption(describe_look(look_at(Path(source))))
            # A link and not a button: parameters that stand for widgets cannot be set while those are on the page.
            st.page_link(
                "pages/train.py",
                label=":primary[**Train on this**]",
                icon=":material/model_training:",
                query_params={"dataset": text, "task": "New run", **options_in_address(options)},
            )
    if chosen is not None:
        _show(chosen[2])
    show_all_sources()


def _show(data: Dataset) -> None:
    st.space("small")
    show_size(data)
    samples, balance = st.columns([0.6, 0.4], gap="large")
    with samples:
        show_samples(data)
        show_distributions(data)
    with balance:
        show_balance(data)
        show_splits(data)
        show_preparation(data)


main()
