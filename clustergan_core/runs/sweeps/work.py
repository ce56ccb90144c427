"""Trains a sweep: submits its missing runs to the queue or a cluster, and watches them until all have ended."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from clustergan_core.errors import RunError
from clustergan_core.runs.queue.backends import Backend, LocalQueue
from clustergan_core.runs.queue.queue import request_run
from clustergan_core.runs.run import Request, Run
from clustergan_core.runs.status import State, Status
from clustergan_core.runs.sweeps.plan import METHOD_AXIS, Point
from clustergan_core.runs.sweeps.sweep import Sweep

POLL_SECONDS = 0.5
MOST_ATTEMPTS = 3  # for a run whose process keeps dying
STOP_SECONDS = 30  # a training process checks for requests at its next row of losses


def submit_missing(sweep: Sweep, backend: Backend | None = None) -> list[Point]:
    """Creates missing runs and submits all that are neither finished nor active; returns their points."""
    sweep.make_missing()
    idle = [point for point in sweep.points if _is_idle(sweep.run(point))]
    (backend or LocalQueue()).submit([run for point in idle if (run := sweep.run(point)) is not None])
    return idle


def run_sweep(sweep: Sweep, backend: Backend | None = None) -> Generator[dict[Point, Status], None, None]:
    """Trains what is missing, and yields all statuses about twice a second until no run waits or trains.

    A run whose process dies is submitted again, three times at most; one that fails, or that a person stops or pauses
    meanwhile, stays as it is. Raises RunError where the folder holds a run that differs from the plan.
    """
    backend = backend or LocalQueue()
    submit_missing(sweep, backend)
    attempts: Counter[Point] = Counter()
    while True:
        backend.poll()
        statuses = sweep.statuses()
        n_retried = 0
        for point, status in statuses.items():
            run = sweep.run(point)
            if status.state != "interrupted" or status.message or run is None:
                continue
            if backend.will_retry(run):
                n_retried += 1
            elif attempts[point] < MOST_ATTEMPTS:
                attempts[point] += 1
                backend.submit([run], is_first=True)
                statuses[point] = run.status()
        yield statuses
        if not n_retried and all(status.is_over for status in statuses.values()):
            return
        time.sleep(POLL_SECONDS)


def stop_sweep(sweep: Sweep) -> None:
    """Stops all active runs and waits until their checkpoints are saved; all can be continued."""
    request_all(sweep, "stop")
    end = time.monotonic() + STOP_SECONDS
    while time.monotonic() < end and any(not status.is_over for status in sweep.statuses().values()):
        time.sleep(POLL_SECONDS / 5)


def request_all(sweep: Sweep, what: Request) -> None:
    """Requests every active run to stop or pause, waiting runs first, because they would take the freed slots."""
    runs = [run for point in sweep.points if (run := sweep.run(point)) is not None]
    states = [(run, run.status()) for run in runs]
    for run, _ in sorted((each for each in states if not each[1].is_over), key=lambda each: each[1].is_training):
        try:
            request_run(run, what)
        except RunError:  # it ended a moment ago
            continue


def _is_idle(run: Run | None) -> bool:
    if run is None:
        return True
    status = run.status()
    return status.is_over and status.state != "finished"


@dataclass(frozen=True)
class SweepProgress:
    """Runs by state. Those that were never created count only in `n_runs`."""

    n_runs: int
    counts: Mapping[State, int]
    seconds_left: float | None  # of the active runs; None without active runs or before anything has been timed
    n_paused: int = 0  # runs that a person paused, which go on from their checkpoints
    n_broken_off: int = 0  # other idle runs that have taken steps

    @property
    def n_active(self) -> int:
        """Runs that train or wait."""
        return sum(self.counts.get(state, 0) for state in ("waiting", "starting", "running"))

    @property
    def n_idle(self) -> int:
        """Runs that are neither finished nor active."""
        return self.n_runs - self.counts.get("finished", 0) - self.n_active


def measure_progress(n_runs: int, statuses: Mapping[Point, Status], n_at_once: int) -> SweepProgress:
    """The progress of `n_runs` runs of which `n_at_once` train at a time.

    A run is expected to take as long as the finished ones of its method did on average, else as long as those begun
    will at their current speed, else as long as those of other methods.
    """
    counts: dict[State, int] = dict(Counter(status.state for status in statuses.values()))
    begun = [status for status in statuses.values() if status.is_over and status.state != "finished" and status.step]
    return SweepProgress(
        n_runs,
        counts,
        _seconds_left(statuses, n_at_once),
        n_paused=counts.get("paused", 0),
        n_broken_off=sum(status.state != "paused" for status in begun),
    )


def _seconds_left(statuses: Mapping[Point, Status], n_at_once: int) -> float | None:
    active = [(point, status) for point, status in statuses.items() if not status.is_over]
    if not active or (usual := _seconds_each(list(statuses.values()))) is None:
        return None
    of_method: dict[object, list[Status]] = {}
    for point, status in statuses.items():
        of_method.setdefault(_method_of(point), []).append(status)
    left = 0.0
    for point, status in active:
        each = _seconds_each(of_method[_method_of(point)])
        left += (usual if each is None else each) * (1 - status.step / max(1, status.n_steps))
    return left / min(n_at_once, len(active))


def _method_of(point: Point) -> object:
    return dict(point.values).get(METHOD_AXIS)


def _seconds_each(statuses: Sequence[Status]) -> float | None:
    finished = [status.seconds for status in statuses if status.state == "finished" and status.seconds > 0]
    begun = [status.seconds / status.step * status.n_steps for status in statuses if status.step and status.seconds]
    return statistics.fmean(finished or begun) if finished or begun else None
