"""One score of all runs over their training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from clustergan_core.drawing.figures.overlaid_curves import RunCurve, overlaid_curves_figure
from clustergan_core.drawing.theme import apply_theme
from clustergan_core.runs.comparison.groups import Comparison
from clustergan_core.runs.run import Run
from ui.compare.sections import section
from ui.frame.choices import segmented, select
from ui.frame.messages import page_errors, plain, section_errors
from ui.frame.theme import show_themed, theme_name
from ui.loading.metrics import MetricsHistory, load_history
from ui.train.scores import TITLES

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SCORES = {
    **TITLES,
    "criterion": "Label-free criterion",
    "silhouette": "Silhouette",
    "usage_entropy": "Usage entropy",
    "mode_variance": "Variance within a mode",
    "coverage": "Coverage",
    "frechet": "Fréchet distance",
}
POSITIONS = {"steps": "step", "seconds": "seconds"}
REFRESH_SECONDS = 5

Curve = tuple[str, int, tuple[float, ...], tuple[float | None, ...]]


def watch_curves(comparison: Comparison) -> None:
    """The curves, updated while a run is active; when one ends, the whole page is drawn again."""
    at_work = _at_work(comparison)

    @st.fragment(run_every=REFRESH_SECONDS if at_work else None)
    @page_errors()
    def draw_curves() -> None:
        with section_errors():
            if _at_work(comparison) != at_work:
                st.rerun()
            show_curves(comparison, len(at_work))

    draw_curves()


def _at_work(comparison: Comparison) -> set[str]:
    return {run.name for run in comparison.runs if not run.status().is_over}


def show_curves(comparison: Comparison, n_at_work: int) -> None:
    """The chosen score over steps or seconds, the runs of a group in one colour."""
    section("Curves")
    histories = {run.name: load_history(run) for run in comparison.runs}
    evaluated = [run for run in comparison.runs if histories[run.name].evaluations]
    if not evaluated:
        st.caption(
            "None of these runs has been evaluated yet; their curves will appear here."
            if n_at_work
            else "None of these runs has saved evaluations, so there are no curves."
        )
        return
    names = {
        title: name
        for name, title in SCORES.items()
        if any(value is not None for run in evaluated for value in _values(histories[run.name], name))
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = select("curve", list(names), "Score", width=220)
        over = segmented("over", list(POSITIONS), "Over")
    curves: list[Curve] = []
    for run in evaluated:
        history, values = histories[run.name], _values(histories[run.name], names[title])
        if any(value is not None for value in values):
            positions = history.evaluation_steps() if over == "steps" else history.evaluation_seconds()
            curves.append((comparison.label(run), comparison.group_of(run), tuple(positions), tuple(values)))
    groups = tuple(group.title for group in comparison.groups)
    figure = _figure(tuple(curves), groups, title, POSITIONS[over], theme_name())
    show_themed(figure, "compared-curves", f"{title} of each run over the {over} of its training")
    without = [run for run in comparison.runs if comparison.label(run) not in {label for label, *_ in curves}]
    st.caption(_describe(comparison, without, names[title], over))
    if n_at_work:
        st.caption(f"Runs still active: {n_at_work}. Updated every {REFRESH_SECONDS} seconds.")
    table = pd.concat(
        [pd.DataFrame({"run": label, over: positions, title: values}) for label, _, positions, values in curves]
    )
    st.download_button(
        "CSV",
        table.to_csv(index=False).encode(),
        "compared-curves.csv",
        "text/csv",
        key="curves-csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _values(history: MetricsHistory, name: str) -> list[float | None]:
    """A score over the evaluations; for a record, its value."""
    return [value["value"] if isinstance(value, dict) else value for value in history.scores(name)]


def _describe(comparison: Comparison, without: list[Run], name: str, over: str) -> str:
    where = "on training samples, without labels" if name in ("criterion", "mode_variance") else "on validation samples"
    sentences = [f"Scored {where} at every evaluation."]
    if over == "steps" and len({run.config.method for run in comparison.runs}) > 1:
        sentences.append(
            "Steps cost different amounts of work in each method: compare seconds instead, if one machine trained all."
        )
    if name == "frechet":
        measured = {
            (run.config.dataset.name, distance["features"], distance["n"])
            for run in comparison.runs
            for distance in load_history(run).scores(name)
            if isinstance(distance, dict)
        }
        sentences.append(
            "Lower is better. These differ in data, features or number of samples, so they cannot be compared."
            if len(measured) > 1
            else "Lower is better; it depends on the features and on the number of samples."
        )
    if without:
        names = ", ".join(plain(comparison.label(run)) for run in without)
        sentences.append(f"No curve for {names}: this score was not saved during training.")
    return " ".join(sentences)


@st.cache_resource(max_entries=40, show_spinner=False)
def _figure(curves: tuple[Curve, ...], groups: tuple[str, ...], title: str, x: str, theme: str) -> Figure:

    figure = overlaid_curves_figure([RunCurve(*curve) for curve in curves], groups, title, x)
    return apply_theme(figure, theme == "dark")
