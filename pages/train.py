"""Train: start a run, and watch one."""

from typing import Any

import streamlit as st

from ui.frame.guard import require_frame

require_frame(__file__)

from ui.frame.choices import carried, segmented, write_address
from ui.frame.links import NEW, NEXT, WATCH, choices_to_watch
from ui.frame.title import show_title
from ui.runs.choice import RUN_KEY, choose_run
from ui.train.form import fill_form_from, new_run
from ui.train.live import show_live_run, training_run_names

VISITED = "has_seen_training"  # session state: whether this page has been drawn before


def first_choices() -> dict[str, Any]:
    """A link to a run shows that run; a first visit shows what is training, else the form."""
    # The previous page leaves its run in the address, which is no request here.
    is_linked = st.query_params.get(RUN_KEY) not in (None, carried(RUN_KEY))
    training = [] if is_linked or st.session_state.get(VISITED) else training_run_names()
    st.session_state[VISITED] = True
    choices = {RUN_KEY: training[0]} if training else {}
    if (is_linked or training) and "task" not in st.session_state and "task" not in st.query_params:
        choices["task"] = WATCH
    return choices


def set_choices(choices: dict[str, Any]) -> None:
    """Sets the widgets below, even where the address still holds the run of another page."""
    if st.query_params.get(RUN_KEY) not in (None, choices.get(RUN_KEY)) and RUN_KEY in choices:
        write_address(RUN_KEY, choices[RUN_KEY])
        st.session_state[NEXT] = choices
        st.rerun()  # the picker reads the address as it was when this run began
    st.session_state.update(choices)


set_choices(st.session_state.pop(NEXT, None) or first_choices())

show_title("Train", "training step", "loss", "critic")
task = segmented("task", [NEW, WATCH], "What to do", label_visibility="collapsed")

if task == NEW:
    started = new_run()
    if started is not None:
        st.session_state[NEXT] = choices_to_watch(started.name)
        st.rerun()
else:
    run = choose_run(needs_weights=False)

    def change_settings() -> None:
        st.session_state[NEXT] = {"task": NEW, **fill_form_from(run)}

    show_live_run(run, change_settings)
