"""Choosing a run, the same way on every page, kept in the address as ?run=."""

from __future__ import annotations

import streamlit as st

from clustergan_core.errors import RunError
from clustergan_core.runs.store import Run, list_runs, list_shipped
from ui.choices import linked, one_of


def choose_run(*, needs_weights: bool = True) -> Run:
    """A picker of all runs, one's own first; stops the page with a way out when there is none."""
    runs = {run.name: run for run in [*list_runs(), *list_shipped()] if _is_usable(run, needs_weights)}
    if not runs:
        st.info("There is no trained run yet: train one on the Train page.", icon=":material/model_training:")
        st.page_link("pages/train.py", label="Train a model", icon=":material/model_training:")
        st.stop()
    if "run" not in st.query_params and "run" not in st.session_state:
        # A widget leaves its default out of the address; a link made today must not show tomorrow's newest run.
        st.query_params["run"] = next(iter(runs))
    with linked("run", one_of(list(runs))):
        name = st.selectbox(
            "Run", list(runs), key="run", bind="query-params", help="Your own runs, then shipped models."
        )
    run = runs[name]
    st.caption(describe(run))
    return run


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
