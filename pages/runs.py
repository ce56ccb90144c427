"""Runs page: every run and bundled model, and the details of one."""

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from ui.frame.links import link_pages
from ui.frame.messages import page_errors
from ui.frame.title import show_title
from ui.loading.summaries import RunSummary, summarise_all
from ui.runs.choice import RUN_KEY, pick_run
from ui.runs.detail import show_run
from ui.runs.table import mark_row, matches, show_run_table, take_picked

REFRESH_SECONDS = 2


def main() -> None:
    """Draws the page."""
    show_title("Runs", "accuracy", "purity", "seed")
    summaries = summarise_all()
    if not summaries:
        st.info("There is no run yet: train a model, and it will appear here.", icon=":material/model_training:")
        link_pages("Train", "Data")
        return
    filter_text = st.text_input(
        "Filter",
        key="filter",
        bind="query-params",
        placeholder="name, state, data or method",
        label_visibility="collapsed",
        icon=":material/search:",
        width=360,
    )
    shown = [summary for summary in summaries if matches(summary, filter_text or "")]
    table_container = st.container()
    names = [summary.run.name for summary in summaries]
    take_picked()
    chosen = pick_run(
        names,
        help_text="Click a row above, or choose here.",
        on_change=lambda: mark_row([summary.run.name for summary in shown], st.session_state[RUN_KEY]),
    )
    with table_container:
        _show_table(filter_text or "", chosen, summaries)
    show_run(next(summary for summary in summaries if summary.run.name == chosen))


def _show_table(filter_text: str, chosen: str, summaries: list[RunSummary]) -> None:
    """The table, updated every two seconds during training; when a run ends, the whole page is drawn again."""
    training = {summary.run.name for summary in summaries if summary.is_training}

    @st.fragment(run_every=REFRESH_SECONDS if training else None)
    @page_errors()
    def draw_table() -> None:
        now = summarise_all()
        if {summary.run.name for summary in now if summary.is_training} != training:
            st.rerun()
        shown = [summary for summary in now if matches(summary, filter_text)]
        if shown:
            show_run_table(shown, chosen)
        else:
            st.info(f"No run matches “{filter_text}”: shorten the filter.", icon=":material/search:")

    draw_table()


main()
