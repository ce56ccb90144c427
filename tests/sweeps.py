"""Sweeps for tests, whose runs have figures written by hand instead of trained."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from clustergan_core.data.registry import load_dataset
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import write_label_free, write_scores
from clustergan_core.runs.status import State, Status, write_status
from clustergan_core.runs.sweeps.plan import plan_sweep
from clustergan_core.runs.sweeps.sweep import Sweep, folder_for
from clustergan_core.scoring.label_free import LabelFree
from clustergan_core.scoring.records import RunScores
from tests.small_runs import small_config

CLUSTERS = ((0, 0, 1, 1), (0, 0, 1, 2), (1, 1, 0, 0))  # of four samples, by seed


def small_sweep(
    axes: Mapping[str, Sequence[Any]] | None = None,
    seeds: Sequence[int] = (0, 1),
    folder: Path | None = None,
    **words: Any,
) -> Sweep:
    """A sweep of short runs on digits, in the runs folder unless told otherwise; nothing is on disk yet."""
    config = small_config(**words)
    plan = plan_sweep(config, axes or {"n_clusters": (9, 10)}, seeds, load_dataset(config.dataset.source))
    return Sweep(folder or folder_for(plan), plan)


def set_state(run: Run, state: State, step: int = 0, seconds: float = 0.0) -> None:
    """Writes a run's state as its process would."""
    now = datetime.now().astimezone()
    status = Status(
        state=state, step=step, n_steps=run.config.schedule.n_steps, seconds=seconds, heartbeat=now, message=""
    )
    write_status(run.folder / "status.json", status)


def finish(run: Run, purity: float | None, **label_free: Any) -> None:
    """Writes what a finished run leaves: all four scores are `purity`, all label-free figures follow K and the seed."""
    config = run.config
    scores = dict.fromkeys(("purity", "accuracy", "nmi", "ari"), purity)
    record = {**scores, "kmeans": scores, "n": 179, "split": "test", "is_training_data": False}
    write_scores(run, cast("RunScores", record))
    figures: dict[str, Any] = {
        "dataset": config.dataset.digest,
        "n": 4,
        "clusters": CLUSTERS[config.seed % len(CLUSTERS)],
        "n_used": 2,
        "usage_entropy": round(math.log(config.n_clusters), 3),
        "silhouette": 0.5,
        "data_silhouette": 0.1,
        "neighbour_agreement": 0.8,
        "neighbour_information": 0.7,
        "frechet": 20.0 - config.n_clusters,
    }
    write_label_free(run, LabelFree(**figures | label_free))
    set_state(run, "finished", config.schedule.n_steps, seconds=10.0)


def finished_sweep(purities: Mapping[tuple[Any, int], float | None], **words: Any) -> Sweep:
    """A sweep over one setting whose runs are finished with these purities, by (value, seed)."""
    sweep = small_sweep(**words)
    sweep.make_missing()
    for point in sweep.points:
        run = sweep.run(point)
        assert run is not None
        finish(run, purities[point.values[0][1], point.seed])
    return sweep
