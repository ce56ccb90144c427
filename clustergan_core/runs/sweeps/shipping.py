"""Bundles a finished sweep: its scores, not its weights, as pretrained/sweeps/<name>.json.

python -m clustergan_core.runs.sweeps.shipping FOLDER NAME "MACHINE"
"""

from __future__ import annotations

import sys
from pathlib import Path

from clustergan_core.errors import RunError
from clustergan_core.files import write_atomically
from clustergan_core.runs.sweeps.report import SHIPPED_SWEEPS, make_report
from clustergan_core.runs.sweeps.sweep import open_sweep


def ship_sweep(folder: Path, name: str, machine: str) -> Path:
    """Writes the report of a sweep whose runs are all finished; RunError where some are not."""
    sweep = open_sweep(folder)
    report = make_report(sweep)
    unfinished = [row.run or f"seed {row.seed}" for row in report.rows if row.state != "finished"]
    if unfinished:
        raise RunError(
            f"{len(unfinished)} runs of {sweep.name} are not finished ({unfinished[0]}): ship it once they are."
        )
    path = SHIPPED_SWEEPS / f"{name}.json"
    shipped = report.model_copy(update={"name": name, "machine": machine})
    write_atomically(path, shipped.model_dump_json(indent=1).encode())
    return path


if __name__ == "__main__":
    print(ship_sweep(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))  # noqa: T201 - a maintainer's command
