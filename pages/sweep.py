"""Sweep: vary a setting over several seeds, and see the results."""

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.runs.sweeps.sweep import Sweep
from ui.frame.choices import carried, linked, one_of, write_address
from ui.frame.messages import show_shell
from ui.frame.title import show_title
from ui.sweep.choice import SWEEP_KEY, choose_sweep, describe_plan, first_sweep
from ui.sweep.form import new_sweep
from ui.sweep.reading import load_report
from ui.sweep.result import show_result
from ui.sweep.scores import choose_score
from ui.sweep.watch import delete_button, watch_sweep

NEW, LOOK = "New sweep", "Look at a sweep"
VIEW_KEY = "sweep_view"
NEXT = "next_sweep_choices"  # session state: values of widgets for the coming run of the page


def choose_first_view() -> None:
    """A link shows its sweep or the form it fills in; a first visit shows an active sweep, else a bundled one."""
    is_linked = SWEEP_KEY in st.query_params
    if VIEW_KEY in st.session_state or VIEW_KEY in st.query_params or (carried(VIEW_KEY) and not is_linked):
        return
    view = LOOK if is_linked else NEW
    if not st.query_params and (first := first_sweep()):
        st.session_state[SWEEP_KEY], view = first, LOOK
    st.session_state[VIEW_KEY] = view
    write_address(VIEW_KEY, view)


def show_sweep() -> None:
    """One sweep: its result first once it is complete, before that the runs first."""
    chosen = choose_sweep()
    if not isinstance(chosen, Sweep):
        st.caption(f"{describe_plan(chosen.plan)} · bundled")
        show_result(chosen, choose_score(chosen.plan))
        show_command(chosen.plan.command())
        return
    statuses = chosen.statuses()
    is_at_work = any(not status.is_over for status in statuses.values())
    caption, button = st.columns([0.85, 0.15], vertical_alignment="center")
    caption.caption(f"{describe_plan(chosen.plan)} · started {chosen.plan.created:%-d %b %Y %H:%M}")
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
    """The command that repeats the sweep, folded."""
    with st.expander("The command that repeats this sweep", icon=":material/terminal:"):
        show_shell(command, "It trains only the missing runs.")


if following := st.session_state.pop(NEXT, None):
    st.session_state.update(following)
else:
    choose_first_view()

show_title("Sweep", "seed", "number of modes")
with linked(VIEW_KEY, one_of([NEW, LOOK])):
    # Streamlit leaves a default out of the address, so there is none: a link to the form must show the form.
    view = st.segmented_control(
        "What to do",
        [NEW, LOOK],
        required=True,
        key=VIEW_KEY,
        bind="query-params",
        label_visibility="collapsed",
    )

if view != LOOK:
    started = new_sweep()
    if started is not None:
        st.session_state[NEXT] = {VIEW_KEY: LOOK, SWEEP_KEY: started.name}
        st.rerun()
else:
    show_sweep()
