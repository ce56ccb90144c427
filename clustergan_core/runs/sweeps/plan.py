"""The plan of a sweep: a run's configuration, the settings and methods that vary, and the seeds."""

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
from clustergan_core.runs.config import RunConfig, chosen_k_note
from clustergan_core.runs.sweeps.arguments import for_methods, without_settings
from clustergan_core.runs.sweeps.presets import SCALED_RATES, PaperRow, paper_rows

MOST_SEEDS = 1000

SWEEP_FORMAT = 2  # 1 has one method
METHOD_AXIS = "method"  # the axis of methods, the last one: settings come first
MOST_RUNS = 1000
MOST_SLUG = 40  # characters of the settings in a run's name, which must fit an address


@dataclass(frozen=True)
class Point:
    """One point of a grid: a single run."""

    values: tuple[tuple[str, Any], ...]  # (setting, value), in the order of the axes
    seed: int

    @property
    def slug(self) -> str:
        """The end of its folder's name."""
        settings = "-".join(f"{name}-{plain_name(str(value))}" for name, value in self.values)
        if len(settings) > MOST_SLUG:
            settings = hashlib.sha256(settings.encode()).hexdigest()[:12]
        return f"{settings}-seed-{self.seed}"


class SweepPlan(BaseModel):
    """sweep.json: a run's configuration, and what varies in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = SWEEP_FORMAT
    title: str = ""
    created: datetime
    config: RunConfig  # its seed and its values of the varied settings are ignored
    others: tuple[RunConfig, ...] = ()  # those of further methods, each with its own preset; methods are then an axis
    axes: dict[str, tuple[Any, ...]]
    seeds: tuple[int, ...] = Field(min_length=1)
    scales_rate: bool = False  # the learning rates of the game are multiplied by batch size / the configuration's own
    label_shares: tuple[float, ...] = ()  # each label's share of the test samples, largest first; empty without labels

    @property
    def configs(self) -> tuple[RunConfig, ...]:
        """The configuration that each method starts from."""
        return (self.config, *self.others)

    def base_of(self, point: Point) -> RunConfig:
        """The configuration of a run's method, before the run's values and seed."""
        method = dict(point.values).get(METHOD_AXIS, self.config.method)
        return next(config for config in self.configs if config.method == method)

    def points(self) -> list[Point]:
        """Every run of the grid, seed by seed, so that early results include every value once."""
        combinations = list(itertools.product(*self.axes.values()))
        return [Point(tuple(zip(self.axes, values)), seed) for seed in self.seeds for values in combinations]

    def config_of(self, point: Point) -> RunConfig:
        """The configuration of one of the runs."""
        base = self.base_of(point)
        varied = {name: value for name, value in point.values if name != METHOD_AXIS}
        given = base.settings | varied
        if self.scales_rate:
            factor = given["batch_size"] / base.settings["batch_size"]
            given |= {name: given[name] * factor for name in SCALED_RATES if name in given and name not in self.axes}
        settings = parse_settings(base.method, given).model_dump()
        values = [describe_value(base.method, name, value) for name, value in varied.items()]
        title = ", ".join([f"{base.method_title} on {base.dataset.name}", *values])
        notes = (chosen_k_note(settings["n_clusters"]),) if "n_clusters" in self.axes else base.notes
        return base.model_copy(
            update={"settings": settings, "seed": point.seed, "title": f"{title}, seed {point.seed}", "notes": notes}
        )

    def best_attainable(self, n_clusters: int) -> float | None:
        """The highest purity and one-to-one accuracy that K clusters allow on the test samples; None without labels."""
        return sum(self.label_shares[:n_clusters]) if self.label_shares else None

    def paper_rows(self) -> tuple[PaperRow, ...]:
        """The rows that papers print for this data and its only varied setting."""
        axes = list(self.axes)
        if len(axes) != 1:
            return ()
        return paper_rows(self.config.dataset.source, axes[0], self.config.settings, self.scales_rate)

    def describe_length(self) -> str:
        """The steps of its runs: "4,000 steps", or "100 to 4,000 steps" where methods differ."""
        steps = sorted({config.schedule.n_steps for config in self.configs})
        return f"{steps[0]:,} steps" if len(steps) == 1 else f"{steps[0]:,} to {steps[-1]:,} steps"

    def command(self) -> str:
        """The command line that repeats the sweep."""
        base = self.config.model_copy(update={"seed": 0})
        argv = shlex.split(base.command())
        argv[argv.index("train")] = "sweep"
        index = argv.index("--seed")
        argv[index : index + 2] = ["--seeds", ",".join(map(str, self.seeds))]
        if self.others:
            argv = for_methods(argv, self.configs)
        argv = without_settings(argv, self.axes)
        for name, values in self.axes.items():
            if name == METHOD_AXIS:
                continue
            argv += ["--set", f"{name}={join_values([str(value) for value in values])}"]
        argv += ["--scale-rate"] if self.scales_rate else []
        return shlex.join(argv)


def plan_sweep(
    config: RunConfig,
    axes: Mapping[str, Sequence[Any]],
    seeds: Sequence[int],
    dataset: Dataset | None = None,
    title: str = "",
    scales_rate: bool = False,
    others: Sequence[RunConfig] = (),
) -> SweepPlan:
    """A grid over a run's configuration; SettingsError for values that its method or its data does not allow.

    `others` are the configurations of further methods for the same data: methods are then an axis too, and all of them
    need the settings that vary.

    With the run's `dataset` the plan knows the best scores attainable with fewer clusters than labels. `scales_rate`
    multiplies the learning rate by the batch size over that of the configuration.
    """
    if scales_rate and "batch_size" not in axes:
        raise SettingsError("The learning rate can follow the batch size only where that varies: add batch sizes.")
    configs = {each.method: each for each in (config, *others)}
    check_shared(list(configs), list(axes))
    checked: dict[str, tuple[Any, ...]] = {}
    for name, values in axes.items():
        parsed = [parse_settings(config.method, config.settings | {name: value}).model_dump()[name] for value in values]
        checked[name] = tuple(dict.fromkeys(parsed))
    varied = dict(checked)
    if len(configs) > 1:
        checked[METHOD_AXIS] = tuple(configs)
    plan = SweepPlan(
        title=title,
        created=datetime.now().astimezone(),
        config=config,
        others=tuple(configs.values())[1:],
        axes=checked,
        seeds=tuple(dict.fromkeys(seeds)),
        scales_rate=scales_rate,
        label_shares=() if dataset is None else _label_shares(dataset),
    )
    n_runs = len(plan.points())
    if not 1 <= n_runs <= MOST_RUNS:
        raise SettingsError(f"This grid has {n_runs:,} runs: choose values and seeds that make 1 to {MOST_RUNS:,}.")
    for each, combination in itertools.product(configs.values(), itertools.product(*varied.values())):
        settings = parse_settings(each.method, each.settings | dict(zip(varied, combination)))
        try_networks(each.method, settings, each.dataset.kind, each.dataset.shape)
    return plan


def check_shared(methods: Sequence[str], settings: Sequence[str]) -> None:
    """SettingsError for a setting that some of the methods have and others lack."""
    for name in settings:
        having = [method for method in methods if name in find_method(method).Settings.model_fields]
        lacking = [method for method in methods if method not in having]
        if having and lacking:
            raise SettingsError(
                f"{name} is a setting of {', '.join(having)} and not of {', '.join(lacking)}: leave out the setting, "
                "or the methods without it."
            )


def setting_title(method: str, name: str) -> str:
    """A setting's title, such as K."""
    if name == METHOD_AXIS:
        return "Method"
    return "K" if name == "n_clusters" else find_method(method).Settings.model_fields[name].title or name


