"""The cells of some of a run's clusters as a list of ids, to be reclustered on their own."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

import numpy as np

from clustergan_core.data.options import OwnDataOptions
from clustergan_core.errors import SettingsError
from clustergan_core.files import write_atomically
from clustergan_core.paths import lists_folder
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.clusters.names import read_annotations
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run

FEWEST_CELLS = 30  # among fewer, cells have neighbours of their own type only by chance


def keep_clusters(run: Run, clusters: Collection[int]) -> OwnDataOptions:
    """The run's own data options, narrowed to the cells of these clusters as a person has edited them.

    The list is a file named by its content, so that the same choice gives the same data. Raises SettingsError where
    too few cells are left or the run is not of cells.
    """
    if not is_of_cells(run):
        raise SettingsError(f"{run.title} is not of cells: choose a run of a count matrix.")
    dataset = run.dataset()
    latents = run_latents(run, "all", dataset=dataset)
    edited = read_annotations(run).edit(latents.clusters, latents.indices)
    chosen = np.isin(edited, list(clusters))
    if chosen.sum() < FEWEST_CELLS:
        raise SettingsError(f"{int(chosen.sum())} cells are too few to cluster: choose at least {FEWEST_CELLS} cells.")
    ids = [dataset.sample_ids[index] for index in latents.indices[chosen]]
    return run.config.dataset.options.model_copy(update={"ids": str(_write(ids))})


def _write(ids: list[str]) -> Path:
    content = "".join(f"{identity}\n" for identity in ids).encode()
    path = lists_folder() / f"cells-{hashlib.sha256(content).hexdigest()[:12]}.txt"
    if not path.exists():
        write_atomically(path, content)
    return path
