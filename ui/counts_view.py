"""A count matrix on the Data page: what it is, what is left of it, and what is trained on."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from clustergan_core.errors import AppError
from ui.data_choice import chosen_for, load_source, source_text
from ui.data_samples import show_distributions, show_samples
from ui.data_summary import show_balance, show_preparation, show_size, show_source, show_splits
from ui.file_look import FileLook
from ui.messages import show_problem
from ui.own_file_options import choose_for_counts, options_in_address
from ui.preflight_panel import show_preflight


def show_counts(source: str, look: FileLook, beside: DeltaGenerator) -> None:
    """Draws the sections; `beside` takes what is chosen next to the picker."""
    path, data, choices = Path(source), source_text(source), chosen_for(source)
    show_preflight(path, data, look, choices)
    try:
        with beside:
            options = choose_for_counts(path, look, choices)
            show_source(source)
        dataset = load_source(source, options)
    except AppError as problem:
        show_problem(problem)
        return
    st.page_link(
        "pages/train.py",
        label=":primary[**Train on this**]",
        icon=":material/model_training:",
        query_params={"dataset": data, "task": "New run", **options_in_address(options)},
    )
    show_size(dataset)
    samples, balance = st.columns([0.6, 0.4], gap="large")
    with samples:
        show_samples(dataset)
        show_distributions(dataset)
    with balance:
        show_balance(dataset)
        show_splits(dataset)
        show_preparation(dataset)
