"""Runs compared: in which settings they differ, and which of them differ only in their seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from clustergan_core.data.options import join_values
from clustergan_core.errors import SettingsError
from clustergan_core.methods import METHODS
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.run import Run

ABSENT = "–"  # the value of a setting that a run's method does not have
SEED = "Seed"
_METHOD, _DATA, _CONTENT = "Method", "Data", "Content of the data"
# These come first in a group's name; their values need no title.
_SELF_EXPLANATORY = (_METHOD, _DATA)
_SHORT = {"Clusters K": "K"}  # in the names of groups


@dataclass(frozen=True)
class DifferingSetting:
    """A setting that is not the same in all runs."""

    title: str
    values: tuple[str, ...]  # one per run, in the order of the runs
    only_of: tuple[str, ...] = ()  # the methods that have it, where other runs' methods do not


@dataclass(frozen=True)
class SeedGroup:
    """Runs that differ only in their seed; runs with the same seed repeat one training."""

    title: str  # what distinguishes it from the other groups; its method where it is the only group
    runs: tuple[Run, ...]

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds in the order of the runs."""
        return tuple(run.config.seed for run in self.runs)

    @property
    def repeated_seeds(self) -> dict[int, int]:
        """The number of runs for each seed that several runs share."""
        return {seed: n_runs for seed, n_runs in Counter(self.seeds).items() if n_runs > 1}


@dataclass(frozen=True)
class Comparison:
    """Runs that are compared."""

    runs: tuple[Run, ...]
    groups: tuple[SeedGroup, ...]
    labels: dict[str, str]  # a short label of each run, by its name

    @staticmethod
    def of(runs: Sequence[Run]) -> Comparison:
        """These runs, grouped and labelled."""
        groups = group_by_seed(runs)
        return Comparison(tuple(runs), tuple(groups), label_runs(groups))

    def label(self, run: Run) -> str:
        """The short label of a run."""
        return self.labels[run.name]

    def group_of(self, run: Run) -> int:
        """The number of the run's group."""
        return next(number for number, group in enumerate(self.groups) if run in group.runs)

    def once_a_seed(self, runs: Iterable[Run]) -> list[Run]:
        """The first of these runs for each group and seed: a repeated seed is no further evidence."""
        firsts: dict[tuple[int, int], Run] = {}
        for run in runs:
            firsts.setdefault((self.group_of(run), run.config.seed), run)
        return list(firsts.values())


def differing_settings(runs: Sequence[Run]) -> list[DifferingSetting]:
    """The settings that differ between the runs: method, data, preset, settings, length, seed, device."""
    facts = [_facts(run.config) for run in runs]
    titles = dict.fromkeys(title for row in facts for title in row)
    # Different data has different content, which matters only where the names are the same.
    if len({row[_DATA] for row in facts}) == len({row[_CONTENT] for row in facts}):
        del titles[_CONTENT]
    rows = [
        DifferingSetting(title, tuple(row.get(title, ABSENT) for row in facts), _only_of(title, facts))
        for title in titles
    ]
    return [row for row in rows if len(set(row.values)) > 1]


def _only_of(title: str, facts: Sequence[dict[str, str]]) -> tuple[str, ...]:
    having = dict.fromkeys(row[_METHOD] for row in facts if title in row)
    lacking = {row[_METHOD] for row in facts if title not in row}
    # Runs of one method may lack a setting of a later version, which does not distinguish methods.
    return tuple(having) if lacking and lacking.isdisjoint(having) else ()


def group_by_seed(runs: Sequence[Run]) -> list[SeedGroup]:
    """The runs in groups that differ only in their seed, in the order of their first runs."""
    members: dict[tuple[tuple[str, str], ...], list[Run]] = {}
    for run in runs:
        facts = _facts(run.config)
        del facts[SEED]
        members.setdefault(tuple(sorted(facts.items())), []).append(run)
    groups = list(members.values())
    titles = _distinguish([group[0] for group in groups])
    return [SeedGroup(title, tuple(group)) for title, group in zip(titles, groups, strict=True)]


def label_runs(groups: Sequence[SeedGroup]) -> dict[str, str]:
    """A short label for every run, by its name: its group's title, with the seed where the group holds several runs."""
    labels: dict[str, str] = {}
    for group in groups:
        for run in group.runs:
            parts = [] if len(groups) == 1 and len(group.runs) > 1 else [group.title]
            parts += [f"seed {run.config.seed}"] if len(group.runs) > 1 else []
            labels[run.name] = ", ".join(parts)
    # Two runs with the same configuration and seed differ only in their names.
    counts = Counter(labels.values())
    return {name: label if counts[label] == 1 else name for name, label in labels.items()}


def _facts(config: RunConfig) -> dict[str, str]:
    """Everything that can affect a run's scores, except library versions, as text by title."""
    data = config.dataset
    options = data.options
    return {
        _METHOD: config.method_title,
        _DATA: data.name,
        _CONTENT: data.digest[:8],
        "Labels from": options.labels or ABSENT,
        "Samples by": options.sample or (f"{1 + len(options.further)} files" if options.further else ABSENT),
        "Rows kept": _format_rows(options.only),
        "Rows dropped": _format_rows(options.drop),
        "Preset": config.preset,
        **_settings(config),
        "Steps": " + ".join(f"{n:,}" for n in (config.schedule.ends[0], *config.schedule.extensions)),
        "Evaluated every": f"{config.schedule.evaluate_every:,}",
        SEED: str(config.seed),
        "Device": config.device,
        "Threads": str(config.threads),
    }


def _settings(config: RunConfig) -> dict[str, str]:
    """The method's settings by title; settings that an older run lacks have their default.

    Titles are compared instead of names, because a name may have another meaning, and title, in another method.
    """
    method = METHODS.get(config.method)
    if method is None:
        return {name: _format_value(value) for name, value in config.settings.items()}
    try:
        values = config.method_settings().model_dump()
    except SettingsError:  # of another version of the method
        values = config.settings
    fields = method.Settings.model_fields
    return {
        (fields[name].title or name) if name in fields else name: _format_value(value) for name, value in values.items()
    }


def _format_value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else ABSENT if value is None else str(value)


def _format_rows(columns: dict[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{column}: {join_values(values)}" for column, values in columns.items()) or ABSENT


def _distinguish(runs: Sequence[Run]) -> list[str]:
    """A short unique text for each run: settings are added until all runs are distinct."""
    if len(runs) == 1:
        return [runs[0].config.method_title]
    rows = [row for row in differing_settings(runs) if row.title != SEED]
    rows.sort(key=lambda row: row.title not in _SELF_EXPLANATORY)
    parts: list[tuple[str, ...]] = [() for _ in runs]
    for row in rows:
        extended = [
            (*part, value if row.title in _SELF_EXPLANATORY else f"{_SHORT.get(row.title, row.title)} = {value}")
            for part, value in zip(parts, row.values, strict=True)
        ]
        if len(set(extended)) > len(set(parts)):
            parts = extended
    return [", ".join(part) for part in parts]
