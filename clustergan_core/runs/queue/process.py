"""The process of one run, as the queue starts it: `python -m clustergan_core.runs.queue.process FOLDER LOCK SLOT …`."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from clustergan_core.errors import AppError
from clustergan_core.runs.queue.queue import advance
from clustergan_core.runs.run import Run
from clustergan_core.runs.worker import execute


def main(folder: str, lock: str, *slots: str) -> int:
    """Runs one folder to its end under locks inherited by number, then starts whose turn it is.

    Exit status 2 for what a person can mend; the run's log and status say what.
    """
    try:
        execute(Run(Path(folder).resolve()), lock=int(lock))
    except AppError:
        return 2
    finally:
        for slot in slots:
            os.close(int(slot))
        with contextlib.suppress(AppError):  # whoever looks after the queue next will meet the same problem, and say it
            advance()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
