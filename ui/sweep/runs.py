"""The runs of a sweep as a grid, and the actions on one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.drawing.figures.sweep_grid import MOST_WORDY_COLUMNS, RunCell, sweep_grid_figure
from clustergan_core.runs.status import Status
from clustergan_core.runs.sweeps.plan import Point, describe_value, value_title
from clustergan_core.runs.sweeps.sweep import Sweep
from ui.forms.scheduler import usual_scheduler
from ui.frame.links import VIEWS, link_page
from ui.frame.requests import show_badge, show_requests
from ui.frame.theme import show_figure
from ui.loading.summaries import STATE_WORDS
from ui.sweep.reading import load_curve, load_report

if TYPE_CHECKING:
    from clustergan_core.drawing.figures.sweep_grid import RunCell
    from clustergan_core.runs.run import Run
    from ui.sweep.scores import ChosenScore

ONE_KEY = "sweep_run"
MOST_COMPARED = 12  # the Compare page takes no more


def show_runs(sweep: Sweep, statuses: Mapping[Point, Status], score: ChosenScore) -> None:
    """The grid, and below it one chosen run."""

    if score.needs_labels:
        st.caption(
            f"{score.title} on validation samples during training, from 0 to 1; the number of a finished run is "
            "its score on the test split."
        )
    else:
        st.caption(f"{score.title} during training, from 0 to 1.")
    figure_container = st.container()
    chosen = _choose_run(sweep, statuses)
    rows = list(dict.fromkeys(point.values for point in sweep.points))
    seeds = list(sweep.plan.seeds)
    report = load_report(sweep, statuses)
    final = {(row.values, row.seed): row.figure(score.name) for row in report.rows}
    cells = {}
    for point in sweep.points:
        values = tuple(value for _, value in point.values)
        cell = _cell(sweep, point, statuses.get(point), score, final.get((values, point.seed)))
        cells[rows.index(point.values), seeds.index(point.seed)] = cell
    is_wordy = len(seeds) <= MOST_WORDY_COLUMNS
    figure = sweep_grid_figure(
        cells,
        [_describe_row(sweep, Point(values, 0)) for values in rows],
        [f"seed {seed}" if is_wordy else str(seed) for seed in seeds],
        None if chosen is None else (rows.index(chosen.values), seeds.index(chosen.seed)),
        "" if is_wordy else "seed",
    )
    with figure_container:
        show_figure(figure, "sweep-runs", "The state and the score of every run: values in rows, seeds in columns")


def title_of(sweep: Sweep, point: Point) -> str:
    """The title of a run inside its sweep."""
    return f"{_describe_values(sweep, point)}, seed {point.seed}"


def _describe_values(sweep: Sweep, point: Point) -> str:
    return ", ".join(describe_value(sweep.plan.config.method, name, value) for name, value in point.values)


def _describe_row(sweep: Sweep, point: Point) -> str:
    """The label of a row; only the values of several settings, whose names would not fit."""
    is_alone = len(point.values) == 1
    return _describe_values(sweep, point) if is_alone else " · ".join(str(value_title(*each)) for each in point.values)


def _cell(sweep: Sweep, point: Point, status: Status | None, score: ChosenScore, final: float | None) -> RunCell:

    title, run = title_of(sweep, point), sweep.run(point)
    if status is None or run is None:
        return RunCell("not begun", "not begun", f"{title}<br>not begun")
    word = state = STATE_WORDS[status.state]
    hover = f"{title}<br>{state}, step {status.step:,} of {status.n_steps:,}"
    if status.state == "finished" and final is not None:
        word, hover = f"{final:.3f}", f"{hover}<br>{score.title} {final:.4f}"
    elif status.state == "running":
        word = f"{status.step / max(1, status.n_steps):.0%}"
    return RunCell(state, word, hover, load_curve(run, status, score.name))


def _choose_run(sweep: Sweep, statuses: Mapping[Point, Status]) -> Point | None:
    """A picker of one run by its title, with its state and actions."""
    rows = list(dict.fromkeys(point.values for point in sweep.points))
    in_rows = sorted(
        sweep.points, key=lambda point: rows.index(point.values)
    )  # and by seed inside, as sorting is stable
    points = {title_of(sweep, point): point for point in in_rows}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        title = st.selectbox(
            "One run",
            list(points),
            index=None,
            key=ONE_KEY,
            placeholder="Choose a run to pause, continue or open it",
            label_visibility="collapsed",
            width=330,
        )
        point = points.get(title or "")
        if point is None:
            return None
        run, status = sweep.run(point), statuses.get(point)
        if run is None or status is None:
            show_badge("not begun")
            return point
        show_badge(STATE_WORDS[status.state])
        show_requests(run, status, usual_scheduler(), "{}_one")
        _show_links(sweep, point, run, statuses)
    return point


def _show_links(sweep: Sweep, point: Point, run: Run, statuses: Mapping[Point, Status]) -> None:
    link_page("Train", {"run": run.name, "task": "Watch a run"})
    link_page("Runs", {"run": run.name})
    if run.has_weights():
        link_page(VIEWS[0], {"run": run.name})
    beside = [other for other in statuses if other.values == point.values]
    if 2 <= len(beside) <= MOST_COMPARED:
        names = [other_run.name for other in beside if (other_run := sweep.run(other)) is not None]
        link_page("Compare", {"runs": names}, "Compare its seeds")
