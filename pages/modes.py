"""Modes: what each one-hot component of the prior generates, and which samples it holds."""

import streamlit as st

from ui.guard import require_frame

require_frame(__file__)

from ui.choices import linked, one_of, whole_number
from ui.messages import page_errors
from ui.mode_detail import choose_mode, show_mode
from ui.mode_rows import describe_summary, generated_modes, show_rows, summary_of
from ui.mode_tables import show_profiles, show_table
from ui.run_choice import choose_run
from ui.shared_draw import choose_seed

MAX_COLUMNS = 24
DETAIL_SAMPLES = 24

st.title("Modes")
st.markdown(
    "A row is one mode of the generator, a column one z_n that all modes share. "
    "Training finds the modes in any order: **mode index ≠ digit**, nor any other label."
)
run = choose_run()
summary = summary_of(run)

with st.container(horizontal=True, vertical_alignment="bottom"):
    seed = choose_seed()
    with linked("columns", whole_number(1, MAX_COLUMNS)):
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

st.caption(describe_summary(summary))
show_rows(summary, generated_modes(run, n_columns, seed), summary.order(sort == "usage"), run)


@st.fragment
@page_errors()
def one_mode() -> None:
    """The chosen mode; choosing another does not draw the rows again."""
    st.subheader("One mode")
    mode = choose_mode(summary.n_clusters)
    show_mode(run, mode, summary, generated_modes(run, DETAIL_SAMPLES, seed)[mode])


one_mode()
if run.config.dataset.kind != "image":
    show_profiles(run, summary)
show_table(summary, run)
