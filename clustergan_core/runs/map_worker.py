"""The process that computes maps: one request per line on standard input, until that is closed."""

from __future__ import annotations

import logging
import sys

from clustergan_core.errors import AppError
from clustergan_core.runs.maps import MapRequest, compute_requested_map, write_progress


def main() -> None:
    """Computes the requested maps one after the other; a failure is reported in its own job's folder."""
    for line in sys.stdin:
        request = MapRequest.from_json(line)
        try:
            compute_requested_map(request)
        except AppError as error:
            write_progress(request.job_folder(), "failed", 0.0, str(error))
        except Exception:
            logging.exception("map of %s", request.run.name)
            write_progress(request.job_folder(), "failed", 0.0, "The map could not be computed: try another algorithm.")


if __name__ == "__main__":
    main()
