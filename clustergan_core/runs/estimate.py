"""How long a run will take, measured on a few steps of each variant before it starts."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clustergan_core.data.dataset import Dataset
from clustergan_core.methods import build_method
from clustergan_core.runs.config import RunConfig

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from clustergan_core.method import Batch, Method
    from clustergan_core.nn.acceleration import StepRunner

AROUND_SECONDS = 8.0  # a process's imports and the scores at its end, on two cores with digits
WARM_STEPS = 1
MEASURED_SECONDS = 1.5
N_EXAMINED = 5_000  # steps whose variant is determined
N_SAMPLES = 2_048


@dataclass(frozen=True)
class Estimate:
    """The duration of a run of `n_steps`, estimated from `n_timed` of them."""

    n_steps: int
    seconds_per_step: float
    n_timed: int

    @property
    def seconds(self) -> float:
        """The duration of the whole run, from the start of its process to its scores."""
        return AROUND_SECONDS + self.n_steps * self.seconds_per_step


def estimate_run(config: RunConfig, dataset: Dataset) -> Estimate:
    """Times steps on throw-away weights for about two seconds, on the device and threads the run will use."""
    import torch

    threads_before = torch.get_num_threads()
    torch.set_num_threads(config.threads)
    try:
        return _time_steps(config, dataset)
    finally:
        torch.set_num_threads(threads_before)


def _time_steps(config: RunConfig, dataset: Dataset) -> Estimate:
    import torch

    from clustergan_core.nn.acceleration import StepRunner

    device, n_steps = torch.device(config.device), config.schedule.n_steps
    method = build_method(config.method, config.method_settings(), dataset.kind, dataset.shape, config.seed, device)
    few = dataset.samples[dataset.splits.train[:N_SAMPLES]]
    samples = torch.from_numpy(np.ascontiguousarray(few)).to(device)
    random = torch.Generator(device).manual_seed(0)
    method.prepare(samples, random)
    runner = StepRunner(device, random)
    shares = _variant_shares(method, n_steps)
    per_step, n_timed = 0.0, 0
    for share, step in shares.values():
        method.begin_step(step, n_steps)
        seconds, count = _time_variant(runner, method, samples, config.threads, MEASURED_SECONDS / len(shares))
        per_step += share * seconds
        n_timed += count
    return Estimate(n_steps, per_step, n_timed)


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
