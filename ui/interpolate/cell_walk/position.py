"""A walk between two types and the μ on it: opened once a rerun and handed down to every section of the page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from ui.cells.titles import ModeTitles
from ui.cells.view import CellsView, RealCells

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.cells.walks import CellWalk
    from ui.interpolate.codes import Ends


@dataclass(frozen=True)
class WalkPosition:
    """A walk of a run, what is known of the run's cells and modes, and the μ that a person looks at."""

    view: CellsView
    titles: ModeTitles
    cells: RealCells | None  # None while the data is absent
    walk: CellWalk
    mu: float
    key: str  # all that the walk depends on: everything but μ

    @property
    def step(self) -> int:
        """The step nearest to μ."""
        return self.walk.step_at(self.mu)

    @property
    def file_name(self) -> str:
        """The beginning of the names of files that are downloaded."""
        return f"{self.view.run.name}-{self.walk.mode_b}-to-{self.walk.mode_a}"


def open_position(
    view: CellsView, titles: ModeTitles, cells: RealCells | None, ends: Ends, normals: NDArray[np.float32]
) -> WalkPosition:
    """The walk between the ends, averaged over z_n (n_draws, n_normal), at their μ; kept while only μ moves."""
    parts = (*view.weights_key, ends.mode_a, ends.mode_b, normals.tobytes(), cells is not None)
    key = hashlib.sha256(repr(parts).encode()).hexdigest()
    return WalkPosition(view, titles, cells, _walk(view, ends, normals, cells, key), ends.mu, key)


@st.cache_resource(max_entries=20, show_spinner="Walking…")
def _walk(_view: CellsView, _ends: Ends, _normals: NDArray[np.float32], _cells: RealCells | None, key: str) -> CellWalk:
    from clustergan_core.cells.walks import walk_cells

    space = None if _cells is None else _cells.space
    return walk_cells(_view.method, _view.scale, _ends.mode_a, _ends.mode_b, _normals, space)
