"""The queue: runs wait on disk for a device slot and start in order, whoever looks after it at the moment.

There is no process that owns the line. `advance` starts what there is room for; the dispatcher calls it when a slot is
free, a training process when it ends, a command that waits for runs while it waits. All hold the line's lock meanwhile,
so two servers on one folder never start a run twice, and a line left by a reboot is taken up by the next server.
"""

from __future__ import annotations

from collections.abc import Sequence

from clustergan_core.errors import RunError, StorageError
from clustergan_core.runs.queue.launch import start_worker
from clustergan_core.runs.queue.slots import Slots, take_slots
from clustergan_core.runs.run import Request, Run
from clustergan_core.runs.status import State, hold_lock, write_status
from clustergan_core.runs.store import list_runs
from clustergan_core.runs.tickets import drop_ticket, in_line, read_tickets, write_tickets
from clustergan_core.runs.worker import first_status


def enqueue(runs: Sequence[Run], *, is_first: bool = False) -> None:
    """Puts runs that nobody trains at the end of the line, or before all others."""
    with in_line():
        for run in runs:
            run.forget_requests()
            _write_state(run, "waiting")
            run.add_to_log("Put in line.")
        write_tickets([run.folder for run in runs], is_first=is_first)


def active_runs() -> list[Run]:
    """The runs that train or wait, newest first."""
    return [run for run in list_runs() if _is_active(run)]


def waiting_runs() -> list[Run]:
    """The runs in line, whose turn comes first is first."""
    return [Run(ticket.folder) for ticket in read_tickets()]


def advance() -> list[Run]:
    """Starts the runs whose turn it is and for which there is room; returns them.

    Strictly in order for each kind of device: a run that needs all slots is not overtaken. Returns at once where
    another process is doing the same. StorageError where the run cannot be told that it starts.
    """
    if not read_tickets():
        return []
    started: list[Run] = []
    full: set[str] = set()  # devices without room
    with in_line(waits=False) as is_held:
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
    """Starts a run and takes its ticket; False where somebody trains it already, as `train --resume` may."""
    try:
        start_worker(run, first_status(run.config, run.status()), slots)
    except StorageError:
        raise
    except RunError:
        drop_ticket(run.folder)
        return False
    drop_ticket(run.folder)
    return True


def _is_active(run: Run) -> bool:
    try:
        return not run.status().is_over
    except RunError:
        return False


def _is_waiting(run: Run) -> bool:
    """A damaged run waits for nothing, and must not keep others from starting."""
    try:
        return bool(run.config) and run.status().state == "waiting"
    except RunError:
        return False


def ask(run: Run, what: Request) -> None:
    """Asks a run to stop, to pause (it then goes on before all that wait) or to evaluate now.

    One that waits leaves the line at once; one that trains takes the wish up at its next row of losses; one that is
    paused can be stopped. RunError where there is nothing to do.
    """
    if what == "stop" and _stop_paused(run):
        return
    if what != "evaluate" and _leave_line(run, "paused" if what == "pause" else "stopped"):
        return
    status = run.status()
    if status.is_over or (status.state == "waiting" and what == "evaluate"):
        raise RunError(f"Run {run.name} is {status.state} and not training: there is nothing to {what}.")
    run.request(what)


def _stop_paused(run: Run) -> bool:
    """Gives up the place before all others that a paused run has when it is continued."""
    with in_line():
        if run.status().state != "paused":
            return False
        _end(run, "stopped", "while it was paused")
        return True


def _leave_line(run: Run, state: State) -> bool:
    if run.status().scheduler:
        return _leave_cluster(run, state)
    with in_line():
        if not drop_ticket(run.folder):
            return False
        if run.status().state not in ("waiting", "interrupted"):
            return False
        _end(run, state, "while it waited")
        return True


def _leave_cluster(run: Run, state: State) -> bool:
    """A worker that gets the run later sees that it is no longer wanted."""
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
    run.add_to_log(f"{state.capitalize()} {when}, as asked; it can be continued.")


def _write_state(run: Run, state: State) -> None:
    status = first_status(run.config, run.status()).model_copy(update={"state": state})
    write_status(run.folder / "status.json", status)
