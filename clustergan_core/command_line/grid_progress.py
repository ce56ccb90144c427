"""Training several runs from the command line: a bar on a terminal, a line for each run that ends elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tqdm import tqdm

from clustergan_core.runs.queue.backends import Backend, open_backend
from clustergan_core.runs.sweeps.plan import Point, name_values
from clustergan_core.runs.sweeps.sweep import Sweep
from clustergan_core.runs.sweeps.work import carry_out, leave

N_NAMED = 12  # runs that a sentence still lists


def work_off(sweep: Sweep, scheduler: str | None = None) -> bool:
    """Trains what is missing, here or on a scheduler's workers, and says so on standard error; False where nothing was.

    Ctrl-C stops the runs.
    """
    before = {point: status.state for point, status in sweep.statuses().items()}
    done = [point for point in sweep.points if before.get(point) == "finished"]
    left = [point for point in sweep.points if point not in done]
    say(f"Runs: {sweep.folder}")
    if done:
        say(f"Finished already: {_name(sweep, done)}.")
    if not left:
        say("Nothing to do.")
        return False
    begun = [point for point in left if point in before]
    say(f"To train: {_name(sweep, left)}" + (f", of which begun already: {_name(sweep, begun)}." if begun else "."))
    try:
        with open_backend(scheduler) as backend:
            _watch(sweep, left, backend)
    except KeyboardInterrupt:
        say("Stopping the runs; the same command goes on from there.")
        leave(sweep)
        raise
    return True


def say(sentence: str) -> None:
    """To standard error, so that the report alone is the command's answer."""
    tqdm.write(sentence, file=sys.stderr)


def _watch(sweep: Sweep, left: Sequence[Point], backend: Backend) -> None:
    n_steps = len(left) * sweep.plan.config.schedule.n_steps
    told: set[Point] = set()
    with tqdm(total=n_steps, unit=" steps", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
        for statuses in carry_out(sweep, backend):
            bar.update(sum(statuses[point].step for point in left if point in statuses) - bar.n)
            for point in left:
                status = statuses.get(point)
                if status is not None and status.is_over and point not in told:
                    told.add(point)
                    words = (
                        f"{_title(sweep, point)} {status.state}, {status.seconds:.0f} s of training. {status.message}"
                    )
                    say(words.strip())


def _name(sweep: Sweep, points: Sequence[Point]) -> str:
    if sweep.plan.axes:
        n_runs = f"{len(points)} run{'s' if len(points) > 1 else ''}"
        named = "; ".join(_title(sweep, point) for point in points[:N_NAMED])
        return f"{n_runs} ({named}{'; …' if len(points) > N_NAMED else ''})"
    return f"seed{'s' if len(points) > 1 else ''} {', '.join(str(point.seed) for point in points)}"


def _title(sweep: Sweep, point: Point) -> str:
    words = [f"{name} {value}" for name, value in name_values(sweep.plan.config.method, point)]
    title = ", ".join([*words, f"seed {point.seed}"])
    return title[0].upper() + title[1:]
