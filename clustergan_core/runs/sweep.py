"""Sweeps: runs over a grid of settings and seeds, side by side in one folder, and what sweep.json holds of them."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clustergan_core.data.dataset import UNLABELLED, Dataset
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.methods import find_method
from clustergan_core.runs.atomic import write_atomically
from clustergan_core.runs.config import RunConfig, join_values, parse_settings, try_networks
from clustergan_core.runs.places import RUN_NAME, runs_folder
from clustergan_core.runs.status import Status
from clustergan_core.runs.store import SWEEP_FILE, Run, create_run, list_sweep_folders
from clustergan_core.runs.sweep_presets import PaperRow, paper_rows

SWEEP_FORMAT = 1
MOST_RUNS = 1000
# Together with a seed a run's name stays within what `RUN_NAME` lets an address ask for.
MOST_NAME, MOST_SLUG = 50, 40  # characters of the sweep's name, and of the settings behind it
# What may differ between a run that is there and one that is asked for: nothing here moves a figure but `versions`, and
# a run is not repeated because a library was updated.
_INCIDENTAL = {"format", "title", "created", "notes", "versions"}


@dataclass(frozen=True)
class Point:
    """One run's place in a grid."""

    values: tuple[tuple[str, Any], ...]  # (setting, value), in the order of the axes
    seed: int

    @property
    def slug(self) -> str:
        """The end of its folder's name."""
        words = "-".join(f"{name}-{_plain(str(value))}" for name, value in self.values)
        if len(words) > MOST_SLUG:
            words = hashlib.sha256(words.encode()).hexdigest()[:12]
        return f"{words}-seed-{self.seed}"


