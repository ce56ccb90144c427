"""What a sweep will take, before it starts: time, measured by a few steps, and room on the disk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from clustergan_core.data.dataset import Dataset
from clustergan_core.methods import build_method
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.estimate import estimate_run
from clustergan_core.runs.slots import count_needed, count_slots
from clustergan_core.runs.sweep import Point, SweepPlan

AROUND_SECONDS = 8.0  # a process's imports and the scores at its end, on two cores with digits
MOST_TIMED = 3  # points of the grid
N_GRIDS = 21  # of samples that a run keeps


@dataclass(frozen=True)
class SweepEstimate:
    """Wall seconds with `n_at_once` runs training at a time, and bytes."""

    n_runs: int
    n_at_once: int
    seconds: float
    seconds_each: float
    n_bytes: int


def estimate_sweep(plan: SweepPlan, points: Sequence[Point], dataset: Dataset) -> SweepEstimate:
    """For the runs that are missing: steps are timed at the first, the middle and the last of them."""
    config = plan.config
    n_at_once = max(1, count_slots(config.device) // count_needed(config.device, config.threads))
    if not points:
        return SweepEstimate(0, n_at_once, 0.0, 0.0, 0)
    chosen = sorted({0, (len(points) - 1) // 2, len(points) - 1})[:MOST_TIMED]
    configs = [plan.config_of(points[number]) for number in chosen]
    each = AROUND_SECONDS + sum(estimate_run(config, dataset).seconds for config in configs) / len(configs)
    n_bytes = max(estimate_bytes(config, dataset) for config in configs)
    rounds = math.ceil(len(points) / n_at_once)
    return SweepEstimate(len(points), n_at_once, each * rounds, each, n_bytes * len(points))


def estimate_bytes(config: RunConfig, dataset: Dataset) -> int:
    """What a finished run keeps: weights twice, a checkpoint with Adam's two moments, latents and sample grids."""
    with torch.device("meta"):
        method = build_method(
            config.method, config.method_settings(), dataset.kind, dataset.shape, config.seed, torch.device("meta")
        )
    weights = sum(tensor.numel() * tensor.element_size() for tensor in method.state_dict().values())
    trained = sum(p.numel() * p.element_size() for p in method.parameters() if p.requires_grad)
    n_kept = len(dataset.indices("test")) * (config.n_clusters + int(config.settings["n_normal"]) + 8) * 2
    grid = config.n_clusters * 8 * math.prod(dataset.shape)
    return 3 * weights + 2 * trained + n_kept + N_GRIDS * grid
