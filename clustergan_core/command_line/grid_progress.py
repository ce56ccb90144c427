"""Trains several runs from the command line: a progress bar on a terminal, otherwise a line for each run that ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tqdm import tqdm

from clustergan_core.runs.queue.backends import Backend, open_backend
from clustergan_core.runs.sweeps.plan import Point, describe_value
from clustergan_core.runs.sweeps.sweep import Sweep
from clustergan_core.runs.sweeps.work import run_sweep, stop_sweep

N_NAMED = 12  # runs that a sentence lists at most


def train_missing(sweep: Sweep, scheduler: str | None = None) -> bool:
    """Trains missing runs, here or on a scheduler's workers, and reports on standard error; False if none was missing.

    Ctrl-C stops the runs.
    """
    before = {point: status.state for point, status in sweep.statuses().items()}
    done = [point for point in sweep.points if before.get(point) == "finished"]
    left = [point for point in sweep.points if point not in done]
    report(f"Runs: {sweep.folder}")
    if done:
        report(f"Finished already: {_name(sweep, done)}.")
    if not left:
        report("Nothing to do.")
        return False
    begun = [point for point in left if point in before]
    report(f"To train: {_name(sweep, left)}" + (f"; begun already: {_name(sweep, begun)}." if begun else "."))
    try:
        with open_backend(scheduler) as backend:
            _watch(sweep, left, backend)
    except KeyboardInterrupt:
        report("Stopping the runs; the same command continues them.")
        stop_sweep(sweep)
        raise
    return True


def report(sentence: str) -> None:
    """Writes a sentence to standard error, so that standard output holds only the command's result."""
    tqdm.write(sentence, file=sys.stderr)


def _watch(sweep: Sweep, left: Sequence[Point], backend: Backend) -> None:
    n_steps = sum(sweep.plan.base_of(point).schedule.n_steps for point in left)
    reported: set[Point] = set()
    with tqdm(total=n_steps, unit=" steps", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
        for statuses in run_sweep(sweep, backend):
            bar.update(sum(statuses[point].step for point in left if point in statuses) - bar.n)
            for point in left:
                status = statuses.get(point)
                if status is not None and status.is_over and point not in reported:
                    reported.add(point)
                    line = (
                        f"{_title(sweep, point)} {status.state}, {status.seconds:.0f} s of training. {status.message}"
                    )
                    report(line.strip())


def _name(sweep: Sweep, points: Sequence[Point]) -> str:
    if sweep.plan.axes:
        n_runs = f"{len(points)} run{'s' if len(points) > 1 else ''}"
        named = "; ".join(_title(sweep, point) for point in points[:N_NAMED])
        return f"{n_runs} ({named}{'; …' if len(points) > N_NAMED else ''})"
    return f"seed{'s' if len(points) > 1 else ''} {', '.join(str(point.seed) for point in points)}"


def _title(sweep: Sweep, point: Point) -> str:
    values = [describe_value(sweep.plan.config.method, name, value, " ") for name, value in point.values]
    title = ", ".join([*values, f"seed {point.seed}"])
    return title[0].upper() + title[1:]