def value_title(name: str, value: Any) -> Any:
    """A value as it is shown: a method by its title, any other value as it is."""
    return find_method(value).title if name == METHOD_AXIS else value


def describe_value(method: str, name: str, value: Any, between: str = " = ") -> str:
    """A setting with its value, such as "K = 9"; a method's title alone."""
    if name == METHOD_AXIS:
        return find_method(value).title
    return f"{setting_title(method, name)}{between}{value}"


def plain_name(text: str) -> str:
    """Text with only the characters that a run's name may have."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", text)


def _label_shares(dataset: Dataset) -> tuple[float, ...]:
    if dataset.labels is None:
        return ()
    labels = dataset.labels[dataset.indices("test")]
    counts = np.unique(labels[labels != UNLABELLED], return_counts=True)[1]
    return tuple(float(f"{share:.5g}") for share in sorted(counts / max(1, counts.sum()), reverse=True))


def read_seeds(text: str) -> tuple[int, ...]:
    """Seeds such as "0-4", "0,3,7" or both, in the given order and each once; SettingsError for anything else."""
    seeds: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d{1,18})(?:\s*[-–]\s*(\d{1,18}))?", part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, -1)
        if not 0 <= last - first < MOST_SEEDS or len(seeds) > MOST_SEEDS:
            raise SettingsError(f"Seeds {text} are not possible: enter up to {MOST_SEEDS}, for example 0-4 or 0,3,7.")
        seeds += range(first, last + 1)
    return tuple(dict.fromkeys(seeds))
