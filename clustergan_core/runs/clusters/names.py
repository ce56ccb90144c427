"""The names and notes that a person gives a run's clusters, and the cells split off from them, in annotations.json.

Clusters that are given the same name form one group: this is how clusters are merged.
"""

from __future__ import annotations

import json
import re
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
from clustergan_core.runs.clusters.splits import Split, apply_splits
from clustergan_core.runs.run import Run

FILE = "annotations.json"
REFERENCE_FILE = "reference-names.npz"  # the names that a reference gave single cells
FORMAT = 3  # with names from a reference; 2 without any but with cells that were split off; else 1
MAX_NAME, MAX_NOTE, MAX_ORIGIN = 60, 1_000, 300  # characters
_NUMBER = re.compile(r"((cluster|mode)\s*)?\d+", re.IGNORECASE)  # what pages call a cluster without a name
_NUMBER_IN_FILES = re.compile(r"(Mode )?\d+")  # what files call it, or did

Vet = Callable[[str], str]  # returns the text to store; ValueError with a sentence where it is not allowed


class Annotations(BaseModel):
    """Names and notes by cluster number, none for clusters without them, and cells that were split off, in order.

    `origins` tells by cluster which reference a name was taken from; a name that a person typed has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1, 2, 3] = 1
    names: dict[int, str] = Field(default_factory=dict)
    notes: dict[int, str] = Field(default_factory=dict)
    splits: tuple[Split, ...] = ()
    origins: dict[int, str] = Field(default_factory=dict)

    @field_validator("names")
    @classmethod
    def _vet_names(cls, names: dict[int, str]) -> dict[int, str]:
        # Earlier versions accepted "Cluster 7", so that one is refused where it is typed, and not in a stored file.
        return {_number(cluster): _vet_name(name, _NUMBER_IN_FILES) for cluster, name in names.items()}

    @field_validator("notes")
    @classmethod
    def _vet_notes(cls, notes: dict[int, str]) -> dict[int, str]:
        return {_number(cluster): _vet_note(note) for cluster, note in notes.items()}

    @field_validator("origins")
    @classmethod
    def _vet_origins(cls, origins: dict[int, str]) -> dict[int, str]:
        return {_number(cluster): _vet_origin(origin) for cluster, origin in origins.items()}

    def with_name(self, cluster: int, name: str, origin: str = "") -> Annotations:
        """A copy with another name; an empty name removes it. SettingsError for a name that is not allowed.

        `origin` is the reference that it comes from, "" for a name that a person typed.
        """
        names = _changed(self.names, cluster, name, _vet_name)
        origins = _changed(self.origins, cluster, origin if name.strip() else "", _vet_origin)
        return self._updated(names=names, origins=origins)

    def with_note(self, cluster: int, note: str) -> Annotations:
        """A copy with another note; an empty note removes it. SettingsError for a note that is not allowed."""
        return self.model_copy(update={"notes": _changed(self.notes, cluster, note, _vet_note)})

    def with_split(self, cells: NDArray[np.int64], name: str, n_clusters: int) -> Annotations:
        """A copy in which these cells of a model of `n_clusters` are a cluster of their own, with a number of its own.

        Raises SettingsError without a cell or a name, and for a name that is not allowed.
        """
        if not len(cells):
            raise SettingsError("No cells are selected: draw a line around some first.")
        if not name.strip():
            raise SettingsError("The new cluster has no name: type one.")
        number = 1 + max(n_clusters - 1, *self.names, *self.notes, *(split.cluster for split in self.splits), 0)
        split = Split(cluster=number, cells=tuple(np.unique(cells).tolist()))
        return self._updated(splits=(*self.splits, split)).with_name(number, name)

    def without_split(self, cluster: int) -> Annotations:
        """A copy in which the cells that were split off as this cluster are where they were before."""
        remaining = tuple(split for split in self.splits if split.cluster != cluster)
        names, notes, origins = (
            {number: text for number, text in texts.items() if number != cluster}
            for texts in (self.names, self.notes, self.origins)
        )
        return self._updated(splits=remaining, names=names, notes=notes, origins=origins)

    def _updated(self, **fields: object) -> Annotations:
        """A copy with other fields. Earlier versions read only files that hold nothing they would drop."""
        after = self.model_copy(update=fields)
        return after.model_copy(update={"format": FORMAT if after.origins else 2 if after.splits else 1})

    def numbers(self, n_clusters: int) -> list[int]:
        """The numbers of all clusters: those of a model of `n_clusters`, then those that were split off."""
        return [*range(n_clusters), *sorted(split.cluster for split in self.splits)]

    def edit(self, clusters: NDArray[np.int64], indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """The model's clusters (N,) of samples at `indices` (N,) of the data set, with those split off in their own."""
        return apply_splits(clusters, indices, self.splits)

    def name_of(self, cluster: int, word: str = "Cluster") -> str:
        """The name a person gave the cluster; else "Cluster 3", or "3" with an empty `word`."""
        return self.names.get(cluster) or f"{word} {cluster}".strip()


