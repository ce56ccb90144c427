"""A sweep's figures and curves, read again only where a file changed: a redraw stays cheap however many runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from clustergan_core.runs.metrics import read_rows
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import Status
from clustergan_core.runs.sweeps.plan import Point
from clustergan_core.runs.sweeps.sweep import Sweep
from ui.loading.metrics import load_history

if TYPE_CHECKING:
    from clustergan_core.runs.sweeps.report import SweepReport, SweepRow

Curve = tuple[tuple[float, float], ...]  # (share of the training that is done, score)


def load_report(sweep: Sweep, statuses: Mapping[Point, Status]) -> SweepReport:
    """The figures of the finished runs, and the present state of all runs."""
    stamp = tuple(
        (point in statuses, *(_changed(sweep.folder_of(point) / name) for name in ("scores.json", "label_free.json")))
        for point in sweep.points
    )
    report = _report(str(sweep.folder), sweep.plan.model_dump_json(), stamp, sweep)
    rows = [_as_of_now(row, statuses.get(point)) for row, point in zip(report.rows, sweep.points, strict=True)]
    return report.model_copy(update={"rows": tuple(rows)})


def load_curve(run: Run, status: Status, score: str) -> Curve:
    """A score over training; only new rows are read during training, and the curve of an ended run is cached."""
    if not status.is_over:
        return _curve(load_history(run).evaluations, status.n_steps, score)
    return _kept_curve(str(run.folder / "metrics.jsonl"), _changed(run.folder / "metrics.jsonl"), status, score, run)


def _as_of_now(row: SweepRow, status: Status | None) -> SweepRow:
    if status is None or row.is_longer:
        return row
    now = {"state": status.state, "step": status.step, "seconds": round(status.seconds, 1)}
    return row.model_copy(update=now)


def _curve(evaluations: list[dict[str, Any]], n_steps: int, score: str) -> Curve:
    rated = [(row["step"], row[score]) for row in evaluations if row.get(score) is not None]
    return tuple((step / max(1, n_steps), float(value)) for step, value in rated)


@st.cache_data(max_entries=4000, show_spinner=False)
def _kept_curve(path: str, stamp: int, _status: Status, score: str, _run: Run) -> Curve:
    rows = read_rows(_run.folder / "metrics.jsonl").rows
    return _curve([{"step": row["step"], **row["scores"]} for row in rows if "scores" in row], _status.n_steps, score)


@st.cache_resource(max_entries=8, show_spinner=False)
def _report(folder: str, plan: str, stamp: object, _sweep: Sweep) -> SweepReport:
    from clustergan_core.runs.sweeps.report import make_report

    return make_report(_sweep)


def _changed(path: Any) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
