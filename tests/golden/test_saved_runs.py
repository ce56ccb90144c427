"""A run of each earlier format, trained by the code of its time, must still load, encode and be listed.

`run-format-1` came from: python -m clustergan_core train --dataset synthetic --steps 20 --set width=0.05
--set n_normal=2 --set n_critic_steps=1, less its checkpoint.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.dataset import split_samples
from clustergan_core.drawing.pictures.images import sample_grid
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from clustergan_core.runs.samples import grid_steps, read_grid
from clustergan_core.runs.scores import read_scores, score_run

FOLDER = Path(__file__).parent
FORMATS = sorted(FOLDER.glob("run-format-*"))


@pytest.fixture(params=FORMATS, ids=lambda path: path.name)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """A copy, as some of what is read is also kept."""
    shutil.copytree(request.param, tmp_path / "run")
    return Run(tmp_path / "run")


def test_its_description_is_read(run: Run) -> None:
    assert run.status().state == "finished"
    assert run.config.n_clusters == 4
    assert run.metrics().rows[-1]["step"] == run.config.schedule.n_steps
    assert "train" in run.config.command()
    assert "Finished." in run.log()


def test_its_weights_give_the_scores_they_had(run: Run) -> None:
    kept = read_scores(run)
    assert kept is not None
    now = score_run(run)

    for name in ("purity", "accuracy", "nmi", "ari", "sample_cycle", "latent_cycle"):
        assert now.get(name) == pytest.approx(kept.get(name), abs=0.005)


def test_its_samples_are_encoded_and_drawn(run: Run) -> None:
    assert np.array_equal(run_latents(run).indices, split_samples(10_000).test)
    grid = read_grid(run.folder, grid_steps(run.folder)[-1])
    assert grid.shape[0] == 4
    assert sample_grid(grid).width > 0


def test_nothing_of_this_machine_is_in_it(run: Run) -> None:
    for path in [*FOLDER.glob("run-format-*/*.json"), *FOLDER.glob("run-format-*/*.txt")]:
        assert str(Path.home()) not in path.read_text()
    assert json.loads((run.folder / "config.json").read_text())["dataset"]["source"] == "synthetic"
