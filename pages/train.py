"""Train: start a run, and watch one."""

import streamlit as st

from ui.guard import require_frame

require_frame(__file__)

from ui.choices import linked, one_of
from ui.live_run import live_run, training_run_names
from ui.new_run import fill_form_from, new_run
from ui.run_choice import choose_run
from ui.watching import NEW, NEXT, WATCH, choices_to_watch

VISITED = "has_seen_training"  # session state: whether this page has been drawn before


def choose_first_view() -> None:
    """A link to a run shows it; a first visit shows what is training, and else the form."""
    is_linked = "run" in st.query_params
    training = [] if is_linked or st.session_state.get(VISITED) else training_run_names()
    if training:
        st.session_state["run"] = training[0]
    if (is_linked or training) and "task" not in st.session_state and "task" not in st.query_params:
        st.session_state["task"] = WATCH
    st.session_state[VISITED] = True


if following := st.session_state.pop(NEXT, None):
    st.session_state.update(following)
else:
    choose_first_view()

st.title("Train")
with linked("task", one_of([NEW, WATCH])):
    task = st.segmented_control(
        "What to do",
        [NEW, WATCH],
        default=NEW,
        required=True,
        key="task",
        bind="query-params",
        label_visibility="collapsed",
    )

if task == NEW:
    started = new_run()
    if started is not None:
        st.session_state[NEXT] = choices_to_watch(started.name)
        st.rerun()
else:
    run = choose_run(needs_weights=False)

    def change_settings() -> None:
        st.session_state[NEXT] = {"task": NEW, **fill_form_from(run)}

    live_run(run, change_settings)
