"""Taking some clusters' cells to be clustered again by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.errors import AppError
from clustergan_core.runs.run import Run
from ui.cells.loading import Groups
from ui.cells.names import choose_groups
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
def show_reclustering(run: Run, groups: Groups, sizes: dict[str, int]) -> None:
    """A list of clusters and the button that begins with their cells; `sizes` are cells by the groups' names."""
    st.subheader("Recluster these")
    st.caption(
        "A finer look: genes are chosen anew among the cells of some clusters, and a model of their own trained."
    )
    chosen = choose_groups("Clusters", [group for group in groups if sizes[group.name]], "recluster")
    if not chosen:
        return
    try:
        config, dataset = _prepare(run, [cluster for group in chosen for cluster in group.clusters])
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
                _start(config)
            show_command(config)


def _prepare(run: Run, clusters: Sequence[int]) -> tuple[RunConfig, Dataset]:
    """The coming run on the cells of these clusters, by the method of this one; how many there are is found anew."""
    from clustergan_core.runs.clusters.subsets import keep_clusters

    source, options = run.config.dataset.source, keep_clusters(run, clusters)
    # Known classes of all cells say nothing of how many lie in some.
    options = options.model_copy(update={"labels": None, "only": {}, "drop": {}})
    dataset = load_source(source, options)
    return preset_config(source, options, dataset, run.config.method, "default"), dataset


def _start(config: RunConfig) -> None:
    from clustergan_core.runs.queue.backends import launch

    try:
        run = launch(config, usual_scheduler())
    except AppError as problem:
        show_problem(problem)
        return
    watch_run(run.name)
