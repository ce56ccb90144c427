"""Tickets: which runs stand in line, and in which order. One small file a run, so that a line outlives everything.

A ticket says no more than that the run's own status, "waiting", is meant seriously. Who changes the line holds
`in_line`.
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
    """A run's place in line."""

    folder: Path  # of the run
    order: float  # who has less comes first
    path: Path


def write_tickets(folders: Sequence[Path], *, is_first: bool = False) -> None:
    """Puts runs at the end of the line, or before all others, in their order."""
    now, orders = time.time(), [ticket.order for ticket in read_tickets()]
    start = min([now, *orders]) - len(folders) if is_first else max([now, *orders]) + 1
    for number, folder in enumerate(folders):
        ticket = {"folder": str(folder), "order": start + number}
        write_atomically(_ticket_path(folder), json.dumps(ticket).encode())


def read_tickets() -> list[Ticket]:
    """The line, first come first. Files that are no tickets are passed over."""
    tickets = []
    for path in queue_folder().glob("*.ticket"):
        try:
            words = json.loads(path.read_text())
            tickets.append(Ticket(Path(words["folder"]), float(words["order"]), path))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(tickets, key=lambda ticket: (ticket.order, ticket.path))


def has_ticket(folder: Path) -> bool:
    """Whether a run stands in line."""
    return _ticket_path(folder).exists()


def drop_ticket(folder: Path) -> bool:
    """Takes a run out of the line; False where it was not in it."""
    try:
        _ticket_path(folder).unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise storage_error(_ticket_path(folder), error) from error
    return True


def in_line(*, waits: bool = True) -> AbstractContextManager[bool]:
    """Holds the whole line, of all servers and commands on this folder; yields False where it would have to wait."""
    return file_lock(queue_folder() / "lock", waits=waits)


def _ticket_path(folder: Path) -> Path:
    """The same for the same run, so that it cannot stand in line twice."""
    return queue_folder() / f"{hashlib.sha256(str(folder).encode()).hexdigest()[:20]}.ticket"