class SweepPlan(BaseModel):
    """sweep.json: a run's configuration, and what is varied in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = SWEEP_FORMAT
    title: str = ""
    created: datetime
    config: RunConfig  # its seed, and its value of a setting on an axis, play no part
    axes: dict[str, tuple[Any, ...]]
    seeds: tuple[int, ...] = Field(min_length=1)
    label_shares: tuple[float, ...] = ()  # of the test samples, largest first; empty without labels

    def points(self) -> list[Point]:
        """Every run of the grid, seed by seed, so that early results show every value once."""
        combinations = list(itertools.product(*self.axes.values()))
        return [Point(tuple(zip(self.axes, values)), seed) for seed in self.seeds for values in combinations]

    def config_of(self, point: Point) -> RunConfig:
        """The configuration of one of the runs."""
        settings = parse_settings(self.config.method, self.config.settings | dict(point.values)).model_dump()
        words = [f"{name} = {value}" for name, value in name_values(self.config.method, point)]
        title = ", ".join([f"{find_method(self.config.method).title} on {self.config.dataset.name}", *words])
        notes = (f"K = {settings['n_clusters']}, as chosen.",) if "n_clusters" in self.axes else self.config.notes
        return self.config.model_copy(
            update={"settings": settings, "seed": point.seed, "title": f"{title}, seed {point.seed}", "notes": notes}
        )

    def best_attainable(self, n_clusters: int) -> float | None:
        """The highest purity and one-to-one accuracy that K clusters allow on the test samples; None without labels."""
        return sum(self.label_shares[:n_clusters]) if self.label_shares else None

    def paper_rows(self) -> tuple[PaperRow, ...]:
        """What papers print for this data and the one setting that is varied."""
        axes = list(self.axes)
        return paper_rows(self.config.dataset.source, axes[0]) if len(axes) == 1 else ()

    def command(self) -> str:
        """The command line that repeats the sweep."""
        base = self.config.model_copy(update={"seed": 0})
        words = shlex.split(base.command())
        words[words.index("train")] = "sweep"
        number = words.index("--seed")
        words[number : number + 2] = ["--seeds", ",".join(map(str, self.seeds))]
        words = _without_settings(words, self.axes)
        for name, values in self.axes.items():
            words += ["--set", f"{name}={join_values([str(value) for value in values])}"]
        return shlex.join(words)


@dataclass(frozen=True)
class Sweep:
    """A sweep on disk, or one that is to be put there."""

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
        """Where a run lies. Its name is of one run in all sweeps; without axes, where nobody looks for it, the seed."""
        return self.folder / (f"{_plain(self.name)[:MOST_NAME]}.{point.slug}" if self.plan.axes else str(point.seed))

    def run(self, point: Point) -> Run | None:
        """The run of a point, where it has been made."""
        folder = self.folder_of(point)
        return Run(folder.resolve()) if (folder / "config.json").exists() else None

    def statuses(self) -> dict[Point, Status]:
        """How far each run is that has been made."""
        runs = {point: self.run(point) for point in self.points}
        return {point: run.status() for point, run in runs.items() if run is not None}

    def finished(self) -> list[tuple[Point, Run]]:
        """The runs that are finished, in the order of the grid."""
        runs = [(point, run) for point in self.points if (run := self.run(point)) is not None]
        return [(point, run) for point, run in runs if run.status().state == "finished"]

    def check(self) -> None:
        """RunError where the folder holds a run that is not the one asked for."""
        for point in self.points:
            run = self.run(point)
            if run is not None and (difference := _difference(run.config, self.plan.config_of(point))):
                raise RunError(f"{run.folder} holds another run ({difference}): choose another --out.")

    def make_missing(self) -> None:
        """Writes sweep.json and the folders of runs that are missing. RunError as `check`, and for a full disk."""
        self.check()
        if self.plan.axes:
            write_atomically(self.folder / SWEEP_FILE, self.plan.model_dump_json(indent=2).encode())
        for point in self.points:
            if self.run(point) is None:
                create_run(self.plan.config_of(point), self.folder_of(point))

    def delete(self) -> None:
        """Removes the folder with all runs; RunError while one of them trains or waits."""
        n_active = sum(not status.is_over for status in self.statuses().values())
        if n_active:
            raise RunError(f"{n_active} runs of {self.name} train or wait: stop them before deleting the sweep.")
        shutil.rmtree(self.folder)


def plan_sweep(
    config: RunConfig,
    axes: Mapping[str, Sequence[Any]],
    seeds: Sequence[int],
    dataset: Dataset | None = None,
    title: str = "",
) -> SweepPlan:
    """A grid over a run's configuration; SettingsError for what its method does not allow or its data does not fit.

    With the run's `dataset` the plan knows what is attainable for fewer clusters than labels.
    """
    checked: dict[str, tuple[Any, ...]] = {}
    for name, values in axes.items():
        parsed = [parse_settings(config.method, config.settings | {name: value}).model_dump()[name] for value in values]
        checked[name] = tuple(dict.fromkeys(parsed))
    plan = SweepPlan(
        title=title,
        created=datetime.now().astimezone(),
        config=config,
        axes=checked,
        seeds=tuple(dict.fromkeys(seeds)),
        label_shares=() if dataset is None else _label_shares(dataset),
    )
    n_runs = len(plan.points())
    if not 1 <= n_runs <= MOST_RUNS:
        raise SettingsError(f"This grid has {n_runs:,} runs: choose values and seeds that make 1 to {MOST_RUNS:,}.")
    for combination in itertools.product(*checked.values()):
        settings = parse_settings(config.method, config.settings | dict(zip(checked, combination)))
        try_networks(config.method, settings, config.dataset.kind, config.dataset.shape)
    return plan


def setting_title(method: str, name: str) -> str:
    """A setting by the name a person reads, such as K."""
    return "K" if name == "n_clusters" else find_method(method).Settings.model_fields[name].title or name


def name_values(method: str, point: Point) -> list[tuple[str, Any]]:
    """A point's settings by the names a person reads."""
    return [(setting_title(method, name), value) for name, value in point.values]


