"""Sweep: vary a setting over several seeds, and look at what that has shown."""

import streamlit as st

from ui.guard import require_frame

require_frame(__file__)

from clustergan_core.runs.sweep import Sweep
from ui.choices import linked, one_of
from ui.messages import plain
from ui.sweep_choice import SWEEP_KEY, choose_sweep, describe, first_sweep
from ui.sweep_form import new_sweep
from ui.sweep_reading import load_report
from ui.sweep_result import show_result
from ui.sweep_scores import choose_score
from ui.sweep_watch import delete_button, watch_sweep

NEW, LOOK = "New sweep", "Look at a sweep"
VIEW_KEY = "sweep_view"
# Session state: values of widgets for the coming run of the page, and whether this page has been drawn before.
NEXT, VISITED = "next_sweep_choices", "has_seen_sweeps"


def choose_first_view() -> None:
    """A link to a sweep shows it; a first visit shows one that is at work, else one that shipped, else the form."""
    is_linked = SWEEP_KEY in st.query_params
    first = None if is_linked or st.session_state.get(VISITED) else first_sweep()
    if first is not None:
        st.session_state[SWEEP_KEY] = first
    if (is_linked or first) and VIEW_KEY not in st.session_state and VIEW_KEY not in st.query_params:
        st.session_state[VIEW_KEY] = LOOK
    st.session_state[VISITED] = True


def look() -> None:
    """One sweep: what it has shown once it is complete, and before that first what is missing."""
    chosen = choose_sweep()
    if not isinstance(chosen, Sweep):
        st.caption(f"{describe(chosen.plan)} · came with the program")
        show_result(chosen, choose_score(chosen.plan))
        show_command(chosen.plan.command())
        return
    statuses = chosen.statuses()
    is_at_work = any(not status.is_over for status in statuses.values())
    caption, button = st.columns([0.85, 0.15], vertical_alignment="center")
    caption.caption(f"{describe(chosen.plan)} · begun {chosen.plan.created:%-d %b %Y %H:%M}")
    with button, st.container(horizontal_alignment="right"):
        delete_button(chosen, is_at_work=is_at_work)
    score = choose_score(chosen.plan)
    report = load_report(chosen, statuses)
    if is_complete := all(row.state == "finished" for row in report.rows):
        show_result(report, score)
    watch_sweep(chosen, score)
    if not is_complete:
        show_result(report, score)
    show_command(chosen.plan.command())


def show_command(command: str) -> None:
    """What repeats the sweep, folded."""
    with st.expander("The command that repeats this sweep", icon=":material/terminal:"):
        st.code(command, language="shell", wrap_lines=True)
        st.caption(plain("It trains only what is missing."))


if following := st.session_state.pop(NEXT, None):
    st.session_state.update(following)
else:
    choose_first_view()

st.title("Sweep")
with linked(VIEW_KEY, one_of([NEW, LOOK])):
    view = st.segmented_control(
        "What to do",
        [NEW, LOOK],
        default=NEW,
        required=True,
        key=VIEW_KEY,
        bind="query-params",
        label_visibility="collapsed",
    )

if view == NEW:
    started = new_sweep()
    if started is not None:
        st.session_state[NEXT] = {VIEW_KEY: LOOK, SWEEP_KEY: started.name}
        st.rerun()
else:
    look()
