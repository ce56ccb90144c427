"""What a sweep is to train: a run's configuration, the settings that are varied in it, and the seeds."""

from __future__ import annotations

import hashlib
import itertools
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from clustergan_core.data.dataset import UNLABELLED, Dataset
from clustergan_core.data.options import join_values
from clustergan_core.errors import SettingsError
from clustergan_core.methods import find_method, parse_settings, try_networks
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.sweeps.presets import PaperRow, paper_rows

MOST_SEEDS = 1000

SWEEP_FORMAT = 1
MOST_RUNS = 1000
MOST_SLUG = 40  # characters of the settings in a run's name, which must be one that an address may ask for


@dataclass(frozen=True)
class Point:
    """One run's place in a grid."""

    values: tuple[tuple[str, Any], ...]  # (setting, value), in the order of the axes
    seed: int

    @property
    def slug(self) -> str:
        """The end of its folder's name."""
        words = "-".join(f"{name}-{plain_name(str(value))}" for name, value in self.values)
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


def plain_name(text: str) -> str:
    """Text of the letters that a run's name may have."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", text)


def _label_shares(dataset: Dataset) -> tuple[float, ...]:
    if dataset.labels is None:
        return ()
    labels = dataset.labels[dataset.indices("test")]
    counts = np.unique(labels[labels != UNLABELLED], return_counts=True)[1]
    return tuple(float(f"{share:.5g}") for share in sorted(counts / max(1, counts.sum()), reverse=True))


def _without_settings(words: Sequence[str], names: Mapping[str, Any]) -> list[str]:
    """A command's words without `--set` of the settings named."""
    kept: list[str] = []
    for word in words:
        if kept and kept[-1] == "--set" and word.partition("=")[0] in names:
            kept.pop()
        else:
            kept.append(word)
    return kept


def read_seeds(text: str) -> tuple[int, ...]:
    """ "0-4" or "0,3,7" or both, in the order given and each once; SettingsError for anything else."""
    seeds: list[int] = []
    for part in text.split(","):
        found = re.fullmatch(r"(\d{1,18})(?:\s*[-–]\s*(\d{1,18}))?", part.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
        if not 0 <= last - first < MOST_SEEDS or len(seeds) > MOST_SEEDS:
            raise SettingsError(f"Seeds {text} are not possible: write up to {MOST_SEEDS}, for example 0-4 or 0,3,7.")
        seeds += range(first, last + 1)
    return tuple(dict.fromkeys(seeds))
