"""Carrying out a run: whatever breaks it, its continuation equals an unbroken one."""

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from clustergan_core.errors import RunError, SettingsError
from clustergan_core.method import Encoding
from clustergan_core.methods.clustergan import ClusterGAN
from clustergan_core.methods.deligan.method import DeLiGAN
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from clustergan_core.runs.samples import grid_steps, read_grid
from clustergan_core.runs.scores import read_scores, score_run
from clustergan_core.runs.status import hold_lock
from clustergan_core.runs.weights import read_tensors
from clustergan_core.runs.worker import check_unfinished, choose_device, execute
from clustergan_core.training import Progress
from tests.small_runs import new_run, small_config


class PowerCut(BaseException):
    """Ends a process without any of its clean-up for mistakes."""


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = new_run(tmp_path_factory.mktemp("runs") / "unbroken")
    execute(run)
    return run


def _rows(run: Run) -> list[dict[str, Any]]:
    """Rows without what no two trainings share: their seconds."""
    return [{key: value for key, value in row.items() if key != "seconds"} for row in run.metrics().rows]


def _assert_same_result(run: Run, unbroken: Run) -> None:
    assert _rows(run) == _rows(unbroken)
    for which in ("best", "last"):
        ours, theirs = (read_tensors(r.folder / f"weights-{which}.safetensors") for r in (run, unbroken))
        assert set(ours) == set(theirs)
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert grid_steps(run.folder) == grid_steps(unbroken.folder)
    assert (read_grid(run.folder, 40) == read_grid(unbroken.folder, 40)).all()
    scores, expected = (json.loads((r.folder / "scores.json").read_text()) for r in (run, unbroken))
    assert scores | {"run": ""} == expected | {"run": ""}


def _cut_at(step: int) -> Callable[[Progress], None]:
    def on_progress(progress: Progress) -> None:
        if progress.step == step:
            raise PowerCut

    return on_progress


def test_the_samples_of_the_test_split_are_read_once_for_scores_and_latents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    encode = DeLiGAN.encode

    def counted(method: DeLiGAN, samples: torch.Tensor) -> Encoding:
        read.append(len(samples))
        return encode(method, samples)

    monkeypatch.setattr(DeLiGAN, "encode", counted)
    run = new_run(tmp_path / "run", small_config(n_steps=10, method="deligan", n_read=20))
    execute(run)
    assert read == [20, 20]  # of the test split, and of the training split for the figures without labels
    assert len(run_latents(run).indices) == 20 and len(read) == 2
    assert read_scores(run) == score_run(run)


def test_a_finished_run_holds_all_that_the_pages_read(unbroken: Run) -> None:
    status = unbroken.status()

    assert (status.state, status.step, status.n_steps) == ("finished", 40, 40)
    assert [row["step"] for row in _rows(unbroken)] == [5, 10, 15, 20, 25, 30, 35, 40]
    assert [row["step"] for row in _rows(unbroken) if "scores" in row] == [10, 20, 30, 40]
    assert grid_steps(unbroken.folder) == [0, 10, 20, 30, 40]
    assert read_grid(unbroken.folder, 0).shape == (10, 8, 1, 8, 8)
    assert "K = 10, the number of labels" in unbroken.log()
    assert unbroken.config.command() in (unbroken.folder / "card.md").read_text()


@pytest.mark.parametrize("step", [5, 15, 30, 40])
def test_a_run_cut_off_after_any_row_and_continued_equals_an_unbroken_one(
    tmp_path: Path, unbroken: Run, step: int
) -> None:
    run = new_run(tmp_path / "cut", unbroken.config)
    with pytest.raises(PowerCut):
        execute(run, _cut_at(step))
    assert run.status().state == "interrupted"
    execute(Run(run.folder))

    _assert_same_result(run, unbroken)


