"""The map of a run as it forms, on the Train page."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.browser.strip import Strip
from clustergan_core.embedding.mode_wheel import wheel_reach
from clustergan_core.runs.aligned_maps import read_aligned
from clustergan_core.runs.replay import frame_path, frame_steps, read_frame
from clustergan_core.runs.run import Run
from clustergan_core.runs.samples import grid_steps
from clustergan_core.runs.status import Status, hold_lock, write_status
from clustergan_core.runs.worker import execute
from tests.app.train_widgets import all_texts, opened
from tests.small_runs import new_run, small_config
from ui.canvas_map import MapEvent
from ui.train.phases import generator_begins

pytestmark = pytest.mark.usefixtures("apart")


class SeenMap:
    """What the page gave the canvas."""

    coordinates = np.zeros((0, 2))
    groups = np.zeros(0, dtype=np.int64)
    named: dict[str, object]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> SeenMap:
    seen = SeenMap()

    def watch(coordinates: np.ndarray, groups: np.ndarray, **named: object) -> MapEvent:
        seen.coordinates, seen.groups, seen.named = coordinates, groups, named
        return MapEvent(None, None)

    monkeypatch.setattr("ui.train.forming.canvas_map", watch)
    return seen


@pytest.fixture
def grids(monkeypatch: pytest.MonkeyPatch) -> list[Strip]:
    """The grids of samples that the page has put under a handle."""
    shown: list[Strip] = []
    monkeypatch.setattr("ui.train.samples.latent_slider", lambda _, strip, *__, **___: shown.append(strip))
    return shown


def test_a_run_of_cells_shows_its_map_at_every_step_in_one_frame_and_no_bars(cells: Run, seen: SeenMap) -> None:
    app = opened(run="cells")
    assert not app.exception and not app.image
    newest, first = read_frame(cells.folder, 10), read_frame(cells.folder, 0)
    assert newest is not None and first is not None
    assert seen.groups.tolist() == newest.clusters.tolist()
    assert seen.named["reach"] == wheel_reach(3)
    assert np.abs(seen.coordinates).max() <= wheel_reach(3)
    at_the_end = seen.coordinates

    slider = app.select_slider[0]
    assert slider.options == [f"{step:,}" for step in frame_steps(cells.folder)]
    slider.set_value(0).run()
    assert "Before the first step." in all_texts(app)
    assert seen.named["reach"] == wheel_reach(3)
    assert not np.array_equal(seen.coordinates, at_the_end)
    assert seen.groups.tolist() == newest.clusters.tolist(), "coloured by where the cells come to be"
    app.segmented_control(key="forming_colour").set_value("cluster at this step").run()
    assert seen.groups.tolist() == first.clusters.tolist()
    app.segmented_control(key="forming_colour").set_value("label").run()
    labels = cells.dataset().labels
    assert labels is not None
    assert seen.groups.tolist() == labels[newest.indices].tolist()
    assert seen.named["group_names"] == list(cells.config.dataset.label_names)


def test_a_run_that_trains_shows_the_newest_step_as_it_comes(cells: Run, seen: SeenMap) -> None:
    content = frame_path(cells.folder, 10).read_bytes()
    for step in frame_steps(cells.folder)[1:]:
        frame_path(cells.folder, step).unlink()
    status = Status(state="running", step=5, n_steps=10, heartbeat=datetime.now().astimezone())
    write_status(cells.folder / "status.json", status)
    with hold_lock(cells.folder / "lock"):
        app = opened(run="cells")
        assert not app.select_slider, "there is one step"
        assert "Before the first step." in all_texts(app)
        frame_path(cells.folder, 10).write_bytes(content)
        app.run()
        assert app.select_slider[0].value == 10


def test_pictures_have_their_map_below_their_samples(own_copy: Path, seen: SeenMap, grids: list[Strip]) -> None:
    app = opened(run="digits")
    assert not app.exception
    assert [grid.n_steps for grid in grids] == [3]
    assert [slider.options for slider in app.select_slider] == [["0", "5", "10"]]
    assert seen.named["reach"] == wheel_reach(10)


def test_the_steps_are_laid_out_by_t_sne_when_asked_and_kept(own_copy: Path, seen: SeenMap) -> None:
    run = Run(own_copy / "digits")
    app = opened(run="digits").segmented_control(key="forming_layout").set_value("t-SNE").run()
    assert not app.exception and not app.error
    assert "t-SNE lays out the 3 kept steps one by one" in all_texts(app)
    app = app.button("align").click().run()
    for _ in range(20):
        if read_aligned(run) is not None:
            break
        app = app.run()
    maps = read_aligned(run)
    assert maps is not None and len(maps.coordinates) == 3
    app = app.run()
    assert not app.exception
    np.testing.assert_array_equal(seen.coordinates, maps.coordinates[-1])
    newest, before = read_frame(run.folder, 10), read_frame(run.folder, 5)
    assert newest is not None and before is not None
    n_changed = int((newest.clusters != before.clusters).sum())
    assert f"{n_changed:,} samples changed cluster since step 5." in str(seen.named["caption"])
    assert f"by layout alone, with nothing changed, by {maps.own_move:.1f}" in str(seen.named["caption"])
    compare = opened(run="digits")  # kept: another session sees the maps at once
    compare.segmented_control(key="forming_layout").set_value("t-SNE").run()
    np.testing.assert_array_equal(seen.coordinates, maps.coordinates[-1])
    frame_path(run.folder, 5).write_bytes(b"no archive")  # another step is not in these maps
    assert read_aligned(run) is None
    broken = opened(run="digits").segmented_control(key="forming_layout").set_value("t-SNE").run()
    broken = broken.button("align").click().run().run()
    assert not broken.exception
    assert "cannot be read: train it again" in broken.error[0].value
    assert broken.run().error, "the reason stays until it is tried again"


def test_until_the_generator_learns_the_map_stands_in_place_of_its_noise(
    own_folders: Path, seen: SeenMap, grids: list[Strip]
) -> None:
    run = new_run(own_folders / "runs" / "pairs", small_config(method="paired-clustergan"))
    execute(run)
    begins = generator_begins(run)
    assert 10 <= begins < 30
    for step, is_map_first in ((begins, True), (begins + 1, False)):
        now = datetime.now().astimezone()
        write_status(run.folder / "status.json", Status(state="running", step=step, n_steps=40, heartbeat=now))
        with hold_lock(run.folder / "lock"):
            app = opened(run="pairs")
        assert not app.exception
        assert ("Phase 1 of 2: the encoder alone learns" in all_texts(app)) == is_map_first
        assert len(grids) == (0 if is_map_first else 1)
        assert f"Dotted: the generator begins to learn after step {begins}." in all_texts(app)
    steps = grid_steps(run.folder)
    said = dict(zip(steps, grids[0].said, strict=True))
    told = [step for step in steps if "until then these come from its initial weights" in said[step]]
    assert told == [step for step in steps if step <= begins]


def test_a_run_of_before_replays_were_kept_says_so_and_shows_its_samples(
    cells: Run, seen: SeenMap, grids: list[Strip]
) -> None:
    for step in frame_steps(cells.folder):
        frame_path(cells.folder, step).unlink()
    app = opened(run="cells")
    assert not app.exception
    assert "This run kept no steps of its map" in all_texts(app)
    assert len(grids) == 1
