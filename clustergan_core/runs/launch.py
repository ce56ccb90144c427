"""Starting a run in a process of its own, which no closed tab and no killed server ends."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime

from clustergan_core.errors import RunError
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.places import PROJECT_FOLDER, new_run_name, runs_folder
from clustergan_core.runs.status import Status, hold_lock, write_status
from clustergan_core.runs.store import Run, create_run, list_runs
from clustergan_core.runs.worker import check_unfinished, first_status

# Two runs with one thread each fill two cores; a third would slow all of them.
N_CPU_SLOTS = 2

_launched: list[subprocess.Popen[bytes]] = []  # by this process; whether a run lives is read from its lock instead


def launch(config: RunConfig) -> Run:
    """Creates the run's folder and starts training it; RunError when every slot is taken."""
    _check_slots()
    name = new_run_name(config.method, config.dataset.name, datetime.now())
    run = create_run(config, runs_folder() / name)
    start_worker(run, first_status(config))
    return run


def continue_run(run: Run) -> None:
    """Starts an unfinished run again from its checkpoint; RunError where there is nothing to continue."""
    check_unfinished(run)
    _check_slots()
    run.forget_requests()
    start_worker(run, first_status(run.config, run.status()))


def training_runs() -> list[Run]:
    """The runs that are training now."""
    return [run for run in list_runs() if _is_training(run)]


def _is_training(run: Run) -> bool:
    """A damaged run trains no more, and must not keep others from starting."""
    try:
        return not run.status().is_over
    except RunError:
        return False


def _check_slots() -> None:
    busy = training_runs()
    if len(busy) >= N_CPU_SLOTS:
        names = " and ".join(run.title for run in busy)
        raise RunError(f"{len(busy)} runs are training already ({names}): stop one or wait until one is finished.")


def start_worker(run: Run, status: Status) -> subprocess.Popen[bytes]:
    """A detached process in its own session, so that signals to the group of this one do not reach it.

    It inherits the run's lock: from here on the lock says that it lives, and a second start is refused.
    """
    with hold_lock(run.folder / "lock") as lock, (run.folder / "log.txt").open("ab") as log:
        write_status(run.folder / "status.json", status)
        process = subprocess.Popen(
            [sys.executable, "-m", "clustergan_core.runs.worker", str(run.folder), str(lock)],
            cwd=PROJECT_FOLDER,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=(lock,),
        )
    _reap()
    _launched.append(process)
    return process


def _reap() -> None:
    """Lets go of processes that have ended, which would else stay zombies until this one ends."""
    _launched[:] = [process for process in _launched if process.poll() is None]
