"""A run that still trains, on the pages Map and Modes."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import torch

from clustergan_core.runs.replay import frame_path, frame_steps, read_frame
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import Status, hold_lock, write_status
from clustergan_core.runs.weights import read_tensors
from clustergan_core.runs.worker import execute
from tests.app.app_pages import open_page, texts
from tests.small_runs import new_run, small_config
from ui.canvas_map import MapEvent
from ui.train.held_samples import N_COLUMNS, surest_samples

pytestmark = pytest.mark.usefixtures("apart")


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A short run of a method that trains its encoder first, for 10 of 20 steps."""
    config = small_config("digits", n_steps=20, evaluate_every=10, method="paired-clustergan", warm_up_share=0.5)
    run = new_run(tmp_path_factory.mktemp("runs") / "paired", config)
    execute(run)
    return run


@pytest.fixture
def training(paired: Run, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A copy of the run as it stood after 5 steps, and whose process lives."""
    monkeypatch.setattr("ui.train.forming.canvas_map", lambda *_, **__: MapEvent(None, None))
    run = Run(shutil.copytree(paired.folder, own_folders / "runs" / "training"))
    for path in run.folder.glob("weights-*"):
        path.unlink()
    for step in frame_steps(run.folder)[2:]:
        frame_path(run.folder, step).unlink()
    _set_step(run, 5)
    with hold_lock(run.folder / "lock"):
        yield run


def _set_step(run: Run, step: int) -> None:
    write_status(
        run.folder / "status.json",
        Status(state="running", step=step, n_steps=20, heartbeat=datetime.now().astimezone()),
    )


def _bring_weights(run: Run, paired: Run) -> None:
    for path in paired.folder.glob("weights-*"):
        shutil.copy(path, run.folder)


def test_the_map_of_a_run_without_weights_is_that_of_its_running_encoder(training: Run, paired: Run) -> None:
    app = open_page("map", run="training")
    assert not app.exception and not app.error, [error.value for error in app.error]
    assert "This run still trains" in texts(app)
    assert "**Step 5** of 20." in texts(app)
    shutil.copy(frame_path(paired.folder, 10), frame_path(training.folder, 10))
    app.run()
    assert "**Step 10** of 20." in texts(app)


def test_a_person_may_lay_out_the_weights_so_far_and_is_told_their_step(training: Run, paired: Run) -> None:
    _bring_weights(training, paired)
    _set_step(training, 15)
    app = open_page("map", run="training")
    assert "**Step 5** of 20." in texts(app)
    app = open_page("map", run="training", unfinished="weights so far", layout="PCA")
    assert not app.exception and not app.error, [error.value for error in app.error]
    (sentence,) = (caption.value for caption in app.caption if "still trains" in caption.value)
    best, last = (read_tensors(paired.folder / f"weights-{which}.safetensors") for which in ("best", "last"))
    assert all(torch.equal(best[name], last[name]) for name in last), "this method keeps those of its last evaluation"
    assert "at step 15 of 20" in sentence
    assert "of step 20," in sentence


def test_modes_are_real_samples_until_the_generator_learns_and_its_own_from_then_on(training: Run, paired: Run) -> None:
    app = open_page("modes", run="training")
    assert not app.exception and not app.error, [error.value for error in app.error]
    assert "its generator has made nothing yet" in texts(app)
    _bring_weights(training, paired)
    app = open_page("modes", run="training")
    assert "its generator has made nothing yet" in texts(app), "its weights are those before the first step"
    _set_step(training, 15)
    app = open_page("modes", run="training")
    assert not app.exception and not app.error, [error.value for error in app.error]
    assert "its generator has made nothing yet" not in texts(app)
    assert "at step 15 of 20" in texts(app)


def test_a_finished_run_is_not_said_to_train(paired: Run, own_folders: Path) -> None:
    shutil.copytree(paired.folder, own_folders / "runs" / "finished")
    for page in ("map", "modes"):
        assert "still trains" not in texts(open_page(page, run="finished", layout="PCA"))


def test_each_mode_shows_the_samples_that_it_is_surest_of(paired: Run) -> None:
    frame = read_frame(paired.folder, 20)
    assert frame is not None
    samples = paired.dataset().samples[frame.indices]
    rows = surest_samples(samples, frame, 10)
    assert rows.shape == (10, N_COLUMNS, *samples.shape[1:])
    for mode in range(10):
        held = np.flatnonzero(frame.clusters == mode)
        if not len(held):
            assert not rows[mode].any()
            continue
        surest = held[frame.confidence[held] == frame.confidence[held].max()]
        assert any(np.array_equal(rows[mode, 0], samples[index]) for index in surest)
        assert not rows[mode, len(held) :].any()