def test_a_crash_between_weights_and_checkpoint_repeats_steps_and_loses_none(
    tmp_path: Path, unbroken: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(tmp_path / "cut", unbroken.config)
    with pytest.raises(PowerCut):
        execute(run, _cut_at(15))
    with monkeypatch.context() as patched:
        patched.setattr("clustergan_core.runs.weights.write_checkpoint", _power_cut)
        with pytest.raises(PowerCut):
            execute(run)
    execute(run)

    _assert_same_result(run, unbroken)


def test_a_half_written_row_and_a_later_picture_are_gone_after_a_resume(tmp_path: Path, unbroken: Run) -> None:
    run = new_run(tmp_path / "cut", unbroken.config)
    with pytest.raises(PowerCut):
        execute(run, _cut_at(25))
    with (run.folder / "metrics.jsonl").open("ab") as file:
        file.write(b'{"step": 3')
    (run.folder / "samples" / "00000025.npy").write_bytes(b"not finished")
    execute(run)

    _assert_same_result(run, unbroken)


def test_stop_stops_at_the_next_row_and_continuing_finishes_the_run(tmp_path: Path, unbroken: Run) -> None:
    run = new_run(tmp_path / "stopped", unbroken.config)
    stopped = execute(run, lambda progress: run.request("stop") if progress.step == 15 else None)

    assert (stopped.state, stopped.step) == ("stopped", 20)
    assert run.has_weights("last")
    assert "Stopped after step 20, as requested" in run.log()
    execute(run)
    _assert_same_result(run, unbroken)


def test_a_stop_asked_for_while_the_process_starts_is_heard(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    run.request("stop")

    assert execute(run).step == 5


def test_evaluate_now_adds_scores_and_changes_nothing_else(tmp_path: Path, unbroken: Run) -> None:
    run = new_run(tmp_path / "curious", unbroken.config)
    execute(run, lambda progress: run.request("evaluate") if progress.step in (10, 15) else None)
    ours = _rows(run)

    assert [row["step"] for row in ours if "scores" in row] == [10, 15, 20, 30, 40]
    assert [row["losses"] for row in ours] == [row["losses"] for row in _rows(unbroken)]
    assert not (run.folder / "control" / "evaluate").exists()
    best, expected = (read_tensors(r.folder / "weights-best.safetensors") for r in (run, unbroken))
    assert all(torch.equal(best[name], expected[name]) for name in expected)


def test_a_second_worker_on_one_run_is_refused_and_leaves_it_alone(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    before = (run.folder / "status.json").read_text()

    with hold_lock(run.folder / "lock"), pytest.raises(RunError, match="already training in another process"):
        execute(run)
    assert (run.folder / "status.json").read_text() == before


def test_a_lock_that_was_inherited_is_given_back_at_the_end(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", small_config(n_steps=5))
    lock = os.open(run.folder / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    execute(run, lock=lock)

    with hold_lock(run.folder / "lock"):
        pass


def test_a_failure_a_person_can_mend_stands_in_the_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(tmp_path / "run")
    infinite = torch.tensor(float("inf"))
    monkeypatch.setattr(ClusterGAN, "train_step", lambda self, batches: {"critic": infinite})

    with pytest.raises(SettingsError, match="diverged at step 5"):
        execute(run)
    status = run.status()
    assert status.state == "failed"
    assert "lower the learning rate" in status.message
    assert f"Failed: {status.message}" in run.log()


def test_our_own_mistake_is_told_calmly_and_its_traceback_goes_to_the_log(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")

    with pytest.raises(ZeroDivisionError):
        execute(run, _divide_by_zero)
    assert run.status().state == "failed"
    assert "An unexpected error occurred" in run.status().message
    assert "ZeroDivisionError" in run.log()


def test_what_cannot_be_continued_says_why(tmp_path: Path, unbroken: Run) -> None:
    with pytest.raises(RunError, match="is finished"):
        check_unfinished(unbroken)
    run = new_run(tmp_path / "run")
    with hold_lock(run.folder / "lock"), pytest.raises(RunError, match="is already training"):
        check_unfinished(run)


def test_an_unknown_or_absent_device_is_told_in_one_sentence() -> None:
    assert choose_device("auto") in ("cpu", "cuda")
    with pytest.raises(SettingsError, match="no device named tpu: choose auto, cpu or cuda"):
        choose_device("tpu")


def _divide_by_zero(progress: Progress) -> None:
    raise ZeroDivisionError(progress.step)


def _power_cut(*_: Any) -> None:
    raise PowerCut
