"""Backends: this machine's queue, or a cluster. Starts, continues, extends and follows runs on them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from clustergan_core.errors import RunError, SettingsError
from clustergan_core.paths import new_run_name, runs_folder
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.queue.dispatcher import ensure_dispatcher
from clustergan_core.runs.queue.queue import advance_queue, enqueue
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import hold_lock
from clustergan_core.runs.store import create_run
from clustergan_core.runs.worker import check_unfinished

if TYPE_CHECKING:  # training brings PyTorch, and pages only submit runs
    from clustergan_core.training import Checkpoint, Progress

POLL_SECONDS = 0.5

MOST_STEPS = 10_000_000  # a schedule's own limit


class Backend(Protocol):
    """Trains runs: this machine's queue, or a cluster."""

    def submit(self, runs: Sequence[Run], *, is_first: bool = False) -> None:
        """Accepts runs, to train each as soon as there is room for it."""
        ...

    def poll(self) -> None:
        """Does due work; callers that wait call it about twice a second."""
        ...

    def will_retry(self, run: Run) -> bool:
        """Whether a run whose process died will continue without being submitted again."""
        ...


class LocalQueue:
    """This machine's queue."""

    def submit(self, runs: Sequence[Run], *, is_first: bool = False) -> None:
        enqueue(runs, is_first=is_first)
        ensure_dispatcher()

    def poll(self) -> None:
        advance_queue()

    def will_retry(self, run: Run) -> bool:
        return False


@contextmanager
def open_backend(scheduler: str | None) -> Iterator[Backend]:
    """The workers of a scheduler such as tcp://host:8786, or this machine's queue without one."""
    if not scheduler:
        yield LocalQueue()
        return
    from clustergan_core.runs.queue.dask import Cluster  # distributed takes a second to import

    with Cluster(scheduler) as cluster:
        yield cluster


def launch(config: RunConfig, scheduler: str | None = None) -> Run:
    """Creates a run in the runs folder and submits it: it trains at once if there is room, else when its turn comes."""
    with open_backend(scheduler) as backend:
        run = create_run(config, runs_folder() / new_run_name(config.method, config.dataset.name, datetime.now()))
        backend.submit([run])
        backend.poll()
    return run


def continue_run(run: Run, scheduler: str | None = None) -> None:
    """Continues an unfinished run from its checkpoint, a paused one before all waiting runs.

    RunError where there is nothing to continue.
    """
    check_unfinished(run)
    with open_backend(scheduler) as backend:
        backend.submit([run], is_first=run.status().state == "paused")
        backend.poll()


def extend_run(run: Run, n_more: int, scheduler: str | None = None) -> None:
    """Continues a run that has ended for `n_more` steps beyond its planned end.

    This replaces its final scores and card, because its weights change. RunError while it trains or waits, for shipped
    models, for a run of a sweep and for one without a checkpoint; SettingsError for an impossible number.
    """
    if not 1 <= n_more <= MOST_STEPS - run.config.schedule.n_steps:
        raise SettingsError(
            f"{n_more} additional steps are not possible: choose at least 1, and {MOST_STEPS:,} in total."
        )
    if run.status().state != "finished":
        check_unfinished(run)
    if run.is_of_sweep:
        raise RunError(
            f"Run {run.name} belongs to a sweep, whose runs all have the same length: start a sweep with more steps, "
            "or train it separately with its command."
        )
    if run.is_shipped or not (run.folder / "resume.safetensors").exists():
        raise RunError(f"Run {run.name} has no checkpoint to continue from: start a new run with more steps.")
    with open_backend(scheduler) as backend:
        with hold_lock(run.folder / "lock"):
            run.extend(n_more)
        backend.submit([run])
        backend.poll()


def follow_run(run: Run, backend: Backend) -> Iterator[Progress]:
    """Yields every row of losses from now on, until the run has ended and will not be retried."""
    from clustergan_core.training import Progress

    offset = run.metrics().offset
    while True:
        backend.poll()
        status = run.status()  # read before the rows, so that the last ones are not missed
        part = run.metrics(offset)
        offset = part.offset
        for row in part.rows:
            yield Progress(
                row["step"], status.n_steps, row["seconds"], row["losses"], row.get("scores"), False, _no_checkpoint
            )
        if status.is_over and not (status.state == "interrupted" and backend.will_retry(run)):
            return
        time.sleep(POLL_SECONDS)


def _no_checkpoint() -> Checkpoint:
    raise AssertionError("only the training process can capture its state")
