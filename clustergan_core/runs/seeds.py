"""Runs that differ in nothing but their seed, side by side in one folder: FOLDER/<seed>."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clustergan_core.errors import RunError
from clustergan_core.methods import find_method
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.launch import N_CPU_SLOTS, start_worker
from clustergan_core.runs.status import Status
from clustergan_core.runs.store import Run, create_run
from clustergan_core.runs.worker import first_status

POLL_SECONDS = 0.5
# What may differ between a run that is there and one that is asked for: nothing here moves a figure but `versions`, and
# a run is not repeated because a library was updated.
_INCIDENTAL = {"format", "title", "created", "notes", "versions"}


@dataclass(frozen=True)
class SeedRuns:
    """The runs of one configuration with several seeds; `config.seed` plays no part."""

    config: RunConfig
    seeds: tuple[int, ...]
    folder: Path

    def config_of(self, seed: int) -> RunConfig:
        """The configuration of one of the runs."""
        title = f"{find_method(self.config.method).title} on {self.config.dataset.name}, seed {seed}"
        return self.config.model_copy(update={"seed": seed, "title": title})

    def run(self, seed: int) -> Run | None:
        """The run of a seed, where it has been begun."""
        folder = self.folder / str(seed)
        return Run(folder.resolve()) if (folder / "config.json").exists() else None

    def statuses(self) -> dict[int, Status]:
        """How far each run is that has been begun, by seed."""
        runs = {seed: self.run(seed) for seed in self.seeds}
        return {seed: run.status() for seed, run in runs.items() if run is not None}

    def finished(self) -> list[Run]:
        """The runs that are finished, in the order of the seeds."""
        runs = [run for seed in self.seeds if (run := self.run(seed)) is not None]
        return [run for run in runs if run.status().state == "finished"]

    def check(self) -> None:
        """RunError where the folder holds a run that is not the one asked for."""
        for seed in self.seeds:
            run = self.run(seed)
            if run is not None and (difference := _difference(run.config, self.config_of(seed))):
                raise RunError(f"{run.folder} holds another run ({difference}): choose another --out.")


def train_missing(runs: SeedRuns) -> Generator[dict[int, Status], None, None]:
    """Trains what is not finished, each run in a process of its own, and yields every status about twice a second.

    An interrupted, stopped or failed run is continued from its checkpoint, a run that another process trains is waited
    for. Two train at a time where each has one CPU thread, else one. Not asking for the next ends the processes; they
    can be continued. Raises RunError as `SeedRuns.check` does.
    """
    runs.check()
    # Each is tried once: what fails again would fail for ever.
    waiting = [seed for seed in runs.seeds if _state(runs, seed) != "finished"]
    working: dict[int, subprocess.Popen[bytes]] = {}
    n_slots = N_CPU_SLOTS if runs.config.device == "cpu" and runs.config.threads == 1 else 1
    try:
        while True:
            working = {seed: process for seed, process in working.items() if process.poll() is None}
            elsewhere = [seed for seed in waiting if _state(runs, seed) in ("starting", "running")]
            for seed in [seed for seed in waiting if seed not in elsewhere]:
                if _state(runs, seed) == "finished":  # by the process that was waited for
                    waiting.remove(seed)
                elif len(working) + len(elsewhere) < n_slots:
                    waiting.remove(seed)
                    working[seed] = _start(runs, seed)
            yield runs.statuses()
            if not waiting and not working:
                return
            time.sleep(POLL_SECONDS)
    finally:
        for process in working.values():
            process.terminate()
        for process in working.values():
            process.wait()


def _state(runs: SeedRuns, seed: int) -> str | None:
    run = runs.run(seed)
    return run.status().state if run is not None else None


def _start(runs: SeedRuns, seed: int) -> subprocess.Popen[bytes]:
    run = runs.run(seed)
    if run is not None:
        run.forget_requests()
        return start_worker(run, first_status(run.config, run.status()))
    config = runs.config_of(seed)
    return start_worker(create_run(config, runs.folder / str(seed)), first_status(config))


def _difference(one: RunConfig, other: RunConfig) -> str:
    """The first thing in which two runs differ that should be the same, or nothing."""
    kept, asked = (_flat(config.model_dump(mode="json", exclude=_INCIDENTAL)) for config in (one, other))
    names = [name for name in asked if kept.get(name) != asked[name]]
    return f"{names[0]} is {kept.get(names[0])} there and {asked[names[0]]} here" if names else ""


def _flat(values: dict[str, Any], names: Sequence[str] = ()) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, (*names, name)) if isinstance(value, dict) else {".".join((*names, name)): value}
    return flat
