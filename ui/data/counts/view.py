"""A count matrix on the Data page: what it holds, quality control, and what is trained on."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from clustergan_core.errors import AppError
from ui.data.choice import DATASET_KEY, chosen_for, load_source
from ui.data.counts.cluster import cluster_cells
from ui.data.counts.genes import show_genes
from ui.data.counts.preflight import show_preflight
from ui.data.counts.preparation import read_form
from ui.data.counts.quality import show_quality
from ui.data.counts.samples import choose_files, show_files, show_samples
from ui.data.options import choose_for_counts, options_in_address
from ui.data.sources import source_text
from ui.data.summary import show_overview, show_source
from ui.frame.messages import show_problem
from ui.loading.files import FileLook, look_at
from ui.loading.matrices import load_matrix


def show_counts(source: str, look: FileLook, beside: DeltaGenerator) -> None:
    """Draws the sections; `beside` is the container next to the picker."""
    path, data, choices = Path(source), source_text(source), chosen_for(source)
    assert look.preflight is not None
    looks = [look]
    try:
        looks += [look_at(Path(further), orientation=choices.orientation) for further in choices.further]
    except AppError as problem:
        show_problem(problem)
        choose_files(data, choices)  # to take the file away again
        return
    if choices.further:
        show_files(source, looks, choices.further)
    else:
        show_preflight(path, data, look, choices)
    card = st.container()  # the result of everything below
    columns = choose_files(data, choices)
    try:
        with beside:
            options = choose_for_counts(path, look, choices)
            show_source(source)
        show_samples(path, data, options, choices, columns)
        form = read_form(data, choices, look.preflight.n_genes)
        is_enough = show_quality(path, options, form)
        show_genes(form, load_matrix(path, options.orientation, options.further).state)
        if not is_enough:
            return
        dataset = load_source(source, options)
        with card:
            more = {DATASET_KEY: data, "task": "New run", **options_in_address(options)}
            seconds = sum(each.preflight.seconds for each in looks if each.preflight is not None)
            cluster_cells(source, options, dataset, seconds, more)
    except AppError as problem:
        show_problem(problem)
        return
    show_overview(dataset)
