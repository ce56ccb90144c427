"""Compares the duration that is announced before a run with the time that the run takes.

    python -m benchmarks.estimate_accuracy [NAME …] [--method M …] [--preset P] [--seconds 60] [--beside | --processor]
                                           [--json]

Each run is as long as its preset, or as its estimate says fits into --seconds. Its duration is estimated twice
in a new process, so once with nothing loaded (cold) and once more (warm), and then trained by the command line from
the process's start to its end, scores included. Exits with 1 if a ratio lies outside 1.3 in either direction.

With --processor, processor seconds stand in place of all measured ones, and estimates are those for an idle machine.
For runs on one thread this answers the same question on a machine that others use.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

from benchmarks.machine import describe_machine, load_now
from clustergan_core.data.opening import open_dataset
from clustergan_core.data.registry import DATASETS, is_available
from clustergan_core.methods import METHODS
from clustergan_core.preset import PresetName
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.estimate import estimate_run

LIMIT = 1.3
LEAST_STEPS = 20
MINUTE = 60  # what the load average looks back on


@dataclass(frozen=True)
class Accuracy:
    """One data set and method; ratios are estimated over measured seconds."""

    dataset: str
    method: str
    n_steps: int
    cold: float
    warm: float
    load: float
    seconds: float

    @property
    def ratios(self) -> tuple[float, float]:
        """Those of the cold and of the warm estimate."""
        return self.cold / self.seconds, self.warm / self.seconds


def measure(dataset: str, method: str, preset: str, seconds: float, *, counts_processor: bool = False) -> Accuracy:
    """Estimates in a new process, and trains in another."""
    estimates = [sys.executable, "-m", "benchmarks.estimate_accuracy", dataset, "--method", method, "--estimate"]
    options = ["--preset", preset, "--seconds", str(seconds), *(["--processor"] if counts_processor else [])]
    document = subprocess.run([*estimates, *options], capture_output=True, text=True, check=True)
    n_steps, cold, warm = json.loads(document.stdout.splitlines()[-1])
    load = load_now()
    with tempfile.TemporaryDirectory() as folder:
        argv = ["train", "--dataset", dataset, "--method", method, "--preset", preset, "--steps", str(n_steps)]
        clock = _processor_seconds if counts_processor else time.perf_counter
        start = clock()
        subprocess.run(
            [sys.executable, "-m", "clustergan_core", *argv, "--out", str(Path(folder) / "run")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        return Accuracy(dataset, method, n_steps, cold, warm, load, clock() - start)


def _processor_seconds() -> float:
    """Of all processes that this one has started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def estimate_twice(dataset: str, method: str, preset: PresetName, seconds: float) -> tuple[int, float, float]:
    """(steps, the seconds that a first and a second estimate give for them)."""
    data = open_dataset(dataset)
    config = make_config(data, dataset, method=method, preset=preset, device="cpu")
    first = estimate_run(config, data)
    n_steps = min(first.n_steps, max(LEAST_STEPS, int(seconds / first.seconds_per_step)))
    config = make_config(data, dataset, method=method, preset=preset, device="cpu", n_steps=n_steps)
    second = estimate_run(config, data)
    cold = second.seconds_around + n_steps * first.seconds_per_step
    return n_steps, cold, second.seconds


@contextmanager
def beside_another_run() -> Iterator[None]:
    """A block during which digits are trained on one thread in another process, which has run for a minute before."""
    with tempfile.TemporaryDirectory() as folder:
        argv = ["train", "--dataset", "digits", "--threads", "1", "--steps", "1000000", "--out", f"{folder}/run"]
        other = subprocess.Popen(
            [sys.executable, "-m", "clustergan_core", *argv], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            time.sleep(MINUTE)
            yield
        finally:
            other.kill()
            other.wait()


def main() -> None:
    """Prints one row for each data set and method."""
    parser = argparse.ArgumentParser(description="Announced durations against measured ones.")
    parser.add_argument("datasets", nargs="*", metavar="NAME", help="by default every set that is on this machine")
    parser.add_argument("--method", nargs="+", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("--seconds", type=float, default=60, help="the length of a run at most, by its estimate")
    parser.add_argument("--preset", choices=["default", "quick"], default="default")
    parser.add_argument("--beside", action="store_true", help="while another run trains on one thread")
    parser.add_argument("--processor", action="store_true", help="compare processor seconds")
    parser.add_argument("--estimate", action="store_true", help="print an estimate alone, as a list")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    options = parser.parse_args()
    if options.estimate:
        if options.processor:
            os.getloadavg = lambda: (0.0, 0.0, 0.0)
        print(json.dumps(estimate_twice(options.datasets[0], options.method[0], options.preset, options.seconds)))
        return
    rows: list[Accuracy] = []
    datasets = options.datasets or [name for name in DATASETS if is_available(name)]
    with beside_another_run() if options.beside else nullcontext():
        for dataset, method in product(datasets, options.method):
            row = measure(dataset, method, options.preset, options.seconds, counts_processor=options.processor)
            rows.append(row)
            if not options.json:
                cold, warm = row.ratios
                print(
                    f"{dataset:<18} {method:<20} {row.n_steps:>6} steps {row.seconds:>6.1f} s  {cold:.2f}  {warm:.2f}",
                    flush=True,
                )
    if options.json:
        print(json.dumps(describe_machine() | {"rows": [asdict(row) for row in rows]}, indent=2))
    if not all(1 / LIMIT <= ratio <= LIMIT for row in rows for ratio in row.ratios):
        sys.exit(1)


if __name__ == "__main__":
    main()
