"""Clusters of a run clustered again: the same cells, prepared by themselves."""

from pathlib import Path

import numpy as np
import pytest

from clustergan_core.command_line import main
from clustergan_core.data.opening import open_dataset
from clustergan_core.errors import SettingsError
from clustergan_core.runs.clusters.subsets import keep_clusters
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from tests.unit.data.test_opening import write_cells
from tests.unit.runs.test_cluster_exports import TRAIN

pytestmark = pytest.mark.slow  # trains on cells


@pytest.fixture
def cells_run(own_folders: Path) -> Run:
    cells = write_cells(own_folders / "cells.h5ad", n_cells=180)
    assert main(["train", "--dataset", str(cells), "--labels", "kind", "--out", str(own_folders / "run"), *TRAIN]) == 0
    return Run(own_folders / "run")


def test_the_cells_of_some_clusters_are_a_data_set_of_their_own(cells_run: Run) -> None:
    latents = run_latents(cells_run, "all")
    largest = int(np.bincount(latents.clusters).argmax())
    options = keep_clusters(cells_run, [largest])
    data = open_dataset(cells_run.config.dataset.source, options)
    whole = cells_run.dataset()
    assert list(data.sample_ids) == [whole.sample_ids[row] for row in np.flatnonzero(latents.clusters == largest)]
    assert options.labels == "kind"
    assert keep_clusters(cells_run, [largest]) == options
    config = make_config(data, cells_run.config.dataset.source, options=options)
    assert f"--ids {options.ids}" in config.command()


def test_few_cells_are_refused(cells_run: Run) -> None:
    with pytest.raises(SettingsError, match="0 cells are too few"):
        keep_clusters(cells_run, [99])
