"""Beyond one machine: dask.distributed workers that share the runs folder train the runs.

The scheduler keeps the queue and gives a lost worker's run to another, which continues from the checkpoint. Everything
else (progress, requests, scores) goes through the run's folder as usual, so pages and commands see no difference.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from distributed import Client, Future, fire_and_forget

from clustergan_core.errors import AppError, RunError
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import hold_lock, read_status, write_status
from clustergan_core.runs.worker import execute, first_status

CONNECT_SECONDS = 10


class Cluster:
    """A connection to a scheduler. Submitted runs stay with the scheduler after it is closed."""

    def __init__(self, address: str) -> None:
        """RunError where no scheduler answers at an address such as tcp://host:8786."""
        try:
            self.client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError, ImportError) as error:
            raise RunError(
                f"No scheduler answered at {address[:200]} within {CONNECT_SECONDS} s: start `dask scheduler` there, "
                "or correct the address (such as tcp://host:8786)."
            ) from error
        self.address = address
        self._futures: dict[Path, Future] = {}

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Disconnects from the scheduler."""
        self.client.close()

    def submit(self, runs: Sequence[Run], *, is_first: bool = False) -> None:
        """Submits idle runs to the scheduler; with `is_first` before all others of this program."""
        for run in runs:
            with hold_lock(run.folder / "lock"):
                run.forget_requests()
                status = first_status(run.config, run.status())
                waiting = status.model_copy(update={"state": "waiting", "scheduler": self.address})
                write_status(run.folder / "status.json", waiting)
                run.add_to_log(f"Submitted to {self.address}.")
            future = self.client.submit(
                train_folder,
                str(run.folder),
                # Unique, so that the result of a run's earlier end is not returned when it is continued later.
                key=f"{run.name}-{secrets.token_hex(4)}",
                resources={"GPU": 1} if run.config.device == "cuda" else None,
                priority=1 if is_first else 0,
                pure=False,
            )
            fire_and_forget(future)
            self._futures[run.folder] = future

    def poll(self) -> None:
        """Does nothing: the scheduler handles its queue itself."""

    def will_retry(self, run: Run) -> bool:
        """Whether the scheduler will give a run whose worker is gone to another worker."""
        future = self._futures.get(run.folder)
        return future is not None and not future.done()


def train_folder(folder: str) -> str:
    """Trains or continues the run of a folder in a worker; returns the state in which it ended.

    A run that was stopped while it waited is left alone. Problems that a person can fix are in the run's status.
    """
    run = Run(Path(folder))
    with hold_lock(run.folder / "lock") as lock:
        status = read_status(run.folder / "status.json")
        if status.is_over:
            return status.state
        try:
            return execute(run, lock=os.dup(lock)).state
        except AppError:
            return run.status().state
