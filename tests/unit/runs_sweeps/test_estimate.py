"""What a sweep will take, and how long the rest of one that is at work."""

from datetime import datetime
from pathlib import Path

import pytest

from clustergan_core.data.registry import load_dataset
from clustergan_core.runs.estimate import Estimate
from clustergan_core.runs.status import State, Status
from clustergan_core.runs.sweeps import estimate as sweep_estimate
from clustergan_core.runs.sweeps.estimate import estimate_bytes, estimate_sweep, free_bytes, time_run
from clustergan_core.runs.sweeps.plan import METHOD_AXIS, Point, plan_sweep
from clustergan_core.runs.sweeps.work import measure_progress
from clustergan_core.runs.worker import execute
from tests.small_runs import new_run, small_config
from tests.sweeps import small_sweep


def test_time_is_that_of_the_rounds_that_the_slots_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_CPU_SLOTS", "2")
    plan = small_sweep(seeds=(0, 1, 2), n_steps=100).plan
    points = plan.points()[:5]
    estimate = estimate_sweep(plan, points, load_dataset("digits"), {"clustergan": 58})

    assert (estimate.n_runs, estimate.n_at_once) == (5, 2)
    assert estimate.seconds_each == {"clustergan": 58}
    assert estimate.seconds == 3 * 58


def test_the_runs_of_each_method_take_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_CPU_SLOTS", "1")
    config, other = small_config(n_steps=100), small_config(method="pca-gmm", n_steps=100)
    plan = plan_sweep(config, {}, (0, 1), others=[other])
    digits = load_dataset("digits")
    points = plan.points()[1:]  # one run of ClusterGAN is there
    estimate = estimate_sweep(plan, points, digits, {"clustergan": 50, "pca-gmm": 3})

    assert estimate.seconds == 50 + 2 * 3
    assert estimate.seconds_each == {"pca-gmm": 3, "clustergan": 50}
    assert estimate.n_bytes == estimate_bytes(config, digits) + 2 * estimate_bytes(other, digits)


def test_runs_are_timed_at_both_ends_and_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    timed: list[int] = []

    def estimate(config, dataset):
        timed.append(config.n_clusters)
        return Estimate(config.schedule.n_steps, config.n_clusters, 1, seconds_around=50)

    monkeypatch.setattr(sweep_estimate, "estimate_run", estimate)
    plan = small_sweep({"n_clusters": (4, 6, 8, 10, 12)}, (0,)).plan

    assert time_run(plan, plan.points(), load_dataset("digits")) == 50 + 8 * plan.config.schedule.n_steps
    assert timed == [4, 8, 12]


def test_nothing_missing_takes_nothing() -> None:
    estimate = estimate_sweep(small_sweep().plan, [], load_dataset("digits"))
    assert (estimate.n_runs, estimate.seconds, estimate.n_bytes) == (0, 0, 0)


def test_a_run_keeps_about_the_bytes_that_were_foretold(tmp_path: Path) -> None:
    config = small_config()
    run = new_run(tmp_path / "run", config)
    execute(run)
    kept = sum(path.stat().st_size for path in run.folder.rglob("*") if path.is_file())

    assert 0.5 * kept < estimate_bytes(config, load_dataset("digits")) < 2 * kept


def test_room_is_asked_of_the_nearest_folder_that_is_there(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "yet") > 0


# --- a sweep at work ------------------------------------------------------------------------------------------------


def statuses(*states: tuple[State, int, float]) -> dict[Point, Status]:
    """Runs of 100 steps by state, step and seconds."""
    now = datetime.now().astimezone()
    return {
        Point((), seed): Status(state=state, step=step, n_steps=100, seconds=seconds, heartbeat=now)
        for seed, (state, step, seconds) in enumerate(states)
    }


def test_the_rest_lasts_as_long_as_finished_runs_did() -> None:
    found = statuses(("finished", 100, 40.0), ("finished", 100, 60.0), ("running", 50, 30.0), ("waiting", 0, 0.0))
    progress = measure_progress(6, found, n_at_once=2)

    assert progress.seconds_left == (25 + 50) / 2
    assert (progress.n_active, progress.n_idle) == (2, 2)
    assert progress.counts == {"finished": 2, "running": 1, "waiting": 1}


def test_before_any_is_finished_the_pace_of_the_first_counts() -> None:
    assert measure_progress(2, statuses(("running", 25, 10.0), ("waiting", 0, 0.0)), 1).seconds_left == 30 + 40
    assert measure_progress(2, statuses(("starting", 0, 0.0)), 1).seconds_left is None


def test_the_rest_of_each_method_lasts_as_long_as_its_own_runs_did() -> None:
    now = datetime.now().astimezone()

    def status(state: State, seconds: float) -> Status:
        return Status(state=state, step=100 if seconds else 0, n_steps=100, seconds=seconds, heartbeat=now)

    slow, fast = ((METHOD_AXIS, "clustergan"),), ((METHOD_AXIS, "pca-gmm"),)
    found = {Point(slow, 0): status("finished", 60.0), Point(fast, 0): status("finished", 2.0)}
    found |= {Point(slow, 1): status("waiting", 0.0), Point(fast, 1): status("waiting", 0.0)}

    assert measure_progress(4, found, n_at_once=1).seconds_left == 62


def test_nothing_at_work_has_no_time_left() -> None:
    assert measure_progress(2, statuses(("finished", 100, 40.0), ("paused", 50, 20.0)), 1).seconds_left is None
