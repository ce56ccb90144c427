"""Modes: what each one-hot component of the prior generates, and which samples it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.runs.run import Run
from ui.frame.choices import linked, one_of, whole_number_between
from ui.frame.messages import page_errors
from ui.frame.seed import choose_seed
from ui.loading.modes import summary_of
from ui.modes.cells import show_cell_modes
from ui.modes.detail import choose_mode, show_mode
from ui.modes.rows import describe_summary, generated_modes, show_rows
from ui.modes.tables import show_profiles, show_table
from ui.runs.choice import choose_run

if TYPE_CHECKING:
    from clustergan_core.scoring.modes import ModeSummary

MAX_COLUMNS = 24
DETAIL_SAMPLES = 24


@st.fragment
@page_errors()
def one_mode(run: Run, summary: ModeSummary, seed: int) -> None:
    """The chosen mode; choosing another does not draw the rows again."""
    st.subheader("One mode")
    mode = choose_mode(summary.n_clusters)
    show_mode(run, mode, summary, generated_modes(run, DETAIL_SAMPLES, seed)[mode])


def show_modes(run: Run, summary: ModeSummary) -> None:
    """The modes as pictures, one closely, and as a table."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = choose_seed()
        with linked("columns", whole_number_between(1, MAX_COLUMNS)):
            n_columns = st.number_input("Columns", 1, MAX_COLUMNS, 10, key="columns", bind="query-params", width=130)
        with linked("sort", one_of(["number", "usage"])):
            sort = st.segmented_control(
                "Sort by",
                ["number", "usage"],
                default="number",
                required=True,
                key="sort",
                bind="query-params",
                disabled=summary.usage is None,
            )
    st.caption(describe_summary(run, summary))
    show_rows(summary, generated_modes(run, n_columns, seed), summary.order(sort == "usage"), run)
    one_mode(run, summary, seed)
    if run.config.dataset.kind != "image":
        show_profiles(run, summary)
    show_table(summary, run)


def say_order(label_names: tuple[str, ...]) -> str:
    """What the number of a mode is not, in words that fit the data."""
    if label_names == tuple("0123456789"):
        return "**mode index ≠ digit**"
    return "**mode index ≠ label**" if label_names else "**mode numbers mean nothing** by themselves"


st.title("Modes")
intro = st.empty()
run = choose_run()
if run.config.dataset.kind == "expression":
    intro.markdown(
        "A mode is what the generator makes of one code: a cell type, where training went well. Training finds the "
        "modes in any order: **mode numbers mean nothing** by themselves."
    )
    summary = summary_of(run)
    st.caption(describe_summary(run, summary))
    show_cell_modes(run, summary)
else:
    intro.markdown(
        "A row is one mode of the generator, a column one z_n that all modes share. "
        f"Training finds the modes in any order: {say_order(run.config.dataset.label_names)}."
    )
    show_modes(run, summary_of(run))
