"""A run's state on disk, and the lock that its process holds."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from clustergan_core.errors import RunError
from clustergan_core.files import lock_descriptor, open_locked, write_atomically

# waiting: queued for a device; starting: launched, not yet training; interrupted is never written, but what waiting,
# starting and running mean when nothing handles the run any more.
State = Literal["waiting", "starting", "running", "paused", "stopped", "finished", "failed", "interrupted"]


class Status(BaseModel):
    """status.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State
    step: int = 0
    n_steps: int = 0
    seconds: float = 0.0
    heartbeat: datetime
    message: str = ""  # one sentence for a person when failed, paused by a full disk, or interrupted
    scheduler: str = ""  # the address of the cluster it waits for, if not in this machine's queue

    @property
    def is_over(self) -> bool:
        """Whether the run will not continue by itself."""
        return self.state not in ("waiting", "starting", "running")

    @property
    def is_training(self) -> bool:
        """Whether a process trains it or is about to."""
        return self.state in ("starting", "running")


def write_status(path: Path, status: Status) -> None:
    """Replaces status.json atomically."""
    write_atomically(path, status.model_dump_json().encode())


def read_status(path: Path) -> Status:
    """Reads status.json; RunError where it is missing or unreadable."""
    try:
        return Status.model_validate(json.loads(path.read_text()))
    except (OSError, ValueError, ValidationError) as error:
        raise RunError(f"{path} cannot be read: delete the run {path.parent.name} or restore the file.") from error


@contextmanager
def hold_lock(path: Path, inherited: int | None = None) -> Iterator[int]:
    """Holds the run's lock while its process works, and yields the lock's descriptor.

    A child process that inherits the descriptor holds the lock too, even before its first instruction, and passes it
    here as `inherited`. RunError where another process holds the lock.
    """
    if inherited is None:
        descriptor = open_locked(path)
    else:
        descriptor = inherited if lock_descriptor(inherited) else None
    if descriptor is None:
        raise RunError(f"Run {path.parent.name} is already training in another process: stop that first.")
    try:
        yield descriptor
    finally:
        os.close(descriptor)