@dataclass(frozen=True)
class ClusterGroup:
    """Clusters with the same name, or a single cluster."""

    name: str
    clusters: tuple[int, ...]  # ascending

    @property
    def colour(self) -> str:
        """The colour of its first cluster, as on every page."""
        return mode_colours(self.clusters[0] + 1)[self.clusters[0]]


def cluster_groups(annotations: Annotations, n_clusters: int, word: str = "Cluster") -> tuple[ClusterGroup, ...]:
    """All clusters, those with the same name together, in the order of their first clusters.

    `n_clusters` is the model's; clusters that were split off follow.
    """
    members: dict[str | int, list[int]] = {}
    for cluster in annotations.numbers(n_clusters):
        members.setdefault(annotations.names.get(cluster, cluster), []).append(cluster)
    return tuple(ClusterGroup(annotations.name_of(own[0], word), tuple(own)) for own in members.values())


def merge_clusters(clusters: NDArray[np.int64], groups: tuple[ClusterGroup, ...]) -> NDArray[np.int64]:
    """Converts cluster numbers (N,) to the numbers of their groups (N,)."""
    group_of = np.zeros(1 + max(group.clusters[-1] for group in groups), dtype=np.int64)
    for number, group in enumerate(groups):
        group_of[list(group.clusters)] = number
    return group_of[clusters]


def annotations_path(run: Run) -> Path:
    """The path of the annotations: in the run's folder, or with derived files where the run is read-only."""
    return (run.embeddings_folder() if run.is_shipped else run.folder) / FILE


def reference_names_path(run: Run) -> Path:
    """The path of the names that a reference gave the run's cells, beside the annotations; it may not exist."""
    return annotations_path(run).with_name(REFERENCE_FILE)


def read_annotations(run: Run) -> Annotations:
    """The stored annotations, or empty ones. RunError where the file is corrupt or of a newer format."""
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
            "start again."
        ) from error


def write_annotations(run: Run, annotations: Annotations) -> None:
    """Replaces the stored annotations in one step. RunError where those cannot be read, because they would be lost."""
    read_annotations(run)
    unknown_before = {field for field in ("splits", "origins") if not getattr(annotations, field)}
    write_atomically(annotations_path(run), annotations.model_dump_json(indent=2, exclude=unknown_before).encode())


def split_off(run: Run, cells: NDArray[np.int64], name: str) -> int:
    """Makes cells of the run's data a cluster of their own in the file as it is now; returns its number."""
    after = read_annotations(run).with_split(cells, name, run.config.n_clusters)
    write_annotations(run, after)
    return after.splits[-1].cluster


def put_back(run: Run, cluster: int) -> None:
    """Undoes a split in the file as it is now; nothing where it has been undone already."""
    write_annotations(run, read_annotations(run).without_split(cluster))


def set_aside_annotations(run: Run) -> Path:
    """Renames the file, so that clusters can be named again without losing it; returns its new path."""
    path = annotations_path(run)
    n_aside = sum(1 for _ in path.parent.glob(f"{path.stem}-set-aside-*.json"))
    aside = path.with_name(f"{path.stem}-set-aside-{n_aside + 1}.json")
    try:
        return path.rename(aside)
    except OSError as error:
        raise storage_error(path, error) from error


def _changed(texts: Mapping[int, str], cluster: int, text: str, vet: Vet) -> dict[int, str]:
    try:
        own = {cluster: vet(text)} if text.strip() else {}
    except ValueError as problem:
        raise SettingsError(str(problem)) from problem
    others = {number: other for number, other in texts.items() if number != cluster}
    return dict(sorted((others | own).items()))


def _number(cluster: int) -> int:
    if cluster < 0:
        raise ValueError(f"There is no cluster {cluster}: clusters are numbered from 0.")
    return cluster


def _vet_name(name: str, number: re.Pattern[str] = _NUMBER) -> str:
    name = _vet(name, "A name", MAX_NAME)
    if number.fullmatch(name):
        raise ValueError(f"The name {name} looks like the cluster with that number: add a word to it.")
    return name


def _vet_note(note: str) -> str:
    return _vet(note, "A note", MAX_NOTE, also="\n")


def _vet_origin(origin: str) -> str:
    return _vet(origin, "The origin of a name", MAX_ORIGIN)


def _vet(text: str, what: str, limit: int, also: str = "") -> str:
    """The text without surrounding spaces; ValueError where it is empty, too long or holds hidden characters."""
    text = text.strip()
    if not 1 <= len(text) <= limit:
        raise ValueError(f"{what} has 1 to {limit:,} characters, but this one has {len(text):,}: shorten it.")
    hidden = next((character for character in text if _is_hidden(character) and character not in also), None)
    if hidden is not None:
        raise ValueError(
            f"{what} is plain text, but this one holds the control character U+{ord(hidden):04X}: type it again."
        )
    return text


def _is_hidden(character: str) -> bool:
    """Whether a character is invisible: control characters, direction marks and unpaired surrogates."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character != "\u200d"
