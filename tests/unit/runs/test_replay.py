"""The replay: latents of the same held-out samples over a run's training, whatever happens to the run."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from clustergan_core.methods import build_method, find_method
from clustergan_core.runs import replay
from clustergan_core.runs.replay import frame_path, frame_steps, is_kept, read_frame
from clustergan_core.runs.run import Run
from clustergan_core.runs.weights import read_tensors
from clustergan_core.runs.worker import execute
from clustergan_core.schedule import Schedule, make_schedule
from clustergan_core.training import Progress
from tests.small_runs import new_run, small_config

SHAPES = {"digits": (1, 8, 8), "usps": (1, 16, 16), "mnist": (1, 28, 28)}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = new_run(tmp_path_factory.mktemp("runs") / "unbroken")
    execute(run)
    return run


def _bytes(run: Run) -> dict[int, bytes]:
    return {step: frame_path(run.folder, step).read_bytes() for step in frame_steps(run.folder)}


def _assert_holds_the_codes_of(run: Run, step: int) -> None:
    """The frame after `step` against the encoder's own output with the run's last weights."""
    frame, data = read_frame(run.folder, step), run.dataset()
    assert frame is not None
    assert set(frame.indices) <= set(data.splits.test)
    with torch.no_grad():
        encoding = run.load("last").encode(torch.from_numpy(data.samples[frame.indices]))
    assert encoding.cluster is not None
    code = encoding.cluster.numpy()
    assert np.abs(frame.code - code).max() <= 0.5 / 255 + 1e-6
    assert np.array_equal(frame.clusters, code.argmax(axis=1))
    np.testing.assert_allclose(frame.normal, encoding.normal.numpy(), rtol=1e-3, atol=1e-6)


def test_frames_hold_what_the_weights_of_their_step_make_of_the_test_samples(tmp_path: Path, unbroken: Run) -> None:
    assert frame_steps(unbroken.folder) == [0, 5, 10, 15, 20, 30, 40]
    _assert_holds_the_codes_of(unbroken, 40)
    stopped = new_run(tmp_path / "stopped", unbroken.config)
    execute(stopped, lambda progress: stopped.request("stop") if progress.step == 15 else None)
    _assert_holds_the_codes_of(stopped, 20)
    first = read_frame(unbroken.folder, 0)
    config = unbroken.config
    untrained = build_method(
        config.method, config.method_settings(), "image", config.dataset.shape, config.seed, torch.device("cpu")
    )

    samples = torch.from_numpy(unbroken.dataset().samples)
    assert first is not None
    expected = untrained.encode_all(samples[first.indices]).cluster
    assert expected is not None and np.abs(first.code - expected.numpy()).max() <= 0.5 / 255 + 1e-6
    last = read_frame(unbroken.folder, 40)
    assert last is not None and np.array_equal(first.indices, last.indices)


@pytest.mark.parametrize("step", [5, 20, 30])
def test_a_run_that_was_cut_off_and_continued_has_the_replay_of_an_unbroken_one(
    tmp_path: Path, unbroken: Run, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(tmp_path / "cut", unbroken.config)

    def cut(progress: Progress) -> None:
        if progress.step == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute(run, cut)
    with monkeypatch.context() as patched:  # after a frame, before its checkpoint
        patched.setattr("clustergan_core.runs.weights.write_checkpoint", _cut)
        with pytest.raises(KeyboardInterrupt):
            execute(run)
    frame_path(run.folder, 35).write_bytes(b"from a training that got further")
    execute(Run(run.folder))

    assert _bytes(run) == _bytes(unbroken)


def _cut(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_run_that_is_trained_on_keeps_its_frames_and_adds_to_them(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", small_config(n_steps=20))
    execute(run)
    before = _bytes(run)
    run.extend(20)
    execute(run)

    assert frame_steps(run.folder) == [0, 5, 10, 15, 20, 30, 40]
    assert {step: content for step, content in _bytes(run).items() if step in before} == before
    _assert_holds_the_codes_of(run, 40)


def test_a_longer_run_keeps_about_forty_frames_among_those_of_a_shorter_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n_steps in (100, 4_000, 20_000, 1_000_000):
        schedule = Schedule(n_steps=n_steps, log_every=50, evaluate_every=100)
        kept = [step for step in range(0, n_steps + 1, 100) if is_kept(schedule, step)]
        assert min(20, n_steps // 100) <= len(kept) - 1 <= 40 + replay.EARLY_EVALUATIONS
        longer = schedule.extended(n_steps)
        assert set(kept) >= {step for step in range(0, n_steps + 1, 100) if is_kept(longer, step)}
        assert is_kept(longer, n_steps)

    monkeypatch.setattr(replay, "MAX_FRAMES", 4)
    run = new_run(tmp_path / "run", small_config(n_steps=30))
    execute(run)
    assert frame_steps(run.folder) == [0, 5, 10, 15, 20, 30]
    run.extend(20)
    execute(run)
    assert frame_steps(run.folder) == [0, 5, 10, 15, 20, 30, 40, 50]


@pytest.mark.parametrize("dataset", ["digits", "usps", "mnist"])
@pytest.mark.parametrize("method", ["clustergan", "paired-clustergan"])
def test_the_first_frames_come_between_the_first_evaluations(method: str, dataset: str) -> None:
    preset = find_method(method).find_preset("default", dataset, "image", SHAPES[dataset])
    schedule = make_schedule(preset.n_steps, SHAPES[dataset])
    kept = [step for step in range(1, schedule.n_steps + 1) if is_kept(schedule, step)]
    first = schedule.evaluate_every
    assert 3 <= sum(step <= first for step in kept) <= 8
    assert all(step % schedule.log_every == 0 for step in kept)  # where the training process looks up
    later = [step for step in kept if step >= 2 * first]
    assert all(schedule.is_evaluation(step) for step in later)


@pytest.mark.parametrize(
    ("method", "steps"), [("paired-clustergan", [0, 5, 10, 15, 20]), ("vae-gmm", [0, 10, 20]), ("bigan", [0, 10, 20])]
)
def test_only_a_method_whose_clusters_are_fitted_at_evaluations_has_no_frames_between_them(
    tmp_path: Path, method: str, steps: list[int]
) -> None:
    run = new_run(tmp_path / "run", small_config(method=method, n_steps=20))
    execute(run)
    assert frame_steps(run.folder) == steps


def test_early_frames_leave_the_training_as_it_is(
    tmp_path: Path, unbroken: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "EARLY_EVALUATIONS", 0)
    run = new_run(tmp_path / "run", unbroken.config)
    execute(run)
    assert frame_steps(run.folder) == [0, 10, 20, 30, 40]
    assert [row["losses"] for row in run.metrics().rows] == [row["losses"] for row in unbroken.metrics().rows]
    weights = [read_tensors(each.folder / "weights-last.safetensors") for each in (run, unbroken)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[1])


def test_scores_asked_for_out_of_turn_leave_the_replay_as_it_is(tmp_path: Path, unbroken: Run) -> None:
    run = new_run(tmp_path / "curious", unbroken.config)
    execute(run, lambda progress: run.request("evaluate") if progress.step in (10, 15) else None)
    assert _bytes(run) == _bytes(unbroken)


def test_a_frame_that_cannot_be_read_is_as_one_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "replay").mkdir()
    frame_path(tmp_path, 10).write_bytes(b"PK not a frame")
    assert read_frame(tmp_path, 10) is None
    assert read_frame(tmp_path, 20) is None


def test_large_data_is_drawn_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(replay, "MAX_SAMPLES", 50)
    run = new_run(tmp_path / "run", small_config(n_steps=10))
    execute(run)
    first, last = (read_frame(run.folder, step) for step in (0, 10))
    assert first is not None and last is not None
    assert len(first.indices) == 50
    assert np.array_equal(first.indices, last.indices)


@pytest.mark.parametrize(("method", "settings"), [("deligan", {}), ("wgan-gp", {"reading": "back-projection"})])
def test_a_method_that_reads_by_descent_keeps_no_frames_because_each_takes_minutes(
    tmp_path: Path, method: str, settings: dict[str, Any]
) -> None:
    run = new_run(tmp_path / "run", small_config(n_steps=10, method=method, n_read=20, **settings))
    execute(run)
    assert run.status().state == "finished"
    assert frame_steps(run.folder) == []
