"""What a person calls the clusters of a run and notes of them: annotations.json, which nothing else reads or changes.

Clusters that are given one name are one group from then on: that is how clusters are merged.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator

from clustergan_core.drawing.palette import mode_colours
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.files import storage_error, write_atomically
from clustergan_core.runs.run import Run

FILE = "annotations.json"
FORMAT = 1
MAX_NAME, MAX_NOTE = 60, 1_000  # characters

Vet = Callable[[str], str]  # the text as it is kept; ValueError with a sentence when it cannot be


class Annotations(BaseModel):
    """Names and notes by cluster number; a cluster without either is in neither."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = FORMAT
    names: dict[int, str] = Field(default_factory=dict)
    notes: dict[int, str] = Field(default_factory=dict)

    @field_validator("names")
    @classmethod
    def _vet_names(cls, names: dict[int, str]) -> dict[int, str]:
        return {_number(cluster): _vet_name(name) for cluster, name in names.items()}

    @field_validator("notes")
    @classmethod
    def _vet_notes(cls, notes: dict[int, str]) -> dict[int, str]:
        return {_number(cluster): _vet_note(note) for cluster, note in notes.items()}

    def with_name(self, cluster: int, name: str) -> Annotations:
        """The same with another name; an empty one takes it away. SettingsError for one that cannot be kept."""
        return self.model_copy(update={"names": _changed(self.names, cluster, name, _vet_name)})

    def with_note(self, cluster: int, note: str) -> Annotations:
        """The same with another note; an empty one takes it away. SettingsError for one that cannot be kept."""
        return self.model_copy(update={"notes": _changed(self.notes, cluster, note, _vet_note)})

    def name_of(self, cluster: int, word: str = "Mode") -> str:
        """The name a person gave the cluster; else "Mode 3", or "3" without the `word`."""
        return self.names.get(cluster) or f"{word} {cluster}".strip()


@dataclass(frozen=True)
class ClusterGroup:
    """Clusters of one name, or a single cluster."""

    name: str
    clusters: tuple[int, ...]  # ascending

    @property
    def colour(self) -> str:
        """That of the first of its clusters, as on every page."""
        return mode_colours(self.clusters[0] + 1)[self.clusters[0]]


def cluster_groups(annotations: Annotations, n_clusters: int, word: str = "Mode") -> tuple[ClusterGroup, ...]:
    """All clusters, those of one name together, in the order of their first ones."""
    members: dict[str, list[int]] = {}
    for cluster in range(n_clusters):
        members.setdefault(annotations.name_of(cluster, word), []).append(cluster)
    return tuple(ClusterGroup(name, tuple(clusters)) for name, clusters in members.items())


def merge_clusters(clusters: NDArray[np.int64], groups: tuple[ClusterGroup, ...]) -> NDArray[np.int64]:
    """Cluster numbers (N,) → numbers of the groups they belong to (N,)."""
    group_of = np.zeros(1 + max(group.clusters[-1] for group in groups), dtype=np.int64)
    for number, group in enumerate(groups):
        group_of[list(group.clusters)] = number
    return group_of[clusters]


def annotations_path(run: Run) -> Path:
    """Beside the run, or with what is derived of it where the run itself is read-only."""
    return (run.embeddings_folder() if run.is_shipped else run.folder) / FILE


def read_annotations(run: Run) -> Annotations:
    """What is kept, or nothing yet. RunError when the file is damaged or of a newer format; it stays as it is."""
    path = annotations_path(run)
    try:
        content = json.loads(path.read_bytes())
        number = content["format"]
        if isinstance(number, int) and number > FORMAT:
            raise RunError(
                f"The names of {run.name}'s clusters have format {number}, and this version reads up to {FORMAT}: "
                "update it."
            )
        return Annotations.model_validate(content)
    except FileNotFoundError:
        return Annotations()
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise RunError(
            f"The names of {run.name}'s clusters cannot be read from {path}: restore that file, or set it aside to "
            "begin anew."
        ) from error


def write_annotations(run: Run, annotations: Annotations) -> None:
    """Replaces what is kept, in one step. RunError where what is kept cannot be read: it would be lost."""
    read_annotations(run)
    write_atomically(annotations_path(run), annotations.model_dump_json(indent=2).encode())


def set_aside_annotations(run: Run) -> Path:
    """Renames the file, so that names can be given anew and nothing is lost; the path it has then."""
    path = annotations_path(run)
    taken = sum(1 for _ in path.parent.glob(f"{path.stem}-set-aside-*.json"))
    aside = path.with_name(f"{path.stem}-set-aside-{taken + 1}.json")
    try:
        return path.rename(aside)
    except OSError as error:
        raise storage_error(path, error) from error


def _changed(texts: Mapping[int, str], cluster: int, text: str, vet: Vet) -> dict[int, str]:
    try:
        own = {cluster: vet(text)} if text.strip() else {}
    except ValueError as problem:
        raise SettingsError(str(problem)) from problem
    others = {number: known for number, known in texts.items() if number != cluster}
    return dict(sorted((others | own).items()))


def _number(cluster: int) -> int:
    if cluster < 0:
        raise ValueError(f"There is no cluster {cluster}: clusters are numbered from 0.")
    return cluster


def _vet_name(name: str) -> str:
    name = _vet(name, "A name", MAX_NAME)
    if name.removeprefix("Mode ").isdecimal():
        raise ValueError(f"The name {name} would be taken for the cluster of that number: add a word to it.")
    return name


def _vet_note(note: str) -> str:
    return _vet(note, "A note", MAX_NOTE, also="\n")


def _vet(text: str, what: str, limit: int, also: str = "") -> str:
    """The text without spaces around it; ValueError when it is empty, too long or holds what cannot be shown."""
    text = text.strip()
    if not 1 <= len(text) <= limit:
        raise ValueError(f"{what} has 1 to {limit:,} characters, and this one has {len(text):,}: shorten it.")
    hidden = next((character for character in text if _is_hidden(character) and character not in also), None)
    if hidden is not None:
        raise ValueError(
            f"{what} is plain text, and this one holds the control character U+{ord(hidden):04X}: type it anew."
        )
    return text


def _is_hidden(character: str) -> bool:
    """Control characters, those that turn the direction of writing, and halves of pairs: nobody sees them."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character != "\u200d"
