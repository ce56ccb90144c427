"""The clusters of all of a run's cells, as pages of cells read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clustergan_core.errors import DataError
from clustergan_core.runs.store import Run
from ui.loaded import load_latents

if TYPE_CHECKING:
    from clustergan_core.runs.latents import RunLatents


def load_cells(run: Run) -> RunLatents | None:
    """All cells the run can tell of: its data set's, else those that came with it; None while there are neither."""
    try:
        return load_latents(run, "all")
    except DataError:
        pass
    try:
        return load_latents(run)
    except DataError:
        return None
