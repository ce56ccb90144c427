"""The result of a sweep: the figure, the K suggested without labels, tables and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.drawing.figures.sweep import sweep_figure
from clustergan_core.drawing.theme import apply_theme
from ui.frame.choices import segmented
from ui.frame.messages import plain
from ui.frame.theme import PICTURES, Picture, is_dark, show_themed
from ui.sweep.figure import point_rows, run_rows

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from clustergan_core.drawing.figures.sweep import SweepDrawing
    from clustergan_core.evaluation.suggest_k import Suggestion
    from clustergan_core.runs.sweeps.report import SweepReport
    from ui.sweep.scores import ChosenScore

PICTURE_KEY = "sweep_picture"
LEAST_SEEDS = 3  # with fewer, the spread over seeds is poorly known


def show_result(report: SweepReport, score: ChosenScore) -> None:
    """Everything about the finished runs; a sentence while there is none."""
    st.subheader("Result", anchor=False)
    n_finished = sum(row.state == "finished" for row in report.rows)
    if not n_finished:
        st.caption("Shown once a run is finished.")
        return
    if n_finished < len(report.rows):
        st.caption(f"From the {n_finished} of {len(report.rows)} runs finished so far.")
    from ui.sweep.figure import make_drawing

    suggestion = report.suggest_n_clusters()
    drawing = make_drawing(report, score, suggestion)
    figure = _figure(repr(drawing), is_dark(), drawing)
    figure_container = st.container()
    picture = _show_files(report)
    with figure_container:
        show_themed(figure, report.name, f"{score.title} and label-free criteria over the values of the sweep", picture)
    notes, box = st.columns([0.5, 0.5], gap="large") if suggestion else (st.container(), None)
    with notes:
        _show_notes(report, score)
    if suggestion and box:
        with box:
            is_whole = n_finished == len(report.rows)
            _show_suggestion(suggestion, report.describe_empty_modes(), len(report.plan.seeds), is_whole=is_whole)
    st.markdown("**Mean ± standard deviation over the seeds**")
    st.dataframe(point_rows(report), hide_index=True, placeholder="–", alt="Scores and criteria at each value")
    with st.expander(f"Every run ({len(report.rows)})", icon=":material/table:"):
        st.dataframe(run_rows(report), hide_index=True, placeholder="–", alt="Scores and criteria of every run")


@st.cache_resource(max_entries=16, show_spinner=False)
def _figure(content: str, dark: bool, _drawing: SweepDrawing) -> Figure:
    """Kept over reruns, in its theme: drawing it is most of the page's time."""

    figure = sweep_figure(_drawing)
    apply_theme(figure, dark)
    return figure


def _show_suggestion(suggestion: Suggestion, empty_modes: str, n_seeds: int, *, is_whole: bool) -> None:
    with st.container(border=True):
        k, n_criteria = suggestion.n_clusters, len(suggestion.votes) + len(suggestion.undecided)
        if k is None:
            st.markdown("**No K stands out** by criteria that use no labels")
        else:
            st.markdown(f"**Suggested K = {k}**, by {suggestion.n_for} of {n_criteria} criteria that use no labels")
        reasons = [reason.reason for reason in (*suggestion.votes, *suggestion.undecided)]
        st.markdown("\n".join(f"- {plain(reason)}" for reason in reasons))
        if empty_modes:
            st.caption(empty_modes)
        if n_seeds < LEAST_SEEDS:
            st.caption(
                f"From {n_seeds} seed{'s' if n_seeds > 1 else ''}: the spread over seeds is poorly known, so small "
                f"differences may be chance. Use at least {LEAST_SEEDS} seeds."
            )
        if suggestion.is_at_end:
            st.warning(
                f"{k} is at the end of the values tried: a K beyond it may be better.",
                icon=":material/unfold_more:",
            )
        st.caption(
            "Means over the seeds, on training samples. A criterion has no vote if its two best K differ less than "
            "seeds do, or have a single value; most votes win, a tie goes to the criterion named first. "
            "This is advice, not proof." + ("" if is_whole else " It may change as more runs finish.")
        )


def _show_notes(report: SweepReport, score: ChosenScore) -> None:
    plan, notes = report.plan, []
    if score.name == "purity" and "n_clusters" in plan.axes:
        notes.append(
            "**Purity rises with the number of modes**: with a mode for every sample it would be 1. Accuracy, which "
            "matches each label with one mode, does not."
        )
    printed = [row for row in plan.paper_rows() if row.score == score.name]
    if any("best of five" in row.source for row in printed):
        notes.append("ClusterGAN's row is the best of five runs, selected with labels; ours show all runs.")
    if score.name == "cluster_accuracy":
        notes.append(
            "Cluster Accuracy names a cluster by what its mode generates, as a classifier reads it: the score that "
            "Li and Dama print. It is neither purity nor one-to-one accuracy."
        )
        if all(row.cluster_accuracy is None for row in report.rows):
            notes.append("These runs hold no Cluster Accuracy: the table's row stands alone.")
    if score.name in ("purity", "accuracy") and "n_clusters" in plan.axes and plan.label_shares:
        notes.append(
            "The grey marks are the highest purity and accuracy that K clusters allow on the test samples; "
            "a published figure may lie above them through rounding."
        )
    notes.append(
        "Labels are used only for scores. Seed agreement is the adjusted Rand index of each pair of seeds on the same "
        "training samples. The Fréchet distance here uses principal components of training samples, which need no "
        "labels; the Runs page shows another, on test samples, with features of a classifier where there is one."
    )
    if report.machine:
        notes.append(f"Trained on {plain(report.machine)}.")
    st.caption("\n".join(f"- {note}" for note in notes))


def _show_files(report: SweepReport) -> Picture:
    """The table as a file, and a choice of what the button above the figure saves."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            "Every run (CSV)",
            report.csv,
            file_name=f"{report.name}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption("The camera above the figure saves it as", width="content")
        return PICTURES[segmented(PICTURE_KEY, list(PICTURES), "Picture", label_visibility="collapsed")]
