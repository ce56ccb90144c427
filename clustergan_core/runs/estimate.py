"""How long a run will take, measured before it starts: a few steps of each variant, and what stands around them."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from clustergan_core.data.dataset import Dataset
from clustergan_core.methods import build_method
from clustergan_core.runs.config import RunConfig

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from clustergan_core.method import Batch, Method
    from clustergan_core.nn.acceleration import StepRunner

T = TypeVar("T")

WARM_STEPS = 1
MEASURED_SECONDS = 1.5
N_EXAMINED = 5_000  # steps whose variant is determined
N_SAMPLES = 8_192
N_FEWER_SAMPLES = 2_048  # preparation takes the longer for four times as many, and from that follows its growth

# Measured on two cores with runs of digits, USPS, MNIST and pbmc_facs by both default methods.
START_SECONDS = 4.5  # a process's imports, and opening its data
SCORE_SECONDS, SCORE_SECONDS_PER_SAMPLE = 0.4, 1e-3  # the scores at the end, of the test split
SAVED_PER_SCORED = 2.0  # an evaluation with what is written after it (weights, replay, samples), over its scores alone


@dataclass(frozen=True)
class Estimate:
    """The duration of a run of `n_steps`, estimated from `n_timed` of them."""

    n_steps: int
    seconds_per_step: float
    n_timed: int
    seconds_around: float  # of all that is no step: the process's start, preparation, evaluations, scores at the end
    n_threads: int = 1
    slowdown: float = 1.0  # by what else the machine was running when it was timed, as counted in both durations

    def at(self, n_steps: int) -> Estimate:
        """The estimate for another number of steps, beside what the machine is running now."""
        slowdown = _slowdown(self.n_threads)
        ratio = slowdown / self.slowdown
        return replace(
            self,
            n_steps=n_steps,
            seconds_per_step=self.seconds_per_step * ratio,
            seconds_around=self.seconds_around * ratio,
            slowdown=slowdown,
        )

    @property
    def seconds(self) -> float:
        """The duration of the whole run, from the start of its process to its scores."""
        return self.seconds_around + self.n_steps * self.seconds_per_step


def estimate_run(config: RunConfig, dataset: Dataset) -> Estimate:
    """Times steps and an evaluation on throw-away weights, on the device and threads the run will use.

    It takes two to four seconds on small data, and six on MNIST.
    """
    import torch

    threads_before = torch.get_num_threads()
    torch.set_num_threads(config.threads)
    try:
        return _time_run(config, dataset)
    finally:
        torch.set_num_threads(threads_before)


def _time_run(config: RunConfig, dataset: Dataset) -> Estimate:
    import torch

    from clustergan_core.evaluation.library_threads import libraries_on
    from clustergan_core.nn.acceleration import StepRunner

    device, schedule = torch.device(config.device), config.schedule
    few = dataset.samples[dataset.splits.train[:N_SAMPLES]]
    samples = torch.from_numpy(np.ascontiguousarray(few)).to(device)
    random = torch.Generator(device).manual_seed(0)
    with libraries_on(config.threads):
        method, preparation = _time_preparation(config, dataset, samples, random)
    runner = StepRunner(device, random)
    shares = _variant_shares(method, schedule.n_steps)
    per_step, n_timed = 0.0, 0
    for share, step in shares.values():
        method.begin_step(step, schedule.n_steps)
        seconds, count = _time_variant(runner, method, samples, config.threads, MEASURED_SECONDS / len(shares))
        per_step += share * seconds
        n_timed += count
    with libraries_on(config.threads):
        beginning, evaluation = _time_evaluation(method, dataset, samples, config.threads)
    n_evaluations = schedule.n_steps // schedule.evaluate_every + 1
    final = SCORE_SECONDS + SCORE_SECONDS_PER_SAMPLE * len(dataset.indices("test"))
    around = preparation + beginning + n_evaluations * evaluation + (START_SECONDS + final) * _slowdown(1)
    return Estimate(schedule.n_steps, per_step, n_timed, around, config.threads, _slowdown(config.threads))


def _time_preparation(
    config: RunConfig, dataset: Dataset, samples: Tensor, random: torch.Generator
) -> tuple[Method, float]:
    """A method prepared with `samples`, and the seconds that all of the training split takes by the growth so far."""
    n_fewer, n_all = N_FEWER_SAMPLES, len(dataset.splits.train)

    def prepare(n: int) -> Method:
        settings = config.method_settings()
        method = build_method(
            config.method, settings, dataset.kind, dataset.shape, config.seed, samples.device, config.n_batches
        )
        if dataset.batches is not None:
            method.receive_batches(dataset.batches.codes[dataset.splits.train[:n]])
        method.prepare(samples[:n], random)
        return method

    prepare(n_fewer // 8)  # loads code
    if n_all <= n_fewer:
        return _timed(lambda: prepare(n_fewer), config.threads)
    _, fewer = _timed(lambda: prepare(n_fewer), config.threads)
    method, seconds = _timed(lambda: prepare(N_SAMPLES), config.threads)
    grown = math.log(max(seconds, 1e-9) / max(fewer, 1e-9)) / math.log(len(samples) / n_fewer)
    return method, seconds * (n_all / len(samples)) ** min(max(grown, 1.0), 2.0)


def _time_evaluation(method: Method, dataset: Dataset, samples: Tensor, n_threads: int) -> tuple[float, float]:
    """The seconds before the first evaluation, and those of each with what is written after it."""
    from clustergan_core.scoring.live import LiveScorer

    scorer, beginning = _timed(lambda: LiveScorer(dataset, method), n_threads)
    method.calibrate(samples)
    scorer.score(method)  # loads code
    _, seconds = _timed(lambda: scorer.score(method), n_threads)
    return beginning, SAVED_PER_SCORED * seconds


def _timed(work: Callable[[], T], n_threads: int) -> tuple[T, float]:
    """The result of some work, and the seconds it takes beside what now runs."""
    wall, processor = time.perf_counter(), time.thread_time()
    result = work()
    if n_threads == 1:
        return result, (time.thread_time() - processor) * _slowdown(1)
    return result, time.perf_counter() - wall


def _variant_shares(method: Method, n_steps: int) -> dict[str, tuple[float, int]]:
    """The share of a run's steps that each variant makes up, and one step of that variant."""
    stride = n_steps // N_EXAMINED // 2 * 2 + 1  # odd, so as not to coincide with a term of every second step
    steps_of: dict[str, list[int]] = {}
    for step in range(1, n_steps + 1, stride):
        method.begin_step(step, n_steps)
        steps_of.setdefault(method.variant, []).append(step)
    n_examined = sum(map(len, steps_of.values()))
    return {variant: (len(steps) / n_examined, steps[0]) for variant, steps in steps_of.items()}


