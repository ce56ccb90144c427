"""Working off a sweep: its missing runs are handed to the queue or a cluster, and watched until all have ended."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import dataclass

from clustergan_core.errors import RunError
from clustergan_core.runs.queue.backends import Backend, LocalQueue
from clustergan_core.runs.queue.queue import ask
from clustergan_core.runs.run import Request, Run
from clustergan_core.runs.status import State, Status
from clustergan_core.runs.sweeps.plan import Point
from clustergan_core.runs.sweeps.sweep import Sweep

POLL_SECONDS = 0.5
MOST_ATTEMPTS = 3  # at a run whose process keeps dying
STOP_SECONDS = 30  # a training that is asked to stop looks up at its next row of losses


def submit_missing(sweep: Sweep, backend: Backend | None = None) -> list[Point]:
    """Makes what is not there and hands over all that is neither finished nor at work; returns those points."""
    sweep.make_missing()
    idle = [point for point in sweep.points if _is_idle(sweep.run(point))]
    (backend or LocalQueue()).submit([run for point in idle if (run := sweep.run(point)) is not None])
    return idle


def carry_out(sweep: Sweep, backend: Backend | None = None) -> Generator[dict[Point, Status], None, None]:
    """Works off what is missing, and yields every status about twice a second until no run waits or trains.

    A run whose process dies is handed over again, thrice at most; one that fails, or that a person stops or pauses
    meanwhile, stays as it is. Raises RunError as `Sweep.check` does.
    """
    backend = backend or LocalQueue()
    submit_missing(sweep, backend)
    attempts: Counter[Point] = Counter()
    while True:
        backend.poll()
        statuses = sweep.statuses()
        n_picked_up = 0
        for point, status in statuses.items():
            run = sweep.run(point)
            if status.state != "interrupted" or status.message or run is None:
                continue
            if backend.will_retry(run):
                n_picked_up += 1
            elif attempts[point] < MOST_ATTEMPTS:
                attempts[point] += 1
                backend.submit([run], is_first=True)
                statuses[point] = run.status()
        yield statuses
        if not n_picked_up and all(status.is_over for status in statuses.values()):
            return
        time.sleep(POLL_SECONDS)


def leave(sweep: Sweep) -> None:
    """Stops what waits and trains, and waits until the checkpoints are saved; all can be continued."""
    request_all(sweep, "stop")
    end = time.monotonic() + STOP_SECONDS
    while time.monotonic() < end and any(not status.is_over for status in sweep.statuses().values()):
        time.sleep(POLL_SECONDS / 5)


def request_all(sweep: Sweep, what: Request) -> None:
    """Asks every run that waits or trains to stop or to pause; those that wait first, or they would take the room."""
    runs = [run for point in sweep.points if (run := sweep.run(point)) is not None]
    states = [(run, run.status()) for run in runs]
    for run, _ in sorted((each for each in states if not each[1].is_over), key=lambda each: each[1].is_training):
        try:
            ask(run, what)
        except RunError:  # it ended a moment ago
            continue


def _is_idle(run: Run | None) -> bool:
    if run is None:
        return True
    status = run.status()
    return status.is_over and status.state != "finished"


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
