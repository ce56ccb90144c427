"""Runs that are the same but for their names: one that is finished need not be trained again."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from clustergan_core.errors import RunError
from clustergan_core.files import storage_error
from clustergan_core.methods import find_method
from clustergan_core.runs.card import render_card, write_card
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_label_free, read_scores, write_scores
from clustergan_core.runs.store import list_runs

# What may differ between a run that is there and one that is asked for: nothing here moves a figure but `versions`, and
# a run is not repeated because a library was updated.
_INCIDENTAL = {"format", "title", "created", "notes", "versions"}
_COPY = ".copy-"  # how the hidden folder of a copy under way begins
_ABANDONED = 3600  # seconds after which the process that began it must have been killed
_LEFT_BEHIND = shutil.ignore_patterns("control", "lock", "*.lock", ".*", "annotations.json")


def find_difference(one: RunConfig, other: RunConfig) -> str:
    """The first thing in which two runs differ that should be the same, in words, or nothing."""
    kept, asked = (_flat(config.model_dump(mode="json", exclude=_INCIDENTAL)) for config in (one, other))
    names = [name for name in asked if kept.get(name) != asked[name]]
    return f"{names[0]} is {kept.get(names[0])} there and {asked[names[0]]} here" if names else ""


def find_identical_runs(configs: Sequence[RunConfig]) -> list[Run | None]:
    """For each configuration a finished run of one's own that has it, wherever it lies; None where there is none."""
    wanted = {_key(config) for config in configs}
    known: dict[tuple[Any, ...], list[Run]] = {}
    for run in list_runs():
        try:
            key = _key(run.config)
            if key in wanted and run.status().state == "finished":
                known.setdefault(key, []).append(run)
        except (RunError, KeyError):
            continue  # damaged, or of another version
    return [
        next((run for run in known.get(_key(config), ()) if _is_identical(run, config)), None) for config in configs
    ]


def reuse_run(run: Run, config: RunConfig, folder: Path) -> Run:
    """Copies a finished run to a new folder, under the title of its twin; names a person gave clusters stay behind.

    Raises RunError when the folder is there already, StorageError when it cannot be written.
    """
    if folder.exists():
        raise RunError(f"{folder} exists already: choose another.")
    kept = run.config
    note = f"Taken over from run {run.name}, which is the same."
    config = config.model_copy(
        update={"created": kept.created, "versions": kept.versions, "notes": (*config.notes, note)}
    )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear_abandoned(folder.parent)
        with tempfile.TemporaryDirectory(prefix=_COPY, dir=folder.parent) as place:
            copy = Path(place) / folder.name
            shutil.copytree(run.folder, copy, ignore=_LEFT_BEHIND)
            (copy / "control").mkdir()
            (copy / "config.json").write_text(config.model_dump_json(indent=2))
            _put_name(Run(copy))
            copy.rename(folder)
    except OSError as error:
        raise storage_error(folder, error) from error
    return Run(folder.resolve())


def _put_name(copy: Run) -> None:
    """Scores and card speak of the copy, as they would had it been trained."""
    scores = read_scores(copy)
    if scores is not None:
        scores = scores | {"run": copy.name}
        write_scores(copy, scores)
        if _has_card(copy):
            write_card(copy, scores)


def _has_card(run: Run) -> bool:
    return (run.folder / "card.md").exists()


def _clear_abandoned(folder: Path) -> None:
    for place in folder.glob(f"{_COPY}*"):
        with suppress(FileNotFoundError):  # whoever made it is done with it just now
            if time.time() - place.stat().st_mtime > _ABANDONED:
                shutil.rmtree(place, ignore_errors=True)


def _key(config: RunConfig) -> tuple[Any, ...]:
    """What tells most runs apart at a glance."""
    return config.method, config.dataset.digest, config.seed, config.n_clusters, config.schedule.n_steps


def _is_identical(run: Run, config: RunConfig) -> bool:
    if find_difference(run.config, config) or find_difference(config, run.config):
        return False
    try:
        scores = read_scores(run)
        if scores is not None and _has_card(run):
            render_card(run, scores)  # as the copy's will be
        has_clusters = find_method(config.method).encodes  # without, there is nothing to say without labels
        return run.has_weights() and scores is not None and (read_label_free(run) is not None or not has_clusters)
    except (ValueError, LookupError):
        return False  # results that somebody damaged are nothing to take over


def _flat(values: Mapping[str, Any], names: Sequence[str] = ()) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, (*names, name)) if isinstance(value, dict) else {".".join((*names, name)): value}
    return flat
