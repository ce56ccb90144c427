"""Past one machine: runs handed to dask.distributed workers that share the runs folder.

The scheduler keeps the line and gives a lost worker's run to another, which goes on from the checkpoint. Everything
else, progress, wishes, scores, goes through the run's folder as it does here, so pages and commands see no difference.
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
    """A connection to a scheduler. Closing it leaves what was handed over in the scheduler's hands."""

    def __init__(self, address: str) -> None:
        """RunError where no scheduler answers at an address such as tcp://host:8786."""
        try:
            self.client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError, ImportError) as error:
            raise RunError(
                f"No scheduler answers at {address[:200]} within {CONNECT_SECONDS} s: start `dask scheduler` there, or "
                "correct the address (such as tcp://host:8786)."
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
        """Disconnects."""
        self.client.close()

    def submit(self, runs: Sequence[Run], *, is_first: bool = False) -> None:
        """Hands runs that nobody trains to the scheduler; `is_first` before all that it holds of this program."""
        for run in runs:
            with hold_lock(run.folder / "lock"):
                run.forget_requests()
                status = first_status(run.config, run.status())
                waiting = status.model_copy(update={"state": "waiting", "scheduler": self.address})
                write_status(run.folder / "status.json", waiting)
                run.add_to_log(f"Handed to {self.address}.")
            future = self.client.submit(
                train_folder,
                str(run.folder),
                # Of its own, so that a run that is continued later is not answered with its earlier end.
                key=f"{run.name}-{secrets.token_hex(4)}",
                resources={"GPU": 1} if run.config.device == "cuda" else None,
                priority=1 if is_first else 0,
                pure=False,
            )
            fire_and_forget(future)
            self._futures[run.folder] = future

    def poll(self) -> None:
        """Nothing: the scheduler looks after its line itself."""

    def will_retry(self, run: Run) -> bool:
        """Whether the scheduler will give a run, whose worker is gone, to another."""
        future = self._futures.get(run.folder)
        return future is not None and not future.done()


def train_folder(folder: str) -> str:
    """What a worker does: trains the run of a folder, or goes on with it; returns the state in which it ended.

    A run that a person has stopped while it waited is left alone. What a person can mend stands in the run's status.
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
