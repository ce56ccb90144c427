"""Starting a run in a process of its own, which no closed tab and no killed server ends."""

from __future__ import annotations

import os
import subprocess
import sys

from clustergan_core.runs.places import PROJECT_FOLDER
from clustergan_core.runs.slots import Slots
from clustergan_core.runs.status import Status, hold_lock, write_status
from clustergan_core.runs.store import Run

_launched: list[subprocess.Popen[bytes]] = []  # by this process; whether a run lives is read from its lock instead


def start_worker(run: Run, status: Status, slots: Slots) -> subprocess.Popen[bytes]:
    """A detached process in its own session, so that signals to the group of this one do not reach it.

    It inherits the locks of the run and of its slots: from here on they say that it lives, and a second start is
    refused. The slots are released here in any case. RunError where another process trains the run.
    """
    try:
        with hold_lock(run.folder / "lock") as lock, (run.folder / "log.txt").open("ab") as log:
            write_status(run.folder / "status.json", status)
            descriptors = (lock, *slots.descriptors)
            process = subprocess.Popen(
                [sys.executable, "-m", "clustergan_core.runs.process", str(run.folder), *map(str, descriptors)],
                cwd=PROJECT_FOLDER,
                env=os.environ | {"PYTHONUNBUFFERED": "1"} | slots.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=descriptors,
            )
    finally:
        slots.release()
    _reap()
    _launched.append(process)
    return process


def _reap() -> None:
    """Lets go of processes that have ended, which would else stay zombies until this one ends."""
    _launched[:] = [process for process in _launched if process.poll() is None]
