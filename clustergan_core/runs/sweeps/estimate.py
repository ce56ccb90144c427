"""The time and disk space a sweep will take, measured on a few steps before it starts."""

from __future__ import annotations

import heapq
import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clustergan_core.data.dataset import Dataset
from clustergan_core.methods import build_method
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.estimate import estimate_run
from clustergan_core.runs.queue.slots import count_needed, count_slots
from clustergan_core.runs.replay import estimate_replay_bytes
from clustergan_core.runs.sweeps.plan import Point, SweepPlan

MOST_TIMED = 3  # points of the grid
N_GRIDS = 21  # grids of samples that a run stores


@dataclass(frozen=True)
class SweepEstimate:
    """Wall-clock seconds with `n_at_once` runs training at a time, those of a run by method, and bytes."""

    n_runs: int
    n_at_once: int
    seconds: float
    seconds_each: Mapping[str, float]
    n_bytes: int


def estimate_sweep(
    plan: SweepPlan, points: Sequence[Point], dataset: Dataset, seconds_each: Mapping[str, float] | None = None
) -> SweepEstimate:
    """The estimate for missing runs, from the seconds of a run of each method, measured where they are not given."""
    n_at_once = count_at_once(plan)
    groups = by_method(plan, points)
    if seconds_each is None:
        seconds_each = {method: time_run(plan, group, dataset) for method, group in groups.items()}
    n_bytes = sum(
        len(group) * max(estimate_bytes(config, dataset) for config in _few_configs(plan, group))
        for group in groups.values()
    )
    seconds = _wall_seconds([seconds_each[plan.base_of(point).method] for point in points], n_at_once)
    return SweepEstimate(len(points), n_at_once, seconds, {method: seconds_each[method] for method in groups}, n_bytes)


def by_method(plan: SweepPlan, points: Sequence[Point]) -> dict[str, list[Point]]:
    """Runs by their method, each in the order of the grid."""
    groups: dict[str, list[Point]] = {}
    for point in points:
        groups.setdefault(plan.base_of(point).method, []).append(point)
    return groups


def time_run(plan: SweepPlan, points: Sequence[Point], dataset: Dataset) -> float:
    """The seconds that a run will take, averaged over the first, the middle and the last of some runs."""
    configs = _few_configs(plan, points)
    return sum(estimate_run(config, dataset).seconds for config in configs) / len(configs)


def count_at_once(plan: SweepPlan) -> int:
    """How many runs of a sweep train at a time on this machine; with several methods, of the largest."""
    device = plan.config.device
    return max(1, count_slots(device) // max(count_needed(device, config.threads) for config in plan.configs))


def _wall_seconds(durations: Sequence[float], n_at_once: int) -> float:
    """When the last of some runs ends, if each begins as soon as one of `n_at_once` slots is free."""
    ends = [0.0] * n_at_once
    for seconds in durations:
        heapq.heapreplace(ends, ends[0] + seconds)
    return max(ends)


def free_bytes(folder: Path) -> int:
    """Free bytes on the disk of a folder that may not exist yet."""
    return shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free


def estimate_bytes(config: RunConfig, dataset: Dataset) -> int:
    """The bytes of a finished run: weights twice, a checkpoint with Adam's two moments, latents, grids and replay."""
    import torch

    from clustergan_core.nn.acceleration import without_numbers

    with without_numbers():
        method = build_method(
            config.method,
            config.method_settings(),
            dataset.kind,
            dataset.shape,
            config.seed,
            torch.device("meta"),
            config.n_batches,
        )
    weights = sum(tensor.numel() * tensor.element_size() for tensor in method.state_dict().values())
    trained = sum(p.numel() * p.element_size() for p in method.parameters() if p.requires_grad)
    n_test, n_normal = len(dataset.indices("test")), int(config.settings.get("n_normal", 0))
    latents = n_test * (config.n_clusters + n_normal + 8) * 2
    grid = config.n_clusters * 8 * math.prod(dataset.shape)
    replay = estimate_replay_bytes(config.schedule, n_test, config.n_clusters, n_normal)
    return 3 * weights + 2 * trained + latents + N_GRIDS * grid + replay


def _few_configs(plan: SweepPlan, points: Sequence[Point]) -> list[RunConfig]:
    chosen = sorted({0, (len(points) - 1) // 2, len(points) - 1})[:MOST_TIMED]
    return [plan.config_of(points[number]) for number in chosen]
