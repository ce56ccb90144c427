"""Starting a run in a process of its own, which no closed tab and no killed server ends."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime

from clustergan_core.errors import RunError
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.places import PROJECT_FOLDER, new_run_name, runs_folder
from clustergan_core.runs.status import write_status
from clustergan_core.runs.store import Run, create_run, list_runs
from clustergan_core.runs.worker import check_unfinished, first_status

# Two runs with one thread each fill two cores; a third would slow all of them.
N_CPU_SLOTS = 2


def launch(config: RunConfig) -> Run:
    """Creates the run's folder and starts training it; RunError when every slot is taken."""
    _check_slots()
    name = new_run_name(config.method, config.dataset.name, datetime.now())
    run = create_run(config, runs_folder() / name)
    _start(run)
    return run


def continue_run(run: Run) -> None:
    """Starts an unfinished run again from its checkpoint; RunError where there is nothing to continue."""
    check_unfinished(run)
    _check_slots()
    _start(run)


def training_runs() -> list[Run]:
    """The runs that are training now."""
    return [run for run in list_runs() if not run.status().is_over]


def _check_slots() -> None:
    busy = training_runs()
    if len(busy) >= N_CPU_SLOTS:
        names = " and ".join(run.title for run in busy)
        raise RunError(f"{len(busy)} runs are training already ({names}): stop one or wait until one is finished.")


def _start(run: Run) -> None:
    """A detached process in its own session, so that signals to the server's group do not reach it."""
    status = first_status(run.config)
    write_status(run.folder / "status.json", status)
    with (run.folder / "log.txt").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "clustergan_core.runs.worker", str(run.folder)],
            cwd=PROJECT_FOLDER,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
