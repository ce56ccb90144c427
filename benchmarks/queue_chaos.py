"""Checks that twenty short runs on two slots lose nothing while training processes and the server are killed at random.

    python -m benchmarks.queue_chaos              20 runs, 12 kills, seed 0
    python -m benchmarks.queue_chaos --seed 7 --kills 20

The runs are in their own folder, with a real server on it. Every few seconds one process, drawn with the seed, is
killed with SIGKILL: a training process, the queue's dispatcher, or the server, which is then restarted. A run whose
process was killed is queued again, as by the button "Continue". At the end every run must be finished, every metrics
file must have each of its rows once, and each run's rows and final scores must equal those of the same run trained
alone without disturbance.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.machine import describe_machine
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.registry import load_dataset
from clustergan_core.paths import PROJECT_FOLDER, queue_folder, runs_folder
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.queue.backends import LocalQueue, continue_run
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import create_run
from clustergan_core.runs.worker import execute

N_STEPS = 400
LEAST_PAUSE, MOST_PAUSE = 2.0, 6.0  # seconds between two kills
PORT = 8765
LIMIT_SECONDS = 3600


def main() -> None:
    """Runs the benchmark and prints one line for each check; exits with 1 if a check fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="queue-chaos-") as folder:
        os.environ["CLUSTERGAN_RUNS"] = str(Path(folder) / "runs")
        os.environ["CLUSTERGAN_LOG"] = str(Path(folder) / "app.log")
        os.environ["CLUSTERGAN_CPU_SLOTS"] = "2"
        sys.exit(0 if _disturb(arguments, Path(folder)) else 1)


def _disturb(arguments: argparse.Namespace, folder: Path) -> bool:
    start = time.monotonic()
    runs = _queue_runs(arguments.runs)
    n_killed = _kill_until_done(runs, arguments.kills, random.Random(arguments.seed))
    seconds = time.monotonic() - start
    states = {run.name: run.status().state for run in runs}
    counted = {state: list(states.values()).count(state) for state in set(states.values())}
    doubled = [run.name for run in runs if not _has_each_row_once(run)]
    different = [run.name for run in runs if not _equals_undisturbed(run, folder / "alone" / run.name)]
    left = [path.name for path in queue_folder().glob("*.ticket")]
    print(json.dumps(describe_machine("cpu")))
    print(f"{len(runs)} runs on 2 slots, seed {arguments.seed}: {seconds:.0f} s, killed {n_killed}")
    print(f"states: {counted}; tickets left: {len(left)}")
    print(f"metrics files with a lost or doubled row: {len(doubled)} {doubled or ''}")
    print(f"runs that differ from undisturbed ones in a row or a score: {len(different)} {different or ''}")
    return counted == {"finished": len(runs)} and not (left or doubled or different)


def _queue_runs(n_runs: int) -> list[Run]:
    data = load_dataset("digits")
    runs = [
        create_run(_config(data, seed), runs_folder() / f"run-{seed:02}-{('clustergan', 'paired')[seed % 2]}")
        for seed in range(n_runs)
    ]
    LocalQueue().submit(runs)
    return runs


def _config(data: Dataset, seed: int) -> RunConfig:
    """Small networks of both methods in turn, evaluated often enough that a kill could lose something."""
    method = ("clustergan", "paired-clustergan")[seed % 2]
    return make_config(
        data,
        "digits",
        method=method,
        settings={"width": 0.1},
        n_steps=N_STEPS,
        evaluate_every=20,
        seed=seed,
        threads=1,
    )


def _kill_until_done(runs: list[Run], n_kills: int, dice: random.Random) -> dict[str, int]:
    """Kills processes and continues interrupted runs until nothing waits or trains."""
    killed = {"training processes": 0, "dispatchers": 0, "servers": 0}
    server, next_kill = _start_server(), time.monotonic() + MOST_PAUSE
    end = time.monotonic() + LIMIT_SECONDS
    try:
        while any(run.status().state != "finished" for run in runs):
            if time.monotonic() > end:
                raise TimeoutError(f"not done in {LIMIT_SECONDS} s: {[run.status().state for run in runs]}")
            for run in runs:
                if run.status().state == "interrupted":
                    continue_run(run)
            if sum(killed.values()) < n_kills and time.monotonic() > next_kill:
                next_kill = time.monotonic() + dice.uniform(LEAST_PAUSE, MOST_PAUSE)
                trainings, dispatchers = (
                    _pids("clustergan_core.runs.queue.process"),
                    _pids("clustergan_core.runs.queue.dispatcher"),
                )
                draw = dice.random()
                if draw < 0.2 or not trainings:
                    server.kill()
                    server.wait()
                    killed["servers"] += 1
                    server = _start_server()
                elif draw < 0.35 and dispatchers:
                    _kill(dispatchers[0])
                    killed["dispatchers"] += 1
                else:
                    _kill(dice.choice(trainings))
                    killed["training processes"] += 1
            time.sleep(0.2)
    finally:
        server.kill()
        server.wait()
    return killed


def _start_server() -> subprocess.Popen[bytes]:
    """A server without visitors; the queue must not need any."""
    words = ["-m", "streamlit", "run", "app.py", f"--server.port={PORT}", "--server.headless=true"]
    server = subprocess.Popen(
        [sys.executable, *words], cwd=PROJECT_FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/_stcore/health", timeout=2):
                return server
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server does not answer")


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has just ended
        os.kill(pid, signal.SIGKILL)


def _pids(module: str) -> list[int]:
    """The processes of a module that are working on this runs folder, in a fixed order."""
    pids = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words, variables = (path / "cmdline").read_bytes(), (path / "environ").read_bytes()
        except OSError:
            continue
        if module.encode() in words and f"CLUSTERGAN_RUNS={runs_folder()}".encode() in variables:
            pids.append(int(path.name))
    return sorted(pids)


def _has_each_row_once(run: Run) -> bool:
    steps = [row["step"] for row in run.metrics().rows]
    schedule = run.config.schedule
    wanted = [
        step
        for step in range(1, schedule.n_steps + 1)
        if step % schedule.log_every == 0 or schedule.is_evaluation(step)
    ]
    return steps == wanted


def _equals_undisturbed(run: Run, folder: Path) -> bool:
    alone = create_run(run.config, folder)
    execute(alone)
    rows = [[row | {"seconds": 0} for row in one.metrics().rows] for one in (run, alone)]
    scores = [json.loads((one.folder / "scores.json").read_text()) | {"run": ""} for one in (run, alone)]
    return rows[0] == rows[1] and scores[0] == scores[1]


if __name__ == "__main__":
    main()
