"""Training in a process of its own: killed, continued, and never two at once."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from clustergan_core.command_line import main as command_line
from clustergan_core.errors import RunError
from clustergan_core.paths import PROJECT_FOLDER
from clustergan_core.runs.queue import queue as queue_module
from clustergan_core.runs.queue.backends import continue_run, launch
from clustergan_core.runs.queue.dispatcher import ensure_dispatcher
from clustergan_core.runs.queue.queue import active_runs, request_run
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import write_status
from clustergan_core.runs.weights import read_tensors
from clustergan_core.runs.worker import execute
from tests.small_runs import new_run, small_config

pytestmark = pytest.mark.slow  # starts worker processes

START_LIMIT = 60.0  # seconds: PyTorch's import on a busy machine
SEEN_LIMIT = 2.0


def _wait(condition: Callable[[], bool], limit: float = START_LIMIT) -> float:
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < limit, f"nothing happened in {limit:g} s"
        time.sleep(0.005)
    return time.monotonic() - start


def _processes_with(word: str) -> list[int]:
    """The processes that have it among their words; nothing in the program needs to know them."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if word.encode() in words:
            found.append(int(entry.parent.name))
    return found


def _worker_pid(run: Run) -> int:
    (pid,) = _processes_with(str(run.folder))
    return pid


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds the worker through /proc")
def test_a_worker_killed_in_mid_training_is_seen_and_its_continuation_equals_an_unbroken_run(own_folders: Path) -> None:
    config = small_config(n_steps=80)
    run = launch(config)
    assert run.status().state == "starting"
    with pytest.raises(RunError, match="is already training"):
        continue_run(run)  # a second tab
    _wait(lambda: len(run.metrics().rows) >= 5)
    assert [training.name for training in active_runs()] == [run.name]
    os.kill(_worker_pid(run), signal.SIGKILL)

    assert _wait(lambda: run.status().state == "interrupted", SEEN_LIMIT) < SEEN_LIMIT
    assert run.status().step < 80
    assert active_runs() == []

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
    monkeypatch.setattr(queue_module, "start_detached", lambda *_, **__: None)
    run.request("stop")
    continue_run(run)

    status = run.status()
    assert (status.state, status.step) == ("starting", 10)
    assert not (run.folder / "control" / "stop").exists()


def test_the_end_of_a_run_starts_the_next_without_a_server(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_CPU_SLOTS", "1")
    first, second = (launch(small_config(n_steps=10, seed=seed)) for seed in (0, 1))
    assert second.status().state == "waiting"
    _wait(lambda: first.status().state == "finished")
    _wait(lambda: second.status().state == "finished")


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds the worker through /proc")
def test_the_line_goes_on_when_the_training_before_it_is_killed_and_no_server_is_there(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERGAN_CPU_SLOTS", "1")
    first, second = (launch(small_config(n_steps=100_000, seed=seed)) for seed in (0, 1))
    _wait(lambda: first.status().step > 0)
    os.kill(_worker_pid(first), signal.SIGKILL)
    _wait(lambda: second.status().state == "running")
    request_run(second, "stop")
    _wait(lambda: second.status().state == "stopped")
    ensure_dispatcher()  # nobody waits any more: there is nothing to keep
    _wait(lambda: not _processes_with("clustergan_core.runs.queue.dispatcher"))


def test_a_run_whose_process_cannot_write_is_paused_with_a_sentence_and_goes_on_unharmed(own_folders: Path) -> None:
    """A limit on the size of files stands for a full disk: the kernel refuses the write in the middle of a training."""
    config = small_config(n_steps=80)
    run = new_run(own_folders / "runs" / "limited", config)
    program = """
import resource, sys
from pathlib import Path
from clustergan_core.runs.store import Run
from clustergan_core.runs.worker import execute

def limit_files(progress):
    if progress.step == 20:
        resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, resource.RLIM_INFINITY))

execute(Run(Path(sys.argv[1])), limit_files)
"""
    process = subprocess.run([sys.executable, "-c", program, str(run.folder)], cwd=PROJECT_FOLDER, capture_output=True)
    assert b"StorageError" in process.stderr
    status = run.status()
    assert status.state == "paused"
    assert re.search(r"could not be written \(File too large\): free some space", status.message)
    assert not list(run.folder.glob(".*.[0-9]*"))

    execute(run)
    unbroken = new_run(own_folders / "unbroken", config)
    execute(unbroken)
    for ours, theirs in zip(run.metrics().rows, unbroken.metrics().rows, strict=True):
        assert ours | {"seconds": 0} == theirs | {"seconds": 0}


def test_an_interrupted_run_on_a_full_disk_says_that(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(own_folders / "runs" / "full")
    write_status(run.folder / "status.json", run.status().model_copy(update={"state": "running"}))
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=0))
    assert run.status().state == "interrupted"
    assert re.search(
        r"The disk of .*full is full \(0.0 MB are free\): free some space, then continue.", run.status().message
    )
