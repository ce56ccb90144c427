"""Tickets: which runs are queued, and in which order. One small file per run, so that the queue survives a reboot.

A ticket only confirms that the run's own status, "waiting", is still valid. Code that changes the queue holds
`queue_lock`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from clustergan_core.files import file_lock, storage_error, write_atomically
from clustergan_core.paths import queue_folder


@dataclass(frozen=True)
class Ticket:
    """A run's position in the queue."""

    folder: Path  # of the run
    order: float  # the lowest comes first
    path: Path


def write_tickets(folders: Sequence[Path], *, is_first: bool = False) -> None:
    """Puts runs at the end of the queue, or before all others, in their order."""
    now, orders = time.time(), [ticket.order for ticket in read_tickets()]
    start = min([now, *orders]) - len(folders) if is_first else max([now, *orders]) + 1
    for number, folder in enumerate(folders):
        ticket = {"folder": str(folder), "order": start + number}
        write_atomically(_ticket_path(folder), json.dumps(ticket).encode())


def read_tickets() -> list[Ticket]:
    """The queue in order. Files that are not tickets are skipped."""
    tickets = []
    for path in queue_folder().glob("*.ticket"):
        try:
            record = json.loads(path.read_text())
            tickets.append(Ticket(Path(record["folder"]), float(record["order"]), path))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(tickets, key=lambda ticket: (ticket.order, ticket.path))


def has_ticket(folder: Path) -> bool:
    """Whether a run is queued."""
    return _ticket_path(folder).exists()


def drop_ticket(folder: Path) -> bool:
    """Takes a run out of the queue; False where it was not queued."""
    try:
        _ticket_path(folder).unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise storage_error(_ticket_path(folder), error) from error
    return True


def queue_lock(*, waits: bool = True) -> AbstractContextManager[bool]:
    """Locks the queue of all servers and commands on this folder; yields False instead of waiting if not `waits`."""
    return file_lock(queue_folder() / "lock", waits=waits)


def _ticket_path(folder: Path) -> Path:
    """Always the same path for a run, so that it cannot be queued twice."""
    return queue_folder() / f"{hashlib.sha256(str(folder).encode()).hexdigest()[:20]}.ticket"
