"""Our measured runs: the rows of benchmarks/results.csv, which only a checkout has, and a person's own runs."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from clustergan_core.data.registry import DATASETS
from clustergan_core.errors import AppError
from clustergan_core.methods import METHODS, parse_settings
from clustergan_core.paths import PROJECT_FOLDER
from clustergan_core.preset import PresetName
from clustergan_core.runs.comparison.spread import read_score
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.status import State
from clustergan_core.runs.store import list_runs
from clustergan_core.score_names import AGREEMENT_SCORES, GENERATION_SCORES, MODE_COUNT_SCORES

RESULTS = PROJECT_FOLDER / "benchmarks" / "results.csv"
CLUSTERINGS = PROJECT_FOLDER / "benchmarks" / "clusterings.csv"  # of functions that train nothing
ROW_KEY = ("method", "dataset", "preset", "settings_digest", "seed", "device")  # columns that identify a row
_KIND = ("method", "dataset", "preset", "overrides")  # columns of which only the newest settings count
SCORES = (*AGREEMENT_SCORES, "frechet", *GENERATION_SCORES, *MODE_COUNT_SCORES)

Row = dict[str, str]


@dataclass(frozen=True)
class MeasuredRun:
    """A run and its scores on `n` samples of `split`, none before it is finished; `seconds` are those of training.

    A clustering by a function has neither a preset ("") nor steps (0).
    """

    method: str  # or a way of clustering
    dataset: str
    preset: str
    seed: int
    steps: int
    seconds: float
    split: str
    n: int
    scores: Mapping[str, float]  # by names of SCORES; without those that were not measured
    settings: Mapping[str, Any]
    changed: frozenset[str] = field(default_factory=frozenset)  # settings that are not the preset's
    run: str = ""  # the name of a run on this machine


def read_rows(path: Path = RESULTS) -> list[Row]:
    """The saved rows, in the order in which they were measured; none where there is no such file."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def newest_runs(rows: Sequence[Row], key: Sequence[str], **wanted: str) -> list[Row]:
    """The newest rows with these values, one row for each seed; the columns in `key` identify a row."""
    found = [row for row in rows if wanted.items() <= row.items()]
    same = [row for row in found if all(row[name] == found[-1][name] for name in key if name != "seed")]
    return list({row["seed"]: row for row in same}.values())


def measured_runs(path: Path = RESULTS) -> list[MeasuredRun]:
    """Ours and then the person's own. Of our rows only those of the newest settings of a method on a data set count."""
    rows = read_rows(path)
    kinds = dict.fromkeys(tuple(row[name] for name in _KIND) for row in rows)
    newest = [
        row
        for kind in kinds
        for row in newest_runs(rows, ROW_KEY, **dict(zip(_KIND, kind, strict=True)))
        if row["method"] in METHODS and row["dataset"] in DATASETS
    ]
    return [*map(_of_row, newest), *_clusterings(), *_own_runs(("finished",))]


def begun_runs() -> list[MeasuredRun]:
    """A person's own runs that wait, train or can be continued; they have no scores yet."""
    return _own_runs(("waiting", "starting", "running", "paused", "stopped", "interrupted"))


def preset_settings(method: str, dataset: str, preset: PresetName) -> dict[str, Any]:
    """All settings of a preset for a data set of DATASETS, with a mode for each of its labels."""
    source = DATASETS[dataset]
    settings = METHODS[method].find_preset(preset, dataset, source.kind, source.shape).settings
    given = {"n_clusters": source.n_labels} if source.n_labels else {}
    return parse_settings(method, {**settings, **given}).model_dump()


def paper_steps(method: str, dataset: str) -> int | None:
    """The steps of a method's `paper` preset for a data set; None where it has none."""
    if "paper" not in METHODS[method].presets:
        return None
    source = DATASETS[dataset]
    return METHODS[method].find_preset("paper", dataset, source.kind, source.shape).n_steps


def _of_row(row: Row) -> MeasuredRun:
    preset = cast("PresetName", row["preset"])
    changed: dict[str, Any] = json.loads(row["overrides"] or "{}")
    return MeasuredRun(
        method=row["method"],
        dataset=row["dataset"],
        preset=preset,
        seed=int(row["seed"]),
        steps=int(row["steps"]),
        seconds=float(row["seconds"]),
        split=row["split"],
        n=int(row["n"]),
        scores={name: float(row[name]) for name in SCORES if row.get(name)} | _masses(row["mode_masses"].split()),
        settings=preset_settings(row["method"], row["dataset"], preset) | changed,
        changed=frozenset(changed),
    )


def _masses(masses: Sequence[str | float]) -> dict[str, float]:
    """The learned share of each mode as scores of their own, numbered from 1."""
    return {f"mode_mass_{number}": float(mass) for number, mass in enumerate(masses, 1)}


def _clusterings(path: Path = CLUSTERINGS) -> list[MeasuredRun]:
    """Clusterings by functions, the newest of each seed."""
    rows = {(row["way"], row["dataset"], row["seed"]): row for row in read_rows(path)}
    return [
        MeasuredRun(
            method=row["way"],
            dataset=row["dataset"],
            preset="",
            seed=int(row["seed"]),
            steps=0,
            seconds=float(row["seconds"]),
            split=row["split"],
            n=int(row["n"]),
            scores={name: float(row[name]) for name in AGREEMENT_SCORES},
            settings={},
        )
        for row in rows.values()
    ]


def _own_runs(states: tuple[State, ...]) -> list[MeasuredRun]:
    return [measured for run in list_runs() if (measured := _of_run(run, states)) is not None]


def _of_run(run: Run, states: tuple[State, ...]) -> MeasuredRun | None:
    """A person's own run; None where it is in another state, is damaged, or trained on data of their own."""
    try:
        config, status = run.config, run.status()
        scores = read_scores(run) if status.state == "finished" else None
        if status.state not in states or config.dataset.source not in DATASETS:
            return None
        settings, changed = config.method_settings().model_dump(), frozenset(config.changed_settings())
    except (AppError, ValueError):  # the Runs page says what is wrong with it
        return None
    figures = {name: read_score(scores, name) for name in SCORES} if scores else {}
    figures |= _masses(scores.get("mode_masses", [])) if scores else {}
    of_split = ("", 0) if scores is None else ("all" if scores["is_training_data"] else scores["split"], scores["n"])
    return MeasuredRun(
        method=config.method,
        dataset=config.dataset.source,
        preset=config.preset,
        seed=config.seed,
        steps=config.schedule.n_steps,
        seconds=status.seconds,
        split=of_split[0],
        n=of_split[1],
        scores={name: figure for name, figure in figures.items() if figure is not None},
        settings=settings,
        changed=changed,
        run=run.name,
    )
