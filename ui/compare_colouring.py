"""Colouring two maps of the same samples: by their own modes, by each other's, by label or by stability."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clustergan_core.drawing.palette import mode_colours
from ui.compare_stability import StabilityView
from ui.map_colouring import Colouring, make_colouring, mode_names
from ui.map_view import MapView

OWN, OTHERS, LABEL, STABILITY = "own mode", "other run's mode", "label", "stability"


def pair_colouring_names(views: Sequence[MapView], stability: StabilityView | None) -> list[str]:
    """What both maps can be coloured by."""
    names = [OWN, OTHERS]
    names += [LABEL] if all(view.labels() is not None for view in views) else []
    return names + ([STABILITY] if stability is not None else [])


def colour_pair(view: MapView, other: MapView, name: str, stability: StabilityView | None) -> Colouring:
    """The colouring of one of the two maps; points the other run knows nothing of are grey."""
    if name == OTHERS:
        return _by_other(view, other)
    if name == LABEL:
        return make_colouring(view, "label")
    own = make_colouring(view, "mode")
    if name == STABILITY and stability is not None:
        return Colouring(own.groups, own.names, own.colours, stability.shares(view.indices), "stability")
    return own


def _by_other(view: MapView, other: MapView) -> Colouring:
    order = np.argsort(other.indices)
    places = np.minimum(np.searchsorted(other.indices[order], view.indices), len(order) - 1)
    rows = order[places]
    groups = np.where(other.indices[rows] == view.indices, other.clusters[rows], -1)
    n_modes = other.run.config.n_clusters
    return Colouring(groups, mode_names(n_modes), mode_colours(n_modes))
