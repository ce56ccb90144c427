"""Modes: what each one-hot component of the prior generates, and which samples it holds."""

from __future__ import annotations

from functools import partial

import streamlit as st
from pydantic.fields import FieldInfo

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.runs.cells import is_of_cells
from ui.cells.view import open_cells
from ui.frame.choices import number, segmented
from ui.frame.fresh import fresh_container
from ui.frame.messages import page_errors
from ui.frame.seed import choose_seed
from ui.frame.title import show_title
from ui.loading.runs import require_abilities
from ui.modes.cells import show_cell_modes
from ui.modes.detail import choose_mode, show_mode
from ui.modes.rows import describe_summary, show_rows
from ui.modes.tables import show_profiles, show_table
from ui.modes.view import ModesView, open_modes
from ui.runs.choice import choose_run
from ui.train.held_samples import show_held_samples
from ui.train.unfinished import follow, precedes_generator, show_weights_so_far

N_COLUMNS = FieldInfo(default=10, ge=1, le=24, title="Columns")
DETAIL_SAMPLES = 24


@st.fragment
@page_errors()
def show_one_mode(view: ModesView, seed: int) -> None:
    """The chosen mode; choosing another does not redraw the rows."""
    st.subheader("One mode")
    mode = choose_mode(view.summary.n_clusters)
    show_mode(view, mode, view.generate(DETAIL_SAMPLES, seed)[mode])


def show_modes(view: ModesView) -> None:
    """The modes as pictures, one in detail, and all as a table."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = choose_seed()
        n_columns = number("columns", N_COLUMNS, width=130)
        sort = segmented("sort", ["number", "usage"], "Sort by", disabled=view.summary.usage is None)
    st.caption(describe_summary(view))
    show_rows(view, view.generate(n_columns, seed), view.summary.order(sort == "usage"))
    show_one_mode(view, seed)
    if view.run.config.dataset.kind != "image":
        show_profiles(view)
    show_table(view)


def describe_numbers(label_names: tuple[str, ...]) -> str:
    """What a mode's number does not mean, in words that fit the data."""
    if label_names == tuple("0123456789"):
        return "**mode index ≠ digit**"
    return "**mode index ≠ label**" if label_names else "**mode numbers mean nothing** by themselves"


show_title("Modes", "mode", "noise", "generator")
intro = st.empty()
run = choose_run(is_training_enough=True)
is_before_generator = precedes_generator(run)
if not is_before_generator:
    require_abilities(run, "modes")
    show_weights_so_far(run)
if is_before_generator:
    follow(run, partial(show_held_samples, run), ends=lambda: not precedes_generator(run))
elif is_of_cells(run):
    intro.markdown(
        "A mode is what the generator makes of one code: a cell type, where training went well. Training finds the "
        "modes in any order: **mode numbers mean nothing** by themselves."
    )
    with fresh_container("modes", run.name):
        cells = open_cells(run)
        st.caption(describe_summary(cells))
        show_cell_modes(cells)
else:
    intro.markdown(
        "A row is one mode of the generator; a column is one z_n that all modes share. "
        f"Training finds the modes in any order: {describe_numbers(run.config.dataset.label_names)}."
    )
    with fresh_container("modes", run.name):
        show_modes(open_modes(run))
