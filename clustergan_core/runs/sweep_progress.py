"""How far a sweep is: what each run is at, counted, and how long the rest will take."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from clustergan_core.runs.status import State, Status
from clustergan_core.runs.sweep_plan import Point


@dataclass(frozen=True)
class SweepProgress:
    """Runs by state. Those that were never made count in `n_runs` alone."""

    n_runs: int
    counts: Mapping[State, int]
    seconds_left: float | None  # of what trains and waits; None where nothing does, or nothing has been timed yet

    @property
    def n_active(self) -> int:
        """Runs that train or wait."""
        return sum(self.counts.get(state, 0) for state in ("waiting", "starting", "running"))

    @property
    def n_idle(self) -> int:
        """Runs that are neither finished nor at work."""
        return self.n_runs - self.counts.get("finished", 0) - self.n_active


def measure_progress(n_runs: int, statuses: Mapping[Point, Status], n_at_once: int) -> SweepProgress:
    """The progress of `n_runs` runs of which `n_at_once` train at a time.

    A run is taken to last as long as the finished ones did on average, else as long as those begun will at their pace.
    """
    counts: dict[State, int] = dict(Counter(status.state for status in statuses.values()))
    return SweepProgress(n_runs, counts, _seconds_left(list(statuses.values()), n_at_once))


def _seconds_left(statuses: list[Status], n_at_once: int) -> float | None:
    active = [status for status in statuses if not status.is_over]
    finished = [status.seconds for status in statuses if status.state == "finished" and status.seconds > 0]
    begun = [status.seconds / status.step * status.n_steps for status in statuses if status.step and status.seconds]
    if not active or not (finished or begun):
        return None
    each = statistics.fmean(finished or begun)
    left = sum(each * (1 - status.step / max(1, status.n_steps)) for status in active)
    return left / min(n_at_once, len(active))