def _time_variant(
    runner: StepRunner, method: Method, samples: Tensor, n_threads: int, budget: float
) -> tuple[float, int]:
    """The seconds that a step of the method's current variant takes, and how many were timed."""
    import torch

    from clustergan_core.nn.acceleration import N_EAGER_STEPS

    def train_step() -> dict[str, Tensor]:
        return method.train_step([_draw(samples, size, runner.random) for size in method.batch_sizes])

    def take_step() -> None:
        runner.run(method.variant, train_step)
        if samples.is_cuda:
            torch.cuda.synchronize()

    # The first step of a process loads code, which may take seconds where a step takes milliseconds. On a GPU the first
    # steps load kernels, and the one after the eager steps is recorded. A run consists of the steps after these.
    for _ in range(N_EAGER_STEPS + 1 if samples.is_cuda else WARM_STEPS):
        take_step()
    walls, processor, start = [], time.thread_time(), time.perf_counter()
    while not walls or time.perf_counter() - start < budget:
        before = time.perf_counter()
        take_step()
        walls.append(time.perf_counter() - before)
    if samples.is_cuda:
        return sum(walls) / len(walls), len(walls)
    # What the steps take when nothing else runs: on one thread its own time, else that of steps which did not wait.
    alone = (time.thread_time() - processor) / len(walls) if n_threads == 1 else float(np.quantile(walls, 0.25))
    return alone * _slowdown(n_threads), len(walls)


def _slowdown(n_threads: int) -> float:
    """How much longer a run takes next to what has been running for the last minute, if that goes on.

    The seconds of a step cannot tell: in the two seconds of an estimate others run for now more and now less.
    """
    n_cores = os.cpu_count() or 1
    return max(1.0, (os.getloadavg()[0] + n_threads) / n_cores) if hasattr(os, "getloadavg") else 1.0


def _draw(samples: Tensor, size: int, random: torch.Generator) -> Batch:
    import torch

    from clustergan_core.method import Batch

    indices = torch.randint(len(samples), (size,), generator=random, device=samples.device)
    return Batch(samples[indices], indices)
