"""Pages on a run of a person's own table without labels: what they say fits data that has neither labels nor splits."""

from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.opening import open_dataset
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from clustergan_core.runs.worker import execute
from clustergan_core.schedule import Schedule
from tests.app.app_pages import open_page, texts
from tests.small_runs import NARROW, new_run


@pytest.fixture
def table_run(own_folders: Path) -> Run:
    """A short run on a table whose column of names is not its labels."""
    path = own_folders / "flowers.csv"
    values = np.random.default_rng(0).random((40, 3)).round(3)
    rows = [f"{','.join(map(str, row))},{'ab'[i % 2]}" for i, row in enumerate(values)]
    path.write_text("\n".join(["length,width,height,species", *rows]))
    options = OwnDataOptions(labels="none")
    config: RunConfig = make_config(
        open_dataset(str(path), options),
        str(path),
        method="clustergan",
        settings=NARROW | {"n_clusters": 30},
        options=options,
    )
    schedule = Schedule(n_steps=10, log_every=5, evaluate_every=5)
    run = new_run(own_folders / "runs" / "flowers", config.model_copy(update={"schedule": schedule}))
    execute(run)
    return run


def test_modes_speak_of_no_test_split_and_of_no_digits(table_run: Run) -> None:
    empty = next(mode for mode in range(30) if mode not in run_latents(table_run).clusters)
    app = open_page("modes", run="flowers", mode=str(empty))
    assert not app.error
    assert "No sample is assigned to this mode." in texts(app)
    assert "mode numbers mean nothing" in texts(app)
    assert "digit" not in texts(app)


def test_the_map_points_to_the_columns_where_there_are_no_labels(table_run: Run) -> None:
    app = open_page("map", run="flowers")
    assert "species" in app.selectbox(key="colour").options
    assert "this run has none. Colour by one of its columns instead." in texts(app)