def folder_for(plan: SweepPlan, what: str = "sweep") -> Path:
    """Where a plan's runs lie if nobody says otherwise: the same for the same grid, so that repeating finds its runs.

    Seeds play no part: more of them go where the others are.
    """
    fixed = plan.config.model_dump(
        mode="json",
        include={"method", "dataset", "settings", "schedule", "device", "threads"},
        exclude={"schedule": {"extensions"}},
    )
    digest = hashlib.sha256(json.dumps([fixed, plan.axes], sort_keys=True).encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", plan.config.dataset.name.lower()).strip("-")[:30] or "data"
    words = "-".join([what, slug, plan.config.method, *plan.axes])
    return runs_folder() / f"{words[: MOST_NAME - len(digest) - 1]}-{digest}"


def place_sweep(plan: SweepPlan, folder: Path | None = None) -> Sweep:
    """The sweep of a plan in its folder; seeds that an earlier one trained there stay part of it."""
    folder = folder or folder_for(plan)
    if (folder / SWEEP_FILE).exists():
        earlier = open_sweep(folder).plan
        if earlier.axes == plan.axes:
            plan = plan.model_copy(update={"seeds": tuple(dict.fromkeys([*earlier.seeds, *plan.seeds]))})
    return Sweep(folder, plan)


def open_sweep(folder: Path) -> Sweep:
    """A sweep that is on disk; RunError when its sweep.json is missing, damaged or of a newer format."""
    path = folder / SWEEP_FILE
    try:
        content = json.loads(path.read_text())
        number = content["format"]
        if isinstance(number, int) and number > SWEEP_FORMAT:
            raise RunError(f"{path} has format {number}, and this version reads up to {SWEEP_FORMAT}: update it.")
        return Sweep(folder.resolve(), SweepPlan.model_validate(content))
    except (OSError, ValueError, TypeError, KeyError, ValidationError) as error:
        raise RunError(f"{path} cannot be read as a sweep: restore or delete the folder.") from error


def find_sweep(name: str) -> Sweep:
    """A sweep of the runs folder by a name that came from outside, never read as a path; RunError without one."""
    if not RUN_NAME.fullmatch(name) or not (runs_folder() / name / SWEEP_FILE).exists():
        known = ", ".join(folder.name for folder in list_sweep_folders()[:5]) or "none yet"
        raise RunError(f"There is no sweep named {name[:120]}: choose one of those there are ({known}).")
    return open_sweep(runs_folder() / name)


def list_sweeps() -> list[Sweep]:
    """The sweeps of the runs folder, newest first; damaged ones are passed over."""
    sweeps = []
    for folder in list_sweep_folders():
        try:
            sweeps.append(open_sweep(folder))
        except RunError:
            continue
    return sorted(sweeps, key=lambda sweep: sweep.plan.created, reverse=True)


def _label_shares(dataset: Dataset) -> tuple[float, ...]:
    if dataset.labels is None:
        return ()
    labels = dataset.labels[dataset.indices("test")]
    counts = np.unique(labels[labels != UNLABELLED], return_counts=True)[1]
    return tuple(float(f"{share:.5g}") for share in sorted(counts / max(1, counts.sum()), reverse=True))


def _plain(text: str) -> str:
    """Text of the letters that a run's name may have."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", text)


def _difference(one: RunConfig, other: RunConfig) -> str:
    """The first thing in which two runs differ that should be the same, or nothing."""
    kept, asked = (_flat(config.model_dump(mode="json", exclude=_INCIDENTAL)) for config in (one, other))
    names = [name for name in asked if kept.get(name) != asked[name]]
    return f"{names[0]} is {kept.get(names[0])} there and {asked[names[0]]} here" if names else ""


def _flat(values: Mapping[str, Any], names: Sequence[str] = ()) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, (*names, name)) if isinstance(value, dict) else {".".join((*names, name)): value}
    return flat


def _without_settings(words: Sequence[str], names: Mapping[str, Any]) -> list[str]:
    """A command's words without `--set` of the settings named."""
    kept: list[str] = []
    for word in words:
        if kept and kept[-1] == "--set" and word.partition("=")[0] in names:
            kept.pop()
        else:
            kept.append(word)
    return kept
