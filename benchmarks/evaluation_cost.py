"""Measures what live evaluation costs: the same training with and without it, in turn in one process.

    python -m benchmarks.evaluation_cost [NAME …] [--method M] [--steps N] [--rounds 5] [--set KEY=VALUE …] [--json]

A round is the stretch of steps from one evaluation to the next, in a run of N steps (by default, those of the default
preset): once plain, and once followed by an evaluation with everything that the worker does then (scores, both sets of
weights, checkpoint, sample grid). The figures are medians over the rounds. The two trainings take the same steps from
the same seed, on one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from clustergan_core.data.registry import load_dataset
from clustergan_core.methods import build_method, default_method
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.samples import write_grid
from clustergan_core.runs.store import create_run
from clustergan_core.runs.worker import save_progress
from clustergan_core.training import Schedule, train

DEFAULT_NAMES = ("mnist", "digits", "pendigits")
LIMIT = 0.10  # the share of training time that evaluation may add


@dataclass(frozen=True)
class Cost:
    """One data set's figures: median wall-clock seconds and CPU seconds of a round."""

    dataset: str
    method: str
    steps_a_round: int
    rounds: int
    plain: float
    evaluated: float
    plain_cpu: float
    evaluated_cpu: float
    load: float  # of the machine over the last minute, this process included

    @property
    def slowdown(self) -> float:
        """The time that evaluation adds, as a share of the plain time."""
        return self.evaluated / self.plain - 1

    @property
    def slowdown_cpu(self) -> float:
        """The share of CPU time that evaluation adds; a busy machine distorts it less, and it excludes disk waits."""
        return self.evaluated_cpu / self.plain_cpu - 1


def measure_cost(
    name: str, method_name: str, n_steps: int | None, n_rounds: int, settings: dict[str, Any], folder: Path
) -> Cost:
    """Trains two copies in turn, one of which is evaluated and saved after each round."""
    dataset = load_dataset(name)
    config = make_config(dataset, name, method=method_name, settings=settings, n_steps=n_steps)
    n_round = config.schedule.evaluate_every
    run = create_run(config, folder / name)
    device = torch.device("cpu")
    methods = [
        build_method(config.method, config.method_settings(), dataset.kind, dataset.shape, config.seed, device)
        for _ in range(2)
    ]
    # One more round than is timed, because the first pays for one-time set-up, and one that neither training reaches.
    length = n_round * (n_rounds + 2)
    plain = train(methods[0], dataset, Schedule(n_steps=length, log_every=n_round, evaluate_every=length), 0, device)
    rhythm = Schedule(n_steps=length, log_every=n_round, evaluate_every=n_round)
    evaluated = train(methods[1], dataset, rhythm, 0, device)

    def evaluated_round() -> None:
        progress = next(evaluated)
        save_progress(run, progress)
        write_grid(run.folder, progress.step, methods[1])

    rounds = [(*_time(lambda: next(plain)), *_time(evaluated_round)) for _ in range(n_rounds + 1)][1:]
    plain_wall, plain_cpu, evaluated_wall, evaluated_cpu = (statistics.median(part) for part in zip(*rounds))
    return Cost(
        name,
        config.method,
        n_round,
        n_rounds,
        plain_wall,
        evaluated_wall,
        plain_cpu,
        evaluated_cpu,
        os.getloadavg()[0],
    )


def _time(work: Callable[[], object]) -> tuple[float, float]:
    """Wall-clock seconds and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """Measures and prints one line for each data set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", default=DEFAULT_NAMES)
    parser.add_argument("--method", default=default_method())
    parser.add_argument("--steps", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    settings = dict(word.split("=", 1) for word in arguments.set)
    torch.set_num_threads(1)
    for name in arguments.names:
        with tempfile.TemporaryDirectory() as folder:
            cost = measure_cost(name, arguments.method, arguments.steps, arguments.rounds, settings, Path(folder))
        if arguments.json:
            print(json.dumps(asdict(cost) | {"slowdown": cost.slowdown, "slowdown_cpu": cost.slowdown_cpu}), flush=True)
        else:
            verdict = "" if cost.slowdown < LIMIT else f", above the limit of {LIMIT:.0%}"
            print(
                f"{name}, {cost.method}: {cost.steps_a_round} steps {cost.plain:.2f} s, with evaluation "
                f"{cost.evaluated:.2f} s: {cost.slowdown:+.1%}{verdict}; CPU {cost.plain_cpu:.2f} and "
                f"{cost.evaluated_cpu:.2f} s: {cost.slowdown_cpu:+.1%} "
                f"(medians of {cost.rounds}, load {cost.load:.1f})",
                flush=True,
            )


if __name__ == "__main__":
    main()
