"""Choosing a run, the same way on every page, with the choice in the address as ?run=."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from clustergan_core.errors import RunError
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.replay import frame_steps
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.store import list_runs, list_shipped
from ui.frame.choices import carried, keep_in_history
from ui.frame.messages import plain
from ui.frame.picker import pick_named

RUN_KEY = "run"  # the picker's key and the address's parameter
FIRST_LOOK = "mnist-paired-clustergan"  # the bundled model that is shown first to a person with no runs


def choose_run(*, needs_weights: bool = True, only_cells: bool = False, is_training_enough: bool = False) -> Run:
    """A picker of all runs, own runs first; without any it links to training and stops the page.

    With `is_training_enough` it also lists runs without weights that train and whose encoder has been read. With
    `only_cells` it lists runs of cells, and another run only where a link asks for it.
    """
    shipped = sorted(list_shipped(), key=lambda run: run.name != FIRST_LOOK)
    runs = {run.name: run for run in [*list_runs(), *shipped] if _is_usable(run, needs_weights, is_training_enough)}
    if only_cells:
        asked = st.query_params.get(RUN_KEY)
        linked = None if asked == carried(RUN_KEY) else asked
        runs = {name: run for name, run in runs.items() if is_of_cells(run) or name == linked}
        if not runs:
            st.info("There is no run of cells yet: upload a count matrix on the Data page.", icon=":material/dataset:")
            st.page_link("pages/data.py", label="Data", icon=":material/dataset:")
            st.stop()
    if not runs:
        st.info("There is no trained run yet: train one on the Train page.", icon=":material/model_training:")
        st.page_link("pages/train.py", label="Train a model", icon=":material/model_training:")
        st.stop()
    run = runs[pick_run(list(runs), help_text="Your own runs, then bundled models.")]
    st.caption(plain(describe_run(run)))
    return run


def pick_run(names: Sequence[str], *, help_text: str, on_change: Callable[[], None] | None = None) -> str:
    """The picker alone, whose run is always in the address: the one chosen last, else the first of `names`."""
    name = pick_named(RUN_KEY, names, label="Run", help_text=help_text, on_change=on_change)
    keep_in_history(RUN_KEY)
    return name


def describe_run(run: Run) -> str:
    """One line on a run: the title a person gave it, method, data, modes and seed."""
    config = run.config
    name = f"{run.title}: " if config.title else ""
    n_normal = config.settings.get("n_normal")
    lacks_modes = n_normal is None or "modes" in (read_scores(run) or {}).get("missing", {})
    latent = f"{config.n_clusters} {'clusters' if lacks_modes else 'modes'}"
    latent += "" if n_normal is None else f", z_n of {n_normal} dimensions"
    return f"{name}{config.method_title} on {config.dataset.name}, {latent}, seed {config.seed}"


def _is_usable(run: Run, needs_weights: bool, is_training_enough: bool) -> bool:
    """Damaged runs are listed on the Runs page and not offered elsewhere."""
    try:
        if not run.config:
            return False
        if run.has_weights() or not needs_weights:
            return True
        return is_training_enough and bool(frame_steps(run.folder)) and not run.status().is_over
    except RunError:
        return False
