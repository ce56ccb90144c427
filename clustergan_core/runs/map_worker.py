"""The process that computes maps: one request per line on standard input, until that is closed."""

from __future__ import annotations

import logging
import sys
from queue import SimpleQueue
from threading import Thread

from clustergan_core.errors import AppError
from clustergan_core.runs.maps import MapRequest, compute_requested_map, give_way, is_abandoned, write_progress


def main() -> None:
    """Computes the requested maps one after the other; a failure is reported in its own job's folder.

    A job that nobody waits for any more gives way to those behind it.
    """
    waiting: SimpleQueue[MapRequest | None] = SimpleQueue()
    # Read as they come, so that a map that is being computed knows of those that wait.
    Thread(target=_read_requests, args=(waiting,), daemon=True).start()
    while (request := waiting.get()) is not None:
        if is_abandoned(request):
            give_way(request)
            continue
        try:
            compute_requested_map(request, lambda: not waiting.empty())
        except AppError as error:
            write_progress(request.job_folder(), "failed", 0.0, str(error))
        except Exception:
            logging.exception("map of %s", request.run.name)
            write_progress(request.job_folder(), "failed", 0.0, "The map could not be computed: try another algorithm.")


def _read_requests(waiting: SimpleQueue[MapRequest | None]) -> None:
    for line in sys.stdin:
        waiting.put(MapRequest.from_json(line))
    waiting.put(None)


if __name__ == "__main__":
    main()
