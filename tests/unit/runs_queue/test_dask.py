"""Runs handed to dask.distributed workers: two real worker processes on loopback, one of which is killed."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clustergan_core.command_line import main as command_line
from clustergan_core.errors import RunError
from clustergan_core.paths import PROJECT_FOLDER, runs_folder
from clustergan_core.runs.queue.backends import continue_run
from clustergan_core.runs.queue.dask import Cluster, train_folder
from clustergan_core.runs.queue.queue import request_run
from clustergan_core.runs.run import Run
from clustergan_core.runs.sweeps.plan import plan_sweep
from clustergan_core.runs.sweeps.sweep import Sweep
from clustergan_core.runs.sweeps.work import run_sweep
from clustergan_core.runs.worker import execute
from tests.small_runs import new_run, small_config

pytestmark = pytest.mark.slow  # starts a scheduler and its workers

LIMIT = 120.0  # seconds for what takes a few on an idle machine


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, f"nothing happened in {LIMIT:g} s"
        time.sleep(0.02)


def _wait_until_seen(run: Run) -> None:
    """Whoever looks at a run sees that its process is gone."""
    _wait(lambda: run.status().state != "running")


def _spawn(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=PROJECT_FOLDER,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a plain scheduler."""
    words = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with _spawn(*words) as process:
        assert process.stderr is not None
        address = ""
        for line in process.stderr:
            if found := re.search(r"Scheduler at:\s+(tcp://\S+)", line):
                address = found[1]
                break
        yield address
        process.terminate()
        process.stderr.read()


class Workers:
    """Worker processes of one thread each; `kill` ends the one that trains a run."""

    def __init__(self, scheduler: str, count: int) -> None:
        words = ("distributed.cli.dask_worker", scheduler, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", *words], cwd=PROJECT_FOLDER, stderr=subprocess.DEVNULL, start_new_session=True
            )
            for _ in range(count)
        ]

    def kill_trainer_of(self, run: Run) -> None:
        """Kills the worker that has the run's lock open."""
        lock = str(run.folder / "lock")
        for process in self.processes:
            links = Path(f"/proc/{process.pid}/fd")
            if any(str(link.readlink()) == lock for link in links.iterdir() if link.is_symlink()):
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                return
        raise AssertionError(f"no worker trains {run.name}")

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def workers(scheduler: str, own_folders: Path) -> Iterator[Workers]:
    workers = Workers(scheduler, 2)
    yield workers
    workers.end()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="finds the worker through /proc")
@pytest.mark.timeout(300)
def test_a_lost_workers_run_is_picked_up_by_another_and_ends_as_if_nothing_had_happened(
    scheduler: str, workers: Workers, own_folders: Path
) -> None:
    base = small_config(n_steps=400, log_every=5, evaluate_every=10)
    sweep = Sweep(own_folders / "sweep", plan_sweep(base, {"n_clusters": (9, 10)}, (0,)))
    victim: Run | None = None
    with Cluster(scheduler) as cluster:
        for statuses in run_sweep(sweep, cluster):
            victim_point = sweep.points[0]
            if victim is None and victim_point in statuses and statuses[victim_point].step >= 20:
                victim = sweep.run(victim_point)
                assert victim is not None
                workers.kill_trainer_of(victim)
                _wait_until_seen(victim)
    assert victim is not None
    assert [run.status().state for _, run in sweep.finished()] == ["finished", "finished"]
    assert "Continuing after step" in victim.log()

    unbroken = new_run(own_folders / "unbroken", sweep.plan.config_of(sweep.points[0]))
    execute(unbroken)
    for ours, theirs in zip(victim.metrics().rows, unbroken.metrics().rows, strict=True):
        assert ours | {"seconds": 0} == theirs | {"seconds": 0}


@pytest.mark.timeout(300)
def test_the_command_line_shows_a_run_on_a_cluster_as_one_of_its_own(
    scheduler: str, workers: Workers, capsys: pytest.CaptureFixture[str]
) -> None:
    out = runs_folder() / "far"
    words = ["train", "--dataset", "digits", "--steps", "20", "--set", "width=0.1", "--scheduler", scheduler]
    assert command_line([*words, "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "step 20 of 20" in printed
    assert "finished after 20 steps" in printed
    assert Run(out).status().state == "finished"


@pytest.mark.timeout(300)
def test_a_run_that_waits_for_a_worker_can_be_stopped_and_is_left_alone(scheduler: str, own_folders: Path) -> None:
    run = new_run(own_folders / "runs" / "waits")
    with Cluster(scheduler) as cluster:  # it has no workers
        cluster.submit([run])
        assert (run.status().state, run.status().scheduler) == ("waiting", scheduler)
        with pytest.raises(RunError, match="already waiting for its turn"):
            continue_run(run)
        request_run(run, "stop")
    assert run.status().state == "stopped"
    assert train_folder(str(run.folder)) == "stopped"
    assert run.metrics().rows == []


def test_an_address_where_nobody_answers_is_told_in_a_sentence(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("clustergan_core.runs.queue.dask.CONNECT_SECONDS", 1)
    words = ["train", "--dataset", "digits", "--steps", "10", "--scheduler"]
    assert command_line([*words, "tcp://127.0.0.1:9"]) == 2
    assert "No scheduler answered at tcp://127.0.0.1:9 within 1 s" in capsys.readouterr().err
    assert command_line([*words, "nonsense://x"]) == 2
    assert "No scheduler answered at nonsense://x" in capsys.readouterr().err
