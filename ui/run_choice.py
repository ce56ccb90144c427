"""Choosing a run, the same way on every page, kept in the address as ?run=."""

from __future__ import annotations

import streamlit as st

from clustergan_core.errors import RunError, SettingsError
from clustergan_core.runs.store import Run, list_runs, list_shipped
from ui.choices import carried, linked, one_of
from ui.messages import show_problem

RUN_KEY = "run"  # the picker's key and the address's parameter


def choose_run(*, needs_weights: bool = True) -> Run:
    """A picker of all runs, one's own first; stops the page with a way out when there is none."""
    runs = {run.name: run for run in [*list_runs(), *list_shipped()] if _is_usable(run, needs_weights)}
    if not runs:
        st.info("There is no trained run yet: train one on the Train page.", icon=":material/model_training:")
        st.page_link("pages/train.py", label="Train a model", icon=":material/model_training:")
        st.stop()
    _address_a_run(list(runs))
    with linked(RUN_KEY, one_of(list(runs))):
        # No default of the widget's own: Streamlit leaves a default out of the address, and a link made today must not
        # show tomorrow's newest run.
        name = st.selectbox(
            "Run",
            list(runs),
            index=None,
            required=True,
            key=RUN_KEY,
            bind="query-params",
            help="Your own runs, then shipped models.",
        )
    run = runs[name or next(iter(runs))]
    st.caption(describe(run))
    return run


def _address_a_run(names: list[str]) -> None:
    """Puts the run chosen last, else the first, into an address that names none, or one there is not."""
    asked = st.query_params.get(RUN_KEY)
    if asked in names:
        return
    if asked is not None:
        try:
            one_of(names)(asked)
        except SettingsError as refusal:
            show_problem(SettingsError(f"The address asks for run={asked}, but {refusal}; another is shown."))
    # What the last page's picker left in the session state does not survive this page's, so it is said anew.
    last = st.session_state.pop(RUN_KEY, None) or carried(RUN_KEY)
    name = str(last) if last in names else names[0]
    st.query_params[RUN_KEY] = name
    st.session_state[RUN_KEY] = name


def describe(run: Run) -> str:
    """One line on what the run is."""
    config = run.config
    name = f"{run.title}: " if config.title else ""
    return (
        f"{name}{config.method} on {config.dataset.name}, {config.n_clusters} modes, z_n of "
        f"{config.settings['n_normal']} dimensions, seed {config.seed}"
    )


def _is_usable(run: Run, needs_weights: bool) -> bool:
    """Damaged runs are told of on the Runs page; elsewhere they are not offered."""
    try:
        return bool(run.config) and (run.has_weights() or not needs_weights)
    except RunError:
        return False
