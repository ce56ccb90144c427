"""Reclustering a subset: a new run on the cells of some clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.errors import AppError
from ui.cells.names import choose_groups
from ui.cells.view import CellsView
from ui.data.choice import load_source
from ui.forms.preset import preset_config
from ui.forms.scheduler import usual_scheduler
from ui.forms.start import show_command, show_estimate
from ui.frame.links import watch_run
from ui.frame.messages import page_errors, show_problem

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.runs.config import RunConfig


@st.fragment
@page_errors()
def show_reclustering(view: CellsView, sizes: dict[str, int]) -> None:
    """A list of clusters and the button that trains on their cells; `sizes` are numbers of cells by group name."""
    st.subheader("Recluster a subset")
    st.caption("Selects genes again within the chosen clusters and trains a new model on them.")
    chosen = choose_groups("Clusters", [group for group in view.groups if sizes[group.name]], "recluster")
    if not chosen:
        return
    try:
        config, dataset = _prepare_run(view, [cluster for group in chosen for cluster in group.clusters])
    except AppError as problem:
        show_problem(problem)
        return
    with st.container(border=True):
        what, start = st.columns([0.66, 0.34], gap="medium", vertical_alignment="center")
        with what:
            st.markdown(
                f"**{len(dataset.samples):,} cells × {dataset.shape[0]:,} genes** will be trained on.  \n"
                f"{config.method_title}, {config.schedule.n_steps:,} steps. {config.notes[0]}"
            )
            show_estimate(config, dataset)
        with start:
            if st.button(
                f"Recluster {len(dataset.samples):,} cells",
                key="recluster_these",
                type="primary",
                icon=":material/filter_alt:",
                width="stretch",
            ):
                _start_run(config)
            show_command(config)


def _prepare_run(view: CellsView, clusters: Sequence[int]) -> tuple[RunConfig, Dataset]:
    """A new run on the cells of these clusters with the same method; its number of clusters is suggested again."""
    from clustergan_core.runs.clusters.subsets import keep_clusters

    config = view.run.config
    source, options = config.dataset.source, keep_clusters(view.run, clusters)
    # The number of classes among all cells does not tell how many there are among some.
    options = options.model_copy(update={"labels": None, "only": {}, "drop": {}})
    dataset = load_source(source, options)
    return preset_config(source, options, dataset, config.method, "default"), dataset


def _start_run(config: RunConfig) -> None:
    from clustergan_core.runs.queue.backends import launch

    try:
        run = launch(config, usual_scheduler())
    except AppError as problem:
        show_problem(problem)
        return
    watch_run(run.name)
