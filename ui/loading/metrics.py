"""A run's metrics as columns, read once and then only what was added: a redraw stays cheap however long the run."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.drawing.figures.curves import thin
from clustergan_core.runs.metrics import Row, read_rows
from clustergan_core.runs.run import Run

if TYPE_CHECKING:
    from clustergan_core.schedule import Schedule

RECENT_ROWS = 20  # over which the present speed is measured


@dataclass
class MetricsHistory:
    """Losses as columns, evaluations as rows. Shared by all sessions: `update` is the only thing that changes it."""

    path: Path
    steps: array[float] = field(default_factory=lambda: array("d"))
    seconds: array[float] = field(default_factory=lambda: array("d"))
    losses: dict[str, array[float]] = field(default_factory=dict)
    evaluations: list[Row] = field(default_factory=list)  # {"step": …, score name: value, …}
    _offset: int = 0
    _inode: int = 0
    _lock: Lock = field(default_factory=Lock)

    def update(self) -> None:
        """Reads what was written since the last time; everything anew when a resume has replaced the file."""
        with self._lock:
            try:
                stat = self.path.stat()
            except FileNotFoundError:
                return
            if stat.st_ino != self._inode or stat.st_size < self._offset:
                self._forget(stat.st_ino)
            part = read_rows(self.path, self._offset)
            self._offset = part.offset
            for row in part.rows:
                self._add(row)

    @property
    def n_rows(self) -> int:
        """How many rows of losses there are."""
        return len(self.steps)

    def thinned_losses(self, limit: int = 400) -> list[dict[str, float]]:
        """Rows {"step": …, loss: value} for `loss_figure`: of every stretch the extremes of each loss."""

        columns = {name: np.array(values) for name, values in self.losses.items()}
        kept = sorted({int(index) for values in columns.values() for index in thin(values, limit)})
        return [
            {"step": self.steps[index], **{name: float(values[index]) for name, values in columns.items()}}
            for index in kept
        ]

    def scores(self, name: str) -> list[float | None]:
        """One score over all evaluations; None where it could not be had."""
        return [row.get(name) for row in self.evaluations]

    def evaluation_steps(self) -> list[int]:
        """The steps of the evaluations."""
        return [row["step"] for row in self.evaluations]

    def evaluation_seconds(self) -> list[float]:
        """The seconds of training at the evaluations."""
        rows = np.searchsorted(np.array(self.steps), self.evaluation_steps())
        return [self.seconds[row] for row in rows]

    def best_step(self, schedule: Schedule, keeps_last: bool = False) -> int | None:
        """The step whose weights are kept as best: of the highest criterion, or the last; wishes do not count.

        `keeps_last` for methods that no criterion can judge.
        """
        planned = [row for row in self.evaluations if schedule.is_evaluation(row["step"])]
        rated = [row for row in planned if row.get("criterion") is not None]
        if keeps_last and planned:
            return planned[-1]["step"]
        return max(rated, key=lambda row: row["criterion"])["step"] if rated else None

    def seconds_left(self, n_steps: int) -> float | None:
        """At the pace of the last rows; None until there are two."""
        if self.n_rows < 2:
            return None
        first = max(0, self.n_rows - RECENT_ROWS)
        pace = (self.seconds[-1] - self.seconds[first]) / max(1.0, self.steps[-1] - self.steps[first])
        return pace * (n_steps - self.steps[-1])

    def _add(self, row: dict[str, Any]) -> None:
        self.steps.append(row["step"])
        self.seconds.append(row["seconds"])
        for name, value in row["losses"].items():
            if name not in self.losses:  # one that appears later (a method's second phase) has no value before
                self.losses[name] = array("d", [np.nan] * (self.n_rows - 1))
            self.losses[name].append(value)
        for column in self.losses.values():
            if len(column) < self.n_rows:
                column.append(np.nan)
        if "scores" in row:
            self.evaluations.append({"step": row["step"], **row["scores"]})

    def _forget(self, inode: int) -> None:
        self._inode, self._offset = inode, 0
        self.steps, self.seconds, self.losses, self.evaluations = array("d"), array("d"), {}, []


def usage_of(evaluation: Row) -> NDArray[np.float64]:
    """The share of samples in each mode (K,)."""
    return np.array(evaluation.get("usage", ()), dtype=np.float64)


def load_history(run: Run) -> MetricsHistory:
    """The run's metrics as of now."""
    history = _history(str(run.folder / "metrics.jsonl"))
    history.update()
    return history


@st.cache_resource(max_entries=24, show_spinner=False)
def _history(path: str) -> MetricsHistory:
    return MetricsHistory(Path(path))
