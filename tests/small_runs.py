"""Runs that train in about a second: real data, narrow networks, few steps."""

from pathlib import Path
from typing import Any

from clustergan_core.data.registry import load_dataset
from clustergan_core.methods import find_method
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.run import Run
from clustergan_core.runs.status import write_status
from clustergan_core.runs.store import create_run
from clustergan_core.runs.worker import first_status
from clustergan_core.schedule import Schedule

NARROW = {"width": 0.1, "n_critic_steps": 1, "n_normal": 5, "batch_size": 16}
FEW_ITERATIONS = {"n_iterations": 3}  # where a method reads by descent


def small_config(
    dataset: str = "digits",
    n_steps: int = 40,
    log_every: int = 5,
    evaluate_every: int = 10,
    seed: int = 0,
    method: str = "clustergan",
    **settings: Any,
) -> RunConfig:
    """A run's config with narrow networks and a rhythm of its own."""
    fields = find_method(method).Settings.model_fields
    narrow = {name: value for name, value in (NARROW | FEW_ITERATIONS).items() if name in fields}
    config = make_config(
        load_dataset(dataset), dataset, method=method, settings=narrow | settings, n_steps=n_steps, seed=seed
    )
    schedule = Schedule(n_steps=n_steps, log_every=log_every, evaluate_every=evaluate_every)
    return config.model_copy(update={"schedule": schedule})


def new_run(folder: Path, config: RunConfig | None = None) -> Run:
    """A run's folder as a launch leaves it, with nothing trained yet."""
    config = config or small_config()
    run = create_run(config, folder)
    write_status(run.folder / "status.json", first_status(config))
    return run
