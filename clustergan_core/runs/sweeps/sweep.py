"""Sweeps on disk: runs over a grid of settings and seeds, in one folder with sweep.json."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from clustergan_core.errors import RunError
from clustergan_core.files import write_atomically
from clustergan_core.paths import runs_folder
from clustergan_core.runs.run import SWEEP_FILE, Run
from clustergan_core.runs.status import Status
from clustergan_core.runs.store import create_run, list_sweep_folders
from clustergan_core.runs.sweeps.plan import SWEEP_FORMAT, Point, SweepPlan, plain_name
from clustergan_core.runs.sweeps.reuse import find_difference, find_identical_runs, reuse_run

MOST_NAME = 50  # characters of the sweep's name in a run's name, which must fit an address


@dataclass(frozen=True)
class Sweep:
    """A sweep on disk, or one that is about to be created."""

    folder: Path
    plan: SweepPlan

    @property
    def name(self) -> str:
        """The folder's name, which is the sweep's id."""
        return self.folder.name

    @cached_property
    def points(self) -> list[Point]:
        """Every run of the grid."""
        return self.plan.points()

    def folder_of(self, point: Point) -> Path:
        """The folder of a run. Its name is unique among all sweeps; without axes, where no page lists it, the seed."""
        return self.folder / (
            f"{plain_name(self.name)[:MOST_NAME]}.{point.slug}" if self.plan.axes else str(point.seed)
        )

    def run(self, point: Point) -> Run | None:
        """The run of a point, or None where it has not been created."""
        folder = self.folder_of(point)
        return Run(folder.resolve()) if (folder / "config.json").exists() else None

    def statuses(self) -> dict[Point, Status]:
        """The status of each run that has been created."""
        runs = {point: self.run(point) for point in self.points}
        return {point: run.status() for point, run in runs.items() if run is not None}

    def finished(self) -> list[tuple[Point, Run]]:
        """The runs that are finished, in the order of the grid."""
        runs = [(point, run) for point in self.points if (run := self.run(point)) is not None]
        return [(point, run) for point, run in runs if run.status().state == "finished"]

    def identical_runs(self) -> dict[Point, Run]:
        """Finished identical runs elsewhere, perhaps of an earlier sweep, for points without a run here."""
        points = [point for point in self.points if self.run(point) is None]
        matches = find_identical_runs([self.plan.config_of(point) for point in points]) if points else []
        return {point: run for point, run in zip(points, matches, strict=True) if run is not None}

    def check(self) -> None:
        """RunError where the folder holds a run that differs from the plan."""
        for point in self.points:
            run = self.run(point)
            if run is not None and (difference := find_difference(run.config, self.plan.config_of(point))):
                raise RunError(f"{run.folder} holds another run ({difference}): choose another --out.")

    def make_missing(self) -> None:
        """Writes sweep.json and the folders of missing runs; identical runs that are finished elsewhere are copied.

        RunError where the folder holds a run that differs from the plan, and for a full disk.
        """
        self.check()
        if self.plan.axes:
            write_atomically(self.folder / SWEEP_FILE, self.plan.model_dump_json(indent=2).encode())
        identical = self.identical_runs()
        for point in self.points:
            if point in identical:
                reuse_run(identical[point], self.plan.config_of(point), self.folder_of(point))
            elif self.run(point) is None:
                create_run(self.plan.config_of(point), self.folder_of(point))

    def delete(self) -> None:
        """Removes the folder with all its runs; RunError while one of them trains or waits."""
        n_active = sum(not status.is_over for status in self.statuses().values())
        if n_active:
            raise RunError(f"{n_active} runs of {self.name} train or wait: stop them before deleting the sweep.")
        shutil.rmtree(self.folder)


def folder_for(plan: SweepPlan, kind: str = "sweep") -> Path:
    """The default folder of a plan: the same for the same grid, so that repeating the command finds its runs.

    Seeds do not affect it: additional ones join the others.
    """
    fixed = [
        config.model_dump(
            mode="json",
            include={"method", "dataset", "settings", "schedule", "device", "threads"},
            exclude={"schedule": {"extensions"}},
        )
        for config in plan.configs
    ]
    grid = [fixed[0], plan.axes, *(["scales_rate"] if plan.scales_rate else []), *fixed[1:]]
    digest = hashlib.sha256(json.dumps(grid, sort_keys=True).encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", plan.config.dataset.name.lower()).strip("-")[:30] or "data"
    name = "-".join([kind, slug, *([] if plan.others else [plan.config.method]), *plan.axes])
    return runs_folder() / f"{name[: MOST_NAME - len(digest) - 1]}-{digest}"


def place_sweep(plan: SweepPlan, folder: Path | None = None) -> Sweep:
    """The sweep of a plan in its folder; seeds that were trained there earlier stay part of it."""
    folder = folder or folder_for(plan)
    if (folder / SWEEP_FILE).exists():
        earlier = open_sweep(folder).plan
        if earlier.axes == plan.axes:
            plan = plan.model_copy(update={"seeds": tuple(dict.fromkeys([*earlier.seeds, *plan.seeds]))})
    return Sweep(folder, plan)


def open_sweep(folder: Path) -> Sweep:
    """A sweep on disk; RunError where its sweep.json is missing, corrupt or of a newer format."""
    path = folder / SWEEP_FILE
    try:
        content = json.loads(path.read_text())
        number = content["format"]
        if isinstance(number, int) and number > SWEEP_FORMAT:
            raise RunError(f"{path} has format {number}, and this version reads up to {SWEEP_FORMAT}: update it.")
        return Sweep(folder.resolve(), SweepPlan.model_validate(content))
    except (OSError, ValueError, TypeError, KeyError, ValidationError) as error:
        raise RunError(f"{path} cannot be read as a sweep: restore or delete the folder.") from error


def list_sweeps() -> list[Sweep]:
    """The sweeps of the runs folder, newest first; corrupt ones are skipped."""
    sweeps = []
    for folder in list_sweep_folders():
        try:
            sweeps.append(open_sweep(folder))
        except RunError:
            continue
    return sorted(sweeps, key=lambda sweep: sweep.plan.created, reverse=True)
