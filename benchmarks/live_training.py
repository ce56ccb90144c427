"""Measures live training for lessons: how soon its first frame comes, and what frames and messages cost.

    python -m benchmarks.live_training [--steps 300] [--rounds 3] [--json]

The training is that of lesson 1 with one cloud and seed 1. The cost is processor time of one thread, which other work
on the machine changes less than a clock: that of `train()` alone, and that of a recording that is also told in parts,
in turns. The waiting is that of a clock, from the request to the first frame after a step, with a new process and with
a warm one.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import time

import torch

from benchmarks.machine import describe_machine
from clustergan_core.data.opening import open_dataset
from clustergan_core.lessons.lesson import PlaneStage, read_lesson
from clustergan_core.lessons.live import LiveTake, LiveWorker
from clustergan_core.lessons.live_worker import Reporter
from clustergan_core.lessons.record import Take
from clustergan_core.lessons.recording import Setup
from clustergan_core.methods import build_method, parse_settings
from clustergan_core.schedule import Schedule
from clustergan_core.training import train


def train_alone(setup: Setup) -> float:
    """Seconds of the processor for the training without a frame."""
    dataset, device = open_dataset(setup.dataset), torch.device("cpu")
    settings = parse_settings(setup.method, setup.settings)
    method = build_method(setup.method, settings, dataset.kind, dataset.shape, setup.seed, device)
    schedule = Schedule(n_steps=setup.n_steps, log_every=1, evaluate_every=setup.n_steps)
    before = time.process_time()
    for _ in train(method, dataset, schedule, setup.seed, device):
        pass
    return time.process_time() - before


def train_live(setup: Setup) -> float:
    """Seconds of the processor with all frames, told as the live process tells them."""
    take = Take(setup, "islands", [])
    reporter = Reporter(1, take, io.BytesIO())
    before = time.process_time()
    for _ in take.train():
        reporter.tell_in_time()
    return time.process_time() - before


def wait_for_step(take: LiveTake) -> float:
    """Seconds until a frame after the first step is there."""
    before = time.perf_counter()
    while take.watch().step < 1:
        time.sleep(0.005)
    return time.perf_counter() - before


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    stage = read_lesson("islands").stage
    assert isinstance(stage, PlaneStage)
    setup = stage.runs[0].setup.model_copy(update={"n_steps": arguments.steps})
    torch.set_num_threads(1)
    train_alone(setup.model_copy(update={"n_steps": 1}))  # loads what is loaded once
    alone, live = [], []
    for _ in range(arguments.rounds):
        alone.append(train_alone(setup))
        live.append(train_live(setup))
    cold, warm = [], []
    for _ in range(arguments.rounds):
        worker = LiveWorker()
        first = worker.start(setup, "islands", [])
        cold.append(wait_for_step(first))
        warm.append(wait_for_step(worker.start(setup, "islands", [], first)))
        worker.close()
    figures = {
        "alone_s": round(statistics.median(alone), 2),
        "live_s": round(statistics.median(live), 2),
        "cost": round(statistics.median(live) / statistics.median(alone) - 1, 3),
        "first_step_cold_s": round(statistics.median(cold), 2),
        "first_step_warm_s": round(statistics.median(warm), 2),
    }
    if arguments.json:
        print(json.dumps({"machine": describe_machine(), "load": os.getloadavg()[0], **figures}, indent=1))
        return
    for name, value in figures.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
