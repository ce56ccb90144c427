"""Labels that a person gives to samples on a run's map: kept with the run, for training and for a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from clustergan_core.data.dataset import Dataset
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.files import write_atomically
from clustergan_core.given_labels import GivenLabels
from clustergan_core.runs.run import Run

FILE = "given-labels.json"
FORMAT = 1


def hand_labels_path(run: Run) -> Path:
    """The path of the labels: in the run's folder, or with derived files where the run is read-only."""
    return (run.embeddings_folder() if run.is_shipped else run.folder) / FILE


def read_hand_labels(run: Run) -> GivenLabels:
    """The labels given on this run's map, none without the file. RunError where it cannot be read."""
    path = hand_labels_path(run)
    try:
        content = json.loads(path.read_bytes())
        if content.pop("format") != FORMAT:
            raise ValueError("another format")
        return GivenLabels.model_validate(content)
    except FileNotFoundError:
        return GivenLabels()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, ValidationError) as error:
        raise RunError(
            f"The labels given by hand to samples of {run.name} cannot be read from {path}: restore that file, or "
            "remove it to start again."
        ) from error


def give_label(run: Run, positions: Sequence[int], name: str) -> None:
    """Gives samples of the run's data a label in the file as it is now. SettingsError for an impossible name."""
    try:
        given = read_hand_labels(run).with_label(positions, name)
    except ValueError as problem:
        raise SettingsError(str(problem)) from problem
    _write(run, given)


def take_label_back(run: Run, name: str) -> None:
    """Removes a label from all its samples; nothing where it is gone already."""
    _write(run, read_hand_labels(run).without(name))


def hand_label_table(given: GivenLabels, dataset: Dataset) -> pd.DataFrame:
    """A row for each sample with a label by hand: its id and the label, in the order of the data."""
    rows = sorted((position, name) for name, own in given.samples.items() for position in own)
    return pd.DataFrame(
        [(dataset.sample_id(position), name) for position, name in rows if position < len(dataset.samples)],
        columns=["sample", "label"],
    )


def _write(run: Run, given: GivenLabels) -> None:
    content = {"format": FORMAT, **given.model_dump()}
    write_atomically(hand_labels_path(run), json.dumps(content, indent=2, ensure_ascii=False).encode())
