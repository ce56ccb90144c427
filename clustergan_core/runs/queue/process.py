"""The training process that the queue starts: `python -m clustergan_core.runs.queue.process FOLDER LOCK SLOT …`."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from clustergan_core.errors import AppError
from clustergan_core.runs.queue.queue import advance_queue
from clustergan_core.runs.run import Run
from clustergan_core.runs.worker import execute


def main(folder: str, lock: str, *slots: str) -> int:
    """Trains the run of a folder under locks inherited by descriptor, then starts the next run.

    Returns exit status 2 for problems that a person can fix; the run's log and status describe them.
    """
    try:
        execute(Run(Path(folder).resolve()), lock=int(lock))
    except AppError:
        return 2
    finally:
        for slot in slots:
            os.close(int(slot))
        with contextlib.suppress(AppError):  # the next process that handles the queue will report the same problem
            advance_queue()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
