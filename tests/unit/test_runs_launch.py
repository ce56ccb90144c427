"""Training in a process of its own: killed, continued, and never two at once."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from clustergan_core.command_line import main as command_line
from clustergan_core.errors import RunError
from clustergan_core.runs.launch import N_CPU_SLOTS, continue_run, launch, training_runs
from clustergan_core.runs.status import hold_lock
from clustergan_core.runs.store import Run
from clustergan_core.runs.weights import read_tensors
from clustergan_core.runs.worker import execute
from tests.small_runs import new_run, small_config

START_LIMIT = 60.0  # seconds: PyTorch's import on a busy machine
SEEN_LIMIT = 2.0


def _wait(condition: Callable[[], bool], limit: float = START_LIMIT) -> float:
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < limit, f"nothing happened in {limit:g} s"
        time.sleep(0.005)
    return time.monotonic() - start


def _worker_pid(run: Run) -> int:
    """The one process that has the run's folder among its words; nothing in the program needs to know it."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if str(run.folder).encode() in words:
            return int(entry.parent.name)
    raise AssertionError(f"no process trains {run.folder}")


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds the worker through /proc")
def test_a_worker_killed_in_mid_training_is_seen_and_its_continuation_equals_an_unbroken_run(own_folders: Path) -> None:
    config = small_config(n_steps=80)
    run = launch(config)
    assert run.status().state == "starting"
    with pytest.raises(RunError, match="is training already"):
        continue_run(run)  # a second tab
    _wait(lambda: len(run.metrics().rows) >= 5)
    assert [training.name for training in training_runs()] == [run.name]
    os.kill(_worker_pid(run), signal.SIGKILL)

    assert _wait(lambda: run.status().state == "interrupted", SEEN_LIMIT) < SEEN_LIMIT
    assert run.status().step < 80
    assert training_runs() == []

    assert command_line(["train", "--resume", "--out", str(run.folder)]) == 0
    unbroken = new_run(own_folders / "unbroken", config)
    execute(unbroken)
    for ours, theirs in zip(run.metrics().rows, unbroken.metrics().rows, strict=True):
        assert ours | {"seconds": 0} == theirs | {"seconds": 0}
    for file in ("weights-last.safetensors", "weights-best.safetensors"):
        ours, theirs = read_tensors(run.folder / file), read_tensors(unbroken.folder / file)
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_continued_run_starts_from_its_step_in_the_eyes_of_a_page(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(own_folders / "runs" / "stopped")
    execute(run, lambda progress: run.request("stop") if progress.step == 5 else None)
    monkeypatch.setattr(subprocess, "Popen", _NoProcess)
    run.request("stop")
    continue_run(run)

    status = run.status()
    assert (status.state, status.step) == ("starting", 10)
    assert not (run.folder / "control" / "stop").exists()


def test_a_third_run_is_refused_naming_those_that_train(own_folders: Path) -> None:
    config = small_config()
    runs = [new_run(own_folders / "runs" / f"run-{number}", config) for number in range(N_CPU_SLOTS)]
    with hold_lock(runs[0].folder / "lock"), hold_lock(runs[1].folder / "lock"):
        with pytest.raises(RunError, match=r"2 runs are training already .*run-.*: stop one or wait"):
            launch(config)
        assert len(list((own_folders / "runs").iterdir())) == N_CPU_SLOTS


def test_a_damaged_run_does_not_keep_others_from_starting(own_folders: Path) -> None:
    run = new_run(own_folders / "runs" / "damaged")
    (run.folder / "status.json").write_text("{")

    assert training_runs() == []


class _NoProcess:
    """Stands for a process that is never started."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def poll(self) -> int:
        return 0
