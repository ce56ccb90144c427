"""A count matrix on the Data page: what it is, what is left of it, and what is trained on."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from clustergan_core.errors import AppError
from ui.cluster_cells import cluster_cells
from ui.data_choice import DATASET_KEY, chosen_for, load_source, source_text
from ui.data_overview import show_overview
from ui.data_summary import show_source
from ui.file_look import FileLook
from ui.gene_panel import show_genes
from ui.loaded_matrix import load_matrix
from ui.messages import show_problem
from ui.own_file_options import choose_for_counts, options_in_address
from ui.preflight_panel import show_preflight
from ui.preparation_form import read_form
from ui.quality_panel import show_quality


def show_counts(source: str, look: FileLook, beside: DeltaGenerator) -> None:
    """Draws the sections; `beside` takes what is chosen next to the picker."""
    path, data, choices = Path(source), source_text(source), chosen_for(source)
    assert look.preflight is not None
    show_preflight(path, data, look, choices)
    card = st.container()  # of what all below comes to
    try:
        with beside:
            options = choose_for_counts(path, look, choices)
            show_source(source)
        form = read_form(data, choices, look.preflight.n_genes)
        is_enough = show_quality(path, options, form)
        show_genes(form, load_matrix(path, options.orientation).state)
        if not is_enough:
            return
        dataset = load_source(source, options)
        with card:
            more = {DATASET_KEY: data, "task": "New run", **options_in_address(options)}
            cluster_cells(source, options, dataset, look.preflight.seconds, more)
    except AppError as problem:
        show_problem(problem)
        return
    show_overview(dataset)
