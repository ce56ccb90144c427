"""Colouring a map: by mode, by label, by confidence, or by any column of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.data.preprocessing import undo_preprocessing
from clustergan_core.drawing.palette import UNLABELLED_COLOUR, label_colours, mode_colours
from clustergan_core.runs.cells import is_of_cells
from ui.map.labelling import stored_labels
from ui.map.view import MapView

MODE, NUMBER = "mode", "cluster number"
GIVEN = "label given by hand"
_OWN = (MODE, NUMBER, "label", "confidence", GIVEN)
MAX_GROUPS = 60  # a column with more distinct texts is an id, not a grouping


@dataclass(frozen=True)
class Colouring:
    """Groups with names and colours. Numeric colourings add values; legend and labels still show the groups."""

    groups: NDArray[np.int64]
    names: list[str]
    colours: list[str]
    values: NDArray[np.float32] | None = None
    values_name: str = ""
    is_zero_grey: bool = False  # for expression


def colouring_names(view: MapView) -> list[str]:
    """What this map can be coloured by, the mode first, which for cells is the number of their cluster."""
    names = [NUMBER if is_of_cells(view.run) else MODE]
    if view.labels() is not None:
        names.append("label")
    names.append("confidence")
    if stored_labels(view).n:
        names.append(GIVEN)
    if view.dataset is not None:
        names += [name for name in view.dataset.columns if name not in names and _is_usable(view, name)]
    return [*names, *_feature_columns(view, _OWN)]


def make_colouring(view: MapView, name: str) -> Colouring:
    """The colouring of that name."""
    modes = _by_mode(view)
    if name in (MODE, NUMBER):
        return modes
    if name == "confidence":
        return Colouring(modes.groups, modes.names, modes.colours, view.confidence, "confidence, not calibrated")
    if name == "label":
        return _by_label(view)
    if name == GIVEN:
        return _by_given_label(view)
    features = _feature_columns(view, _OWN)
    column = _feature(view, features[name]) if name in features else _column(view, name)
    if np.issubdtype(column.dtype, np.number):
        return Colouring(modes.groups, modes.names, modes.colours, column.astype(np.float32), name)
    texts, groups = np.unique(column.astype(str), return_inverse=True)
    return Colouring(groups.astype(np.int64), texts.tolist(), label_colours(len(texts)))


def mode_names(n_modes: int, word: str = "Mode") -> list[str]:
    """ "Mode 0" and so on, as on every page; for cells `word` is "Cluster"."""
    return [f"{word} {mode}" for mode in range(n_modes)]


def _by_mode(view: MapView) -> Colouring:
    n_modes = view.run.config.n_clusters
    word = "Cluster" if is_of_cells(view.run) else "Mode"
    return Colouring(view.clusters, mode_names(n_modes, word), mode_colours(n_modes))


def _by_label(view: MapView) -> Colouring:
    labels = view.labels()
    assert labels is not None and view.dataset is not None
    names = list(view.dataset.label_names)
    return Colouring(labels, names, label_colours(len(names)))


def _by_given_label(view: MapView) -> Colouring:
    given = stored_labels(view)
    labels, n_names = given.labels(view.indices), len(given.names)
    return Colouring(
        np.where(labels == UNLABELLED, n_names, labels),
        [*given.names, "none"],
        [*label_colours(n_names), UNLABELLED_COLOUR],
    )


def _feature_columns(view: MapView, taken: Sequence[str]) -> dict[str, int]:
    """The position of each feature of a table by the name it is offered under: its own, unless that is taken."""
    dataset = view.dataset
    if dataset is None or dataset.kind != "table":
        return {}
    taken = [*taken, *dataset.columns]
    names = enumerate(dataset.feature_names)
    return {f"column {name}" if name in taken else name: position for position, name in names}


def _feature(view: MapView, position: int) -> NDArray[np.float32]:
    """(N,) a feature in the units of the file."""
    dataset = view.dataset
    assert dataset is not None
    return undo_preprocessing(dataset.preprocessing, dataset.samples[view.indices])[:, position]


def _column(view: MapView, name: str) -> NDArray[np.generic]:
    assert view.dataset is not None
    return np.asarray(view.dataset.columns[name])[view.indices]


def _is_usable(view: MapView, name: str) -> bool:
    column = _column(view, name)
    return bool(np.issubdtype(column.dtype, np.number)) or len(np.unique(column.astype(str))) <= MAX_GROUPS
