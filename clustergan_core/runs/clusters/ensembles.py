"""Runs that differ from a run only in their seed: what an order of genes is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergan_core.errors import RunError
from clustergan_core.runs.comparison.groups import group_by_seed
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_runs, list_shipped

if TYPE_CHECKING:
    from clustergan_core.scoring.latents import RunLatents

MOST_RUNS = 10  # of one ensemble: more would be encoded for little


@dataclass(frozen=True)
class Ensemble:
    """A run with those that differ from it only in their seed, each seed once."""

    runs: tuple[Run, ...]  # with weights, the run itself first, then the finished others by seed
    active: tuple[Run, ...]  # others that train or wait

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of its runs."""
        return tuple(run.config.seed for run in self.runs)

    def missing_configs(self, n_runs: int) -> list[RunConfig]:
        """Configurations that complete it to `n_runs`, with the smallest seeds that are neither trained nor active."""
        own = self.runs[0].config
        taken = {run.config.seed for run in (*self.runs, *self.active)}
        free = [seed for seed in range(n_runs + len(taken)) if seed not in taken]
        return [_with_seed(own, seed) for seed in free[: max(0, n_runs - len(taken))]]


def find_ensemble(run: Run) -> Ensemble:
    """The ensemble of a run with weights, among all runs, those of sweeps, and shipped models; at most MOST_RUNS."""
    others = [
        other for other in [*list_runs(), *list_shipped()] if other.folder != run.folder and _is_alike(other, run)
    ]
    group = next(group for group in group_by_seed([run, *others]) if run in group.runs)
    seeds, trained, active = {run.config.seed}, [], []
    for other in sorted((other for other in group.runs if other != run), key=lambda other: other.config.seed):
        status = other.status()
        if other.config.seed in seeds or (status.is_over and not (status.state == "finished" and other.has_weights())):
            continue
        seeds.add(other.config.seed)
        (trained if status.is_over else active).append(other)
    return Ensemble((run, *trained[: MOST_RUNS - 1]), tuple(active))


def clusters_of_all(latents: Sequence[RunLatents], n_samples: int) -> list[NDArray[np.int64]]:
    """The clusters (n_samples,) that each run gives its data; −1 for samples that it did not read."""
    clusterings = []
    for own in latents:
        clusters = np.full(n_samples, -1, dtype=np.int64)
        clusters[own.indices] = own.clusters
        clusterings.append(clusters)
    return clusterings


def _is_alike(other: Run, run: Run) -> bool:
    """Whether two runs may differ only in their seed; comparing all settings of all runs would take long."""
    try:
        config = other.config
    except RunError:
        return False
    return config.method == run.config.method and config.dataset.digest == run.config.dataset.digest


def _with_seed(config: RunConfig, seed: int) -> RunConfig:
    title = f"{config.title or f'{config.method_title} on {config.dataset.name}'}, seed {seed}"
    return config.model_copy(update={"seed": seed, "title": title, "created": datetime.now().astimezone()})
