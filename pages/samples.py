"""Samples: the samples of an experiment in a run of cells, and whether they mix."""

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.run import Run
from ui.frame.fresh import fresh_container
from ui.frame.links import link_page
from ui.frame.messages import section_errors
from ui.frame.title import show_title
from ui.loading.runs import require_abilities
from ui.runs.choice import choose_run
from ui.samples.composition import show_composition
from ui.samples.conditions import show_conditions
from ui.samples.facts import show_facts
from ui.samples.maps import show_maps
from ui.samples.markers import show_sample_markers
from ui.samples.mixing import show_mixing
from ui.samples.summary import show_summary
from ui.samples.view import open_samples

# In the order of the page; each draws its own heading and takes the view.
SECTIONS = (
    show_summary,
    show_facts,
    show_mixing,
    show_maps,
    show_composition,
    show_conditions,
    show_sample_markers,
)


def main() -> None:
    """Draws the page."""
    show_title("Samples", "cluster")
    run = choose_run(only_cells=True)
    if sentence := explain_absence(run):
        st.info(sentence, icon=":material/science:")
        link_page("Data")
        return
    require_abilities(run, "encoder")
    with fresh_container("samples", run.name):
        view = open_samples(run)
        for show in SECTIONS:
            with section_errors():
                show(view)


def explain_absence(run: Run) -> str:
    """Why a run has nothing to show here, and where to get what it needs; "" where it has."""
    if run.config.dataset.batch_counts:
        return ""
    held = "cells that are not told apart by sample" if is_of_cells(run) else "no cells"
    return (
        f"This run has {held}. To compare samples, drop several count matrices together on the Data page, or choose "
        "there the column that names the sample of each cell, and train on them."
    )


main()
