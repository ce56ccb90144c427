"""From a count matrix to clusters with one button: what is trained on, how many clusters, for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from clustergan_core.errors import AppError
from ui.forms.preset import preset_config, reset_when_base_changes
from ui.forms.scheduler import usual_scheduler
from ui.forms.settings import setting
from ui.forms.start import show_command, show_estimate, show_warnings
from ui.frame.choices import carried
from ui.frame.links import link_page, watch_run
from ui.frame.messages import show_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clustergan_core.data.dataset import Dataset
    from clustergan_core.data.options import OwnDataOptions
    from clustergan_core.runs.config import RunConfig


K_KEY = "n_clusters"
_K_BASE = "k_base"  # session state: the data and the default K that the number in the field belongs to


def cluster_cells(
    source: str,
    options: OwnDataOptions,
    dataset: Dataset,
    reading_seconds: float,
    more: Mapping[str, Any],
) -> None:
    """The card with the button, which starts a run with the default preset and shows it on the Train page.

    `more` is the query of the Train page, for people who want to choose more.
    """
    from clustergan_core.methods import METHODS, default_method

    method = default_method()
    base = preset_config(source, options, dataset, method, "default")
    _reset_k(base)
    with st.container(border=True):
        what, number, start = st.columns([0.46, 0.2, 0.34], gap="medium")
        with number:
            field = METHODS[method].Settings.model_fields[K_KEY]
            n_clusters = setting(K_KEY, field, base.n_clusters)
            explain_k(dataset, base.n_clusters)
        given = {} if n_clusters == base.n_clusters else {"settings": {K_KEY: n_clusters}}
        config = preset_config(source, options, dataset, method, "default", **given)
        with what:
            st.markdown("  \n".join(_describe(config, dataset)))
            show_warnings(config, dataset)
        with start:
            if st.button("Cluster these cells", type="primary", icon=":material/bubble_chart:", width="stretch"):
                _start_run(config)
            show_estimate(config, dataset, reading_seconds)
        with what, st.container(horizontal=True, gap="small", vertical_alignment="center"):
            link_page("Train", more, "Choose more settings")
        with start:
            show_command(config)


def _describe(config: RunConfig, dataset: Dataset) -> list[str]:
    is_shared = dataset.splits.is_shared
    lines = [
        f"**{len(dataset.samples):,} cells × {dataset.shape[0]:,} genes** are trained on"
        if is_shared
        else f"**{len(dataset.splits.train):,} of {len(dataset.samples):,} cells × {dataset.shape[0]:,} genes** "
        "are trained on, the others choose the weights and give the scores",
        f"{config.method_title}, {config.schedule.n_steps:,} steps. {config.notes[0]}",
    ]
    if dataset.labels is None:
        return [*lines, "No labels, and none are needed"]
    return [*lines, f"{dataset.n_labels} labels, only compared with the clusters, never used for training"]


def _reset_k(base: RunConfig) -> None:
    """Resets K for other data or other labels, but not for other thresholds; the Train page uses the same K."""
    belongs_to = (base.dataset.source, base.n_clusters)
    before = st.session_state.get(_K_BASE)
    chosen = st.session_state.get(K_KEY, carried(K_KEY))
    reset_when_base_changes(base)
    if before == belongs_to and chosen is not None:
        st.session_state[K_KEY] = chosen
    elif before is not None:
        st.session_state[K_KEY] = base.n_clusters
    st.session_state[_K_BASE] = belongs_to


def _start_run(config: RunConfig) -> None:
    from clustergan_core.runs.queue.backends import launch

    try:
        run = launch(config, usual_scheduler())
    except AppError as problem:
        show_problem(problem)
        return
    watch_run(run.name)


def explain_k(dataset: Dataset, n_clusters: int) -> None:
    """A popover on K; labelled cells have one cluster a label, so other suggestions are computed only on request."""
    with st.popover(f"Why K = {n_clusters}?", width="stretch"):
        if dataset.labels is not None:
            st.markdown(f"The chosen column holds {dataset.n_labels} classes.")
            if not st.toggle("Show the suggestions of Leiden and of criteria without labels", key="ask_cell_k"):
                return
        _show_suggestion(dataset)


def _show_suggestion(dataset: Dataset) -> None:
    from clustergan_core.cells.suggest_k import suggest_cell_k
    from clustergan_core.evaluation.structure import LEAST_STRUCTURE

    with st.spinner("Looking for groups…"):
        cell_k = suggest_cell_k(dataset)
    drawn = f" (on {cell_k.n_cells:,} sampled cells)" if cell_k.n_cells < len(dataset.splits.train) else ""
    st.markdown(f"**Leiden finds {cell_k.n_leiden} clusters** at resolution 1{drawn}: a good number to start from.")
    if not cell_k.has_clusters:
        st.warning(
            "**These cells show no clusters**: k-means finds hardly more structure in them than in one normal "
            f"distribution of the same spread ({cell_k.structure:.2f}; data with groups has "
            f"{LEAST_STRUCTURE:g} or more). Leiden and every criterion name a number for noise too.",
            icon=":material/grain:",
        )
    if cell_k.suggestion is not None:
        k = cell_k.suggestion.n_clusters
        suggested = "no K" if k is None else f"**{k}**"
        st.markdown(f"Criteria without labels, applied to k-means, suggest {suggested}:")
        st.markdown("\n".join(f"- {vote.reason}" for vote in cell_k.suggestion.votes))
    st.caption(
        "They prefer coarse clusters. If K is too large, merge clusters later by giving them the same name; if it "
        "is too small, recluster them. A sweep trains several K and judges them by the same criteria."
    )
    link_page("Sweep")
