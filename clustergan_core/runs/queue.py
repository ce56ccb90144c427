"""The queue: runs wait on disk for a device slot and start in order, whoever looks after it at the moment.

There is no process that owns the line. `advance` starts what there is room for; a server calls it every second, a
training process when it ends, a command that waits for runs while it waits. All hold the line's lock meanwhile, so two
servers on one folder never start a run twice, and a line left by a killed server or a reboot is taken up by the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clustergan_core.errors import RunError, SettingsError
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.launch import start_worker
from clustergan_core.runs.places import new_run_name, runs_folder
from clustergan_core.runs.slots import take_slots
from clustergan_core.runs.status import State, hold_lock, write_status
from clustergan_core.runs.store import Request, Run, create_run, list_runs
from clustergan_core.runs.tickets import drop_ticket, in_line, read_tickets, write_tickets
from clustergan_core.runs.worker import check_unfinished, first_status

MOST_STEPS = 10_000_000  # as a schedule allows


def launch(config: RunConfig) -> Run:
    """Creates a run under the runs folder; it trains at once if there is room, else when its turn comes."""
    run = create_run(config, runs_folder() / new_run_name(config.method, config.dataset.name, datetime.now()))
    enqueue([run])
    advance()
    return run


def continue_run(run: Run) -> None:
    """Lets an unfinished run go on from its checkpoint, a paused one before all that wait.

    RunError where there is nothing to continue.
    """
    check_unfinished(run)
    enqueue([run], is_first=run.status().state == "paused")
    advance()


def extend_run(run: Run, n_more: int) -> None:
    """Lets a run that has ended go on for `n_more` steps beyond its planned end.

    Its final scores and card go, as they belong to weights that change. RunError while it trains or waits, for shipped
    models and for a run without a checkpoint; SettingsError for an impossible number.
    """
    if not 1 <= n_more <= MOST_STEPS - run.config.schedule.n_steps:
        raise SettingsError(f"{n_more} more steps are not possible: choose at least 1, and {MOST_STEPS:,} in all.")
    if run.status().state != "finished":
        check_unfinished(run)
    if run.is_shipped or not (run.folder / "resume.safetensors").exists():
        raise RunError(f"Run {run.name} holds no checkpoint to go on from: train it anew with more steps.")
    with hold_lock(run.folder / "lock"):
        run.extend(n_more)
    enqueue([run])
    advance()


def enqueue(runs: Sequence[Run], *, is_first: bool = False) -> None:
    """Puts runs that nobody trains at the end of the line, or before all others."""
    with in_line():
        for run in runs:
            run.forget_requests()
            _write_state(run, "waiting")
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
                else:
                    start_worker(run, first_status(run.config, run.status()), slots)
                    drop_ticket(run.folder)
                    started.append(run)
    return started


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

    One that waits leaves the line at once; one that trains takes the wish up at its next row of losses. RunError where
    the run does neither.
    """
    if what != "evaluate" and _leave_line(run, "paused" if what == "pause" else "stopped"):
        return
    status = run.status()
    if status.is_over or (status.state == "waiting" and what == "evaluate"):
        raise RunError(f"Run {run.name} is {status.state} and not training: there is nothing to {what}.")
    run.request(what)


def _leave_line(run: Run, state: State) -> bool:
    with in_line():
        if not drop_ticket(run.folder):
            return False
        if run.status().state not in ("waiting", "interrupted"):
            return False
        _write_state(run, state)
        return True


def _write_state(run: Run, state: State) -> None:
    status = first_status(run.config, run.status()).model_copy(update={"state": state})
    write_status(run.folder / "status.json", status)
