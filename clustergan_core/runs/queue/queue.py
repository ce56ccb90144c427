"""The queue: runs wait on disk for a device slot and start in order, whichever process handles it.

No process owns the queue. `advance_queue` starts the runs for which there is room; the dispatcher calls it when a slot
is free, a training process when it ends, a command while it waits for runs. All hold the queue's lock meanwhile, so two
servers on one folder never start a run twice, and the next server continues a queue that a reboot left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from clustergan_core.errors import RunError, StorageError
from clustergan_core.files import storage_error
from clustergan_core.runs.queue.detached import start_detached
from clustergan_core.runs.queue.slots import Slots, take_slots
from clustergan_core.runs.queue.spare import hand_to_spare
from clustergan_core.runs.run import Request, Run
from clustergan_core.runs.status import State, Status, hold_lock, write_status
from clustergan_core.runs.store import list_runs
from clustergan_core.runs.tickets import drop_ticket, queue_lock, read_tickets, write_tickets
from clustergan_core.runs.worker import first_status


def enqueue(runs: Sequence[Run], *, is_first: bool = False) -> None:
    """Puts idle runs at the end of the queue, or before all others."""
    with queue_lock():
        for run in runs:
            run.forget_requests()
            _write_state(run, "waiting")
            run.add_to_log("Queued.")
        write_tickets([run.folder for run in runs], is_first=is_first)


def active_runs() -> list[Run]:
    """The runs that train or wait, newest first."""
    return [run for run in list_runs() if _is_active(run)]


def waiting_runs() -> list[Run]:
    """The waiting runs in the order of the queue."""
    return [Run(ticket.folder) for ticket in read_tickets()]


def advance_queue() -> list[Run]:
    """Starts the next runs for which there is room; returns them.

    Strictly in order for each type of device: a run that needs all slots is not overtaken. Returns at once where
    another process is doing the same. StorageError where a run's folder cannot be written.
    """
    if not read_tickets():
        return []
    started: list[Run] = []
    full: set[str] = set()  # devices without room
    with queue_lock(waits=False) as is_held:
        for ticket in read_tickets() if is_held else []:
            run = Run(ticket.folder)
            if not _is_waiting(run):  # deleted, or started by a process that died before it could drop the ticket
                drop_ticket(run.folder)
            elif run.config.device not in full:
                slots = take_slots(run.config.device, run.config.threads)
                if slots is None:
                    full.add(run.config.device)
                elif _start(run, slots):
                    started.append(run)
    return started


def _start(run: Run, slots: Slots) -> bool:
    """Starts a run and drops its ticket; False where another process trains it already, as `train --resume` may."""
    try:
        start_worker(run, first_status(run.config, run.status()), slots)
    except StorageError:
        raise
    except RunError:
        drop_ticket(run.folder)
        return False
    drop_ticket(run.folder)
    return True


def start_worker(run: Run, status: Status, slots: Slots) -> None:
    """Starts `runs.queue.process` on a run, or hands it to a spare process; it has `status` until that writes its own.

    The process inherits the locks of the run and of its slots: they show from now on that it lives, and prevent a
    second start. The slots are released here in any case. RunError where another process trains the run, StorageError
    where its folder cannot be written.
    """
    try:
        with hold_lock(run.folder / "lock") as lock, _open_log(run) as log:
            write_status(run.folder / "status.json", status)
            descriptors = (lock, *slots.descriptors)
            folder, variables = str(run.folder), slots.environment()
            if not hand_to_spare(folder, descriptors, log, variables):
                start_detached(
                    "clustergan_core.runs.queue.process",
                    folder,
                    *map(str, descriptors),
                    output=log,
                    variables=variables,
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


def _is_active(run: Run) -> bool:
    try:
        return not run.status().is_over
    except RunError:
        return False


def _is_waiting(run: Run) -> bool:
    """Whether a run is waiting; a corrupt run is not, and must not keep others from starting."""
    try:
        return bool(run.config) and run.status().state == "waiting"
    except RunError:
        return False


def request_run(run: Run, what: Request) -> None:
    """Requests a run to stop, to pause (it is then continued before all waiting runs) or to evaluate now.

    A waiting run leaves the queue at once; a training one handles the request at its next row of losses; a paused one
    can be stopped. RunError where there is nothing to do.
    """
    if what == "stop" and _stop_paused(run):
        return
    if what != "evaluate" and _leave_queue(run, "paused" if what == "pause" else "stopped"):
        return
    status = run.status()
    if status.is_over or (status.state == "waiting" and what == "evaluate"):
        raise RunError(f"Run {run.name} is {status.state} and not training: there is nothing to {what}.")
    run.request(what)


def _stop_paused(run: Run) -> bool:
    """Stops a paused run, which is then no longer continued before all others; False where it is not paused."""
    with queue_lock():
        if run.status().state != "paused":
            return False
        _end(run, "stopped", "while it was paused")
        return True


def _leave_queue(run: Run, state: State) -> bool:
    if run.status().scheduler:
        return _leave_cluster(run, state)
    with queue_lock():
        if not drop_ticket(run.folder):
            return False
        if run.status().state not in ("waiting", "interrupted"):
            return False
        _end(run, state, "while it waited")
        return True


def _leave_cluster(run: Run, state: State) -> bool:
    """Marks a waiting run, so that a worker that gets it later leaves it alone; False where a worker has it."""
    try:
        with hold_lock(run.folder / "lock"):
            is_waiting = run.status().state in ("waiting", "interrupted")
            if is_waiting:
                _end(run, state, "while it waited")
            return is_waiting
    except RunError:  # a worker has it
        return False


def _end(run: Run, state: State, when: str) -> None:
    _write_state(run, state)
    run.add_to_log(f"{state.capitalize()} {when}, as requested; it can be continued.")


def _write_state(run: Run, state: State) -> None:
    status = first_status(run.config, run.status()).model_copy(update={"state": state})
    write_status(run.folder / "status.json", status)
