"""Identical runs: a finished run with the same configuration is copied instead of trained again."""

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

# What may differ between an existing run and a planned one. Only `versions` can affect scores, and a run is not
# repeated because a library was updated.
_INCIDENTAL = {"format", "title", "created", "notes", "versions"}
_COPY = ".copy-"  # the prefix of the hidden folder of an unfinished copy
_ABANDONED = 3600  # after so many seconds, the process that was copying must have been killed
_LEFT_BEHIND = shutil.ignore_patterns("control", "lock", "*.lock", ".*", "annotations.json")


def find_difference(one: RunConfig, other: RunConfig) -> str:
    """A description of the first difference between an existing run and a planned one; "" where they are identical."""
    existing, planned = (_flat(config.model_dump(mode="json", exclude=_INCIDENTAL)) for config in (one, other))
    names = [name for name in planned if existing.get(name) != planned[name]]
    return f"{names[0]} is {existing.get(names[0])} there and {planned[names[0]]} here" if names else ""


def find_identical_runs(configs: Sequence[RunConfig]) -> list[Run | None]:
    """For each configuration, a finished run of the person's own with that configuration; None where there is none."""
    keys = {_key(config) for config in configs}
    candidates: dict[tuple[Any, ...], list[Run]] = {}
    for run in list_runs():
        try:
            key = _key(run.config)
            if key in keys and run.status().state == "finished":
                candidates.setdefault(key, []).append(run)
        except (RunError, KeyError):
            continue  # corrupt, or of another version
    return [
        next((run for run in candidates.get(_key(config), ()) if _is_identical(run, config)), None)
        for config in configs
    ]


def reuse_run(run: Run, config: RunConfig, folder: Path) -> Run:
    """Copies a finished run to a new folder, under the planned run's title and without a person's cluster names.

    Raises RunError where the folder exists already, StorageError where it cannot be written.
    """
    if folder.exists():
        raise RunError(f"{folder} exists already: choose another folder.")
    existing = run.config
    note = f"Copied from run {run.name}, which is identical."
    config = config.model_copy(
        update={"created": existing.created, "versions": existing.versions, "notes": (*config.notes, note)}
    )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear_abandoned(folder.parent)
        with tempfile.TemporaryDirectory(prefix=_COPY, dir=folder.parent) as temporary:
            copy = Path(temporary) / folder.name
            shutil.copytree(run.folder, copy, ignore=_LEFT_BEHIND)
            (copy / "control").mkdir()
            (copy / "config.json").write_text(config.model_dump_json(indent=2))
            _rename_results(Run(copy))
            copy.rename(folder)
    except OSError as error:
        raise storage_error(folder, error) from error
    return Run(folder.resolve())


def _rename_results(copy: Run) -> None:
    """Writes the copy's own name into its scores and card."""
    scores = read_scores(copy)
    if scores is not None:
        scores["run"] = copy.name
        write_scores(copy, scores)
        if _has_card(copy):
            write_card(copy, scores)


def _has_card(run: Run) -> bool:
    return (run.folder / "card.md").exists()


def _clear_abandoned(folder: Path) -> None:
    for path in folder.glob(f"{_COPY}*"):
        with suppress(FileNotFoundError):  # its process has just finished
            if time.time() - path.stat().st_mtime > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)


def _key(config: RunConfig) -> tuple[Any, ...]:
    """The facts that distinguish most runs quickly."""
    return config.method, config.dataset.digest, config.seed, config.n_clusters, config.schedule.n_steps


def _is_identical(run: Run, config: RunConfig) -> bool:
    if find_difference(run.config, config) or find_difference(config, run.config):
        return False
    try:
        scores = read_scores(run)
        if scores is not None and _has_card(run):
            render_card(run, scores)  # because the copy's card will be rendered
        has_clusters = find_method(config.method).encodes  # without, there is nothing to say without labels
        return run.has_weights() and scores is not None and (read_label_free(run) is not None or not has_clusters)
    except (ValueError, LookupError):
        return False  # corrupt results are not reused


def _flat(values: Mapping[str, Any], names: Sequence[str] = ()) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, (*names, name)) if isinstance(value, dict) else {".".join((*names, name)): value}
    return flat
