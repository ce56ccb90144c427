"""Measures what each poll of a page costs the server: a list of 100 runs, and a live run with 100,000 metric rows.

    python -m benchmarks.poll_cost

Streamlit's test driver runs whole pages, without a browser, in a folder of made-up runs: the first run reads
everything, and the later ones show what a poll costs. The figures are medians of seven, in wall-clock time and in
processor time, which other work on the machine does not inflate.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.machine import describe_machine
from clustergan_core.data.registry import load_dataset
from clustergan_core.paths import PROJECT_FOLDER, runs_folder
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import hold_lock, write_status
from clustergan_core.runs.store import create_run, list_shipped

N_RUNS, N_ROWS, N_POLLS = 100, 100_000, 7


def main() -> None:
    """Prints both figures."""
    with tempfile.TemporaryDirectory(prefix="poll-cost-") as folder:
        os.environ["CLUSTERGAN_RUNS"] = folder
        os.environ["CLUSTERGAN_LOG"] = str(Path(folder) / "app.log")
        print(json.dumps(describe_machine()))
        _make_finished_runs()
        print(f"Runs page, {N_RUNS} runs: {_time('runs', run='digits-clustergan')}")
        run = _make_long_run()
        with hold_lock(run.folder / "lock"):
            print(f"Train page, {N_ROWS:,} rows of metrics: {_time('train', task='Watch a run', run=run.name)}")


def _make_finished_runs() -> None:
    """Creates runs with the scores of a shipped one."""
    config = make_config(load_dataset("digits"), "digits")
    scores = (next(run for run in list_shipped() if run.name.startswith("digits")).folder / "scores.json").read_text()
    for seed in range(N_RUNS):
        run = create_run(config.model_copy(update={"seed": seed}), runs_folder() / f"run-{seed:03}")
        write_status(run.folder / "status.json", run.status().model_copy(update={"state": "finished", "step": 6400}))
        (run.folder / "scores.json").write_text(scores)


def _make_long_run() -> Run:
    config = make_config(load_dataset("digits"), "digits", method="clustergan", n_steps=5_000_000)
    run = create_run(config, runs_folder() / "long")
    names = ("critic", "penalty", "generator", "normal_recovery", "cluster_recovery")
    shipped = next(run for run in list_shipped() if run.name == "digits-clustergan").metrics().rows
    scores = next(row["scores"] for row in shipped if "scores" in row)
    with (run.folder / "metrics.jsonl").open("w") as file:
        for number in range(1, N_ROWS + 1):
            row = {"step": 50 * number, "seconds": number / 2, "losses": dict.fromkeys(names, 1 / number)}
            if number % 5000 == 0:
                row["scores"] = scores
            file.write(json.dumps(row) + "\n")
    write_status(run.folder / "status.json", run.status().model_copy(update={"state": "running", "step": 50 * N_ROWS}))
    return run


def _time(page: str, **query: str) -> str:
    app = AppTest.from_file(str(PROJECT_FOLDER / "app.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{page}.py")
    polls: list[tuple[float, float]] = []
    for _ in range(N_POLLS + 2):
        wall, processor = time.perf_counter(), time.process_time()
        app.run()
        polls.append((time.perf_counter() - wall, time.process_time() - processor))
        assert not app.exception, app.exception
        assert not app.error, app.error[0].value
    walls, processors = zip(*polls[2:], strict=True)
    return (
        f"first {polls[0][0]:.2f} s, then {statistics.median(walls):.3f} s ({min(walls):.3f}–{max(walls):.3f}), "
        f"{statistics.median(processors):.3f} s of processor time"
    )


if __name__ == "__main__":
    main()
