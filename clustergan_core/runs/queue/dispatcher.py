"""The queue's dispatcher: a small process that lives while runs wait, whether or not a server or a tab is open.

    python -m clustergan_core.runs.queue.dispatcher

Queueing a run ensures that a dispatcher is running; it ends when the queue is empty. It only checks whether there is a
ticket whose slots are free, and leaves the start itself to the command `queue`, so that waiting needs no PyTorch.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import AbstractContextManager

from clustergan_core.errors import AppError
from clustergan_core.files import file_lock
from clustergan_core.paths import CODE_FOLDER, queue_folder
from clustergan_core.runs.queue.detached import start_detached
from clustergan_core.runs.queue.slots import is_room
from clustergan_core.runs.tickets import Ticket, read_tickets

TICK_SECONDS = 1.0
PAUSE_SECONDS = 10.0  # after an attempt that started nothing, for example because the disk is full


def ensure_dispatcher() -> None:
    """Starts a dispatcher where runs wait and none is running; it outlives this process."""
    if not read_tickets() or _is_running():
        return
    start_detached("clustergan_core.runs.queue.dispatcher")


def run_dispatcher() -> None:
    """Starts runs in turn until none waits."""
    while read_tickets():
        with _dispatcher_lock() as is_ours:
            if not is_ours:
                return
            while tickets := read_tickets():
                if _has_room(tickets):
                    _start_next()
                    if len(read_tickets()) == len(tickets):
                        time.sleep(PAUSE_SECONDS)
                time.sleep(TICK_SECONDS)
        # Checked again once the lock is released: whoever queued a run in between saw it held.


def _has_room(tickets: list[Ticket]) -> bool:
    """Whether there is room for the first waiting run of any device."""
    first: dict[str, int] = {}
    for ticket in tickets:
        device, threads = _needs_of(ticket)
        first.setdefault(device, threads)
    try:
        return any(is_room(device, threads) for device, threads in first.items())
    except AppError:  # for example a full disk, which may have space later
        return False


def _needs_of(ticket: Ticket) -> tuple[str, int]:
    """Device and threads, read without the run's classes, which import PyTorch; the command drops corrupt runs."""
    try:
        config = json.loads((ticket.folder / "config.json").read_text())
        return str(config["device"]), int(config["threads"])
    except (OSError, ValueError, KeyError, TypeError):
        return "cpu", 1


def _start_next() -> None:
    subprocess.run(
        [sys.executable, "-m", "clustergan_core", "queue"],
        cwd=CODE_FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


def _is_running() -> bool:
    with _dispatcher_lock() as is_ours:
        return not is_ours


def _dispatcher_lock() -> AbstractContextManager[bool]:
    return file_lock(queue_folder() / "dispatcher", waits=False)


if __name__ == "__main__":
    run_dispatcher()
