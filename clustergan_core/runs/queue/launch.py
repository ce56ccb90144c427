"""Starting a run in a process of its own, which no closed tab and no killed server ends."""

from __future__ import annotations

from typing import IO

from clustergan_core.files import storage_error
from clustergan_core.runs.queue.detached import start_detached
from clustergan_core.runs.queue.slots import Slots
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import Status, hold_lock, write_status


def start_worker(run: Run, status: Status, slots: Slots) -> None:
    """Starts `runs.process` on a run, with `status` to be shown until it speaks for itself.

    It inherits the locks of the run and of its slots: from here on they say that it lives, and a second start is
    refused. The slots are released here in any case. RunError where another process trains the run, StorageError where
    its folder cannot be written.
    """
    try:
        with hold_lock(run.folder / "lock") as lock, _open_log(run) as log:
            write_status(run.folder / "status.json", status)
            descriptors = (lock, *slots.descriptors)
            start_detached(
                "clustergan_core.runs.queue.process",
                str(run.folder),
                *map(str, descriptors),
                output=log,
                variables=slots.environment(),
                descriptors=descriptors,
            )
    finally:
        slots.release()


def _open_log(run: Run) -> IO[bytes]:
    path = run.folder / "log.txt"
    try:
        return path.open("ab")
    except OSError as error:
        raise storage_error(path, error) from error
