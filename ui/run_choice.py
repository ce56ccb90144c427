"""Choosing a run, the same way on every page, kept in the address as ?run=."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from clustergan_core.errors import RunError, SettingsError
from clustergan_core.runs.store import Run, list_runs, list_shipped
from ui.choices import carried, linked, one_of, write_address
from ui.messages import show_problem

RUN_KEY = "run"  # the picker's key and the address's parameter
_REFUSED = "refused_run"  # session state: the sentence about a wrong run in the address, for the coming run of the page


def choose_run(*, needs_weights: bool = True) -> Run:
    """A picker of all runs, one's own first; stops the page with a way out when there is none."""
    runs = {run.name: run for run in [*list_runs(), *list_shipped()] if _is_usable(run, needs_weights)}
    if not runs:
        st.info("There is no trained run yet: train one on the Train page.", icon=":material/model_training:")
        st.page_link("pages/train.py", label="Train a model", icon=":material/model_training:")
        st.stop()
    run = runs[pick_run(list(runs), help_text="Your own runs, then shipped models.")]
    st.caption(describe(run))
    return run


def pick_run(names: Sequence[str], *, help_text: str, on_change: Callable[[], None] | None = None) -> str:
    """The picker alone, whose run always stands in the address: the one chosen last, else the first of `names`."""
    _address_a_run(names)
    with linked(RUN_KEY, one_of(names)):
        # No default of the widget's own: Streamlit leaves a default out of the address, and a link made today must not
        # show tomorrow's newest run.
        name = st.selectbox(
            "Run",
            names,
            index=None,
            required=True,
            key=RUN_KEY,
            bind="query-params",
            on_change=on_change,
            help=help_text,
        )
    return name or names[0]


def _address_a_run(names: Sequence[str]) -> None:
    """Puts the run chosen last, else the first, into an address that names none, or one there is not."""
    if refusal := st.session_state.pop(_REFUSED, None):
        show_problem(refusal)
    asked = st.query_params.get(RUN_KEY)
    if asked in names:
        return
    # A run that was chosen here and is gone, deleted, gives way without a word.
    is_refused = asked is not None and asked != str(carried(RUN_KEY))
    # What the last page's picker left in the session state does not survive this page's, so it is said anew.
    last = st.session_state.pop(RUN_KEY, None) or carried(RUN_KEY)
    name = str(last) if last in names else names[0]
    st.session_state[RUN_KEY] = name
    if write_address(RUN_KEY, name) and is_refused:
        st.session_state[_REFUSED] = _refuse(str(asked), names)
        # The picker would read the address as it was when this run began, and clear it.
        st.rerun()


def _refuse(asked: str, names: Sequence[str]) -> str:
    try:
        one_of(names)(asked)
    except SettingsError as reason:
        return f"The address asks for run={asked}, but {reason}; another is shown."
    raise AssertionError(f"{asked} is one of the runs")


def describe(run: Run) -> str:
    """One line on what the run is."""
    config = run.config
    name = f"{run.title}: " if config.title else ""
    return (
        f"{name}{config.method_title} on {config.dataset.name}, {config.n_clusters} modes, z_n of "
        f"{config.settings['n_normal']} dimensions, seed {config.seed}"
    )


def _is_usable(run: Run, needs_weights: bool) -> bool:
    """Damaged runs are told of on the Runs page; elsewhere they are not offered."""
    try:
        return bool(run.config) and (run.has_weights() or not needs_weights)
    except RunError:
        return False
