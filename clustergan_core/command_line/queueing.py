"""`queue`, `stop`, `pause`, `continue`: manages runs that wait or train in other processes."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from clustergan_core.errors import RunError
from clustergan_core.runs.queue.backends import continue_run, extend_run
from clustergan_core.runs.queue.queue import advance_queue, request_run, waiting_runs
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run, list_runs

POLL_SECONDS = 0.5


def add_commands(commands: Any) -> None:
    """Adds the commands about the queue to the parser's commands."""
    queue = commands.add_parser("queue", help="show which runs train and wait, and start the next ones")
    queue.add_argument("--work", action="store_true", help="run the queue until nothing trains or waits")
    queue.add_argument("--continue-interrupted", action="store_true", help="first queue runs whose process died again")
    queue.add_argument("--json", action="store_true", help="one JSON document")
    queue.set_defaults(run=_queue)
    for name, help_text in (
        ("stop", "stop a run that trains, waits or is paused; it can be continued"),
        ("pause", "like stop, but a paused run is continued before all waiting runs"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("names", metavar="RUN", nargs="+")
        command.set_defaults(run=_request, what=name)
    resume = commands.add_parser("continue", help="continue a run from its checkpoint, in the queue")
    resume.add_argument("names", metavar="RUN", nargs="+")
    resume.add_argument("--steps", type=int, metavar="N", help="train this many steps beyond its planned end")
    resume.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="train on the workers of this scheduler")
    resume.set_defaults(run=_continue)


def _queue(arguments: argparse.Namespace) -> None:
    if arguments.continue_interrupted:
        for run in _in_state("interrupted"):
            continue_run(run)
    advance_queue()
    rows = _rows()
    if arguments.json:
        print(json.dumps(rows, indent=2))
    else:
        for row in rows:
            print(f"{row['state']:9s} {row['step']:>8,} of {row['n_steps']:>8,}  {row['name']}")
        if not rows:
            print("No run trains or waits.")
    while arguments.work and (_in_state("waiting", "starting", "running") or waiting_runs()):
        time.sleep(POLL_SECONDS)
        advance_queue()


def _request(arguments: argparse.Namespace) -> None:
    for name in arguments.names:
        run = find_run(name)
        request_run(run, arguments.what)
        print(f"{run.name}: {arguments.what} requested; now {run.status().state}")


def _continue(arguments: argparse.Namespace) -> None:
    for name in arguments.names:
        run = find_run(name)
        if arguments.steps is None:
            continue_run(run, arguments.scheduler)
        else:
            extend_run(run, arguments.steps, arguments.scheduler)
        print(f"{run.name}: {run.status().state}")


def _rows() -> list[dict[str, Any]]:
    """Training runs, then waiting ones in the order of the queue."""
    waiting = waiting_runs()
    folders = {run.folder for run in waiting}
    shown = [run for run in _in_state("starting", "running") if run.folder not in folders] + waiting
    statuses = [(run, run.status()) for run in shown]
    return [
        {"name": run.name, "state": status.state, "step": status.step, "n_steps": status.n_steps}
        for run, status in statuses
    ]


def _in_state(*states: str) -> list[Run]:
    return [run for run in list_runs() if _state(run) in states]


def _state(run: Run) -> str:
    try:
        return run.status().state
    except RunError:
        return "damaged"
