"""How long a run will take, measured by a few steps of it before it starts."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch

from clustergan_core.data.dataset import Dataset
from clustergan_core.method import Batch
from clustergan_core.methods import build_method
from clustergan_core.runs.config import RunConfig

WARM_STEPS = 2
MEASURED_SECONDS = 1.5


@dataclass(frozen=True)
class Estimate:
    """Seconds for a whole run, from `n_timed` steps."""

    seconds: float
    seconds_per_step: float
    n_timed: int


def estimate_run(config: RunConfig, dataset: Dataset) -> Estimate:
    """Times steps on throw-away weights for about two seconds, on the device and threads the run will use."""
    threads_before = torch.get_num_threads()
    torch.set_num_threads(config.threads)
    try:
        return _time_steps(config, dataset)
    finally:
        torch.set_num_threads(threads_before)


def _time_steps(config: RunConfig, dataset: Dataset) -> Estimate:
    device = torch.device(config.device)
    method = build_method(config.method, config.method_settings(), dataset.kind, dataset.shape, config.seed, device)
    few = dataset.samples[dataset.splits.train[: method.batch_size]]
    samples = torch.from_numpy(np.ascontiguousarray(few)).to(device)
    method.prepare(samples, torch.Generator(device).manual_seed(0))
    indices = torch.randint(len(samples), (method.batch_size,), device=device)
    batches = [Batch(samples[indices], indices)] * method.batches_per_step
    for _ in range(WARM_STEPS):
        method.train_step(batches)
    n_timed, start = 0, time.perf_counter()
    while time.perf_counter() - start < MEASURED_SECONDS or n_timed < 3:
        method.train_step(batches)
        n_timed += 1
    if device.type == "cuda":
        torch.cuda.synchronize()
    per_step = (time.perf_counter() - start) / n_timed
    return Estimate(per_step * config.schedule.n_steps, per_step, n_timed)
