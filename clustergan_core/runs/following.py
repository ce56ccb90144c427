"""Watching a run that another process trains, through its folder."""

from __future__ import annotations

import time
from collections.abc import Iterator

from clustergan_core.runs.hands import Hands
from clustergan_core.runs.store import Run
from clustergan_core.training import Checkpoint, Progress

POLL_SECONDS = 0.5


def follow(run: Run, hands: Hands) -> Iterator[Progress]:
    """Yields every row of losses from now on, until the run has ended and nobody will go on with it."""
    offset = run.metrics().offset
    while True:
        hands.tend()
        status = run.status()  # before the rows, so that the last ones are not missed
        part = run.metrics(offset)
        offset = part.offset
        for row in part.rows:
            yield Progress(
                row["step"], status.n_steps, row["seconds"], row["losses"], row.get("scores"), False, _no_checkpoint
            )
        if status.is_over and not (status.state == "interrupted" and hands.picks_up(run)):
            return
        time.sleep(POLL_SECONDS)


def _no_checkpoint() -> Checkpoint:
    raise AssertionError("only the process that trains can capture its state")
