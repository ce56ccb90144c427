"""Count matrices as read, and figures of their cells, loaded once for all sessions, which none may change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.data.counts.cell_tables import find_cell_tables
from clustergan_core.data.counts.quality import cell_figures
from clustergan_core.data.opening import open_matrix
from clustergan_core.data.options import Orientation
from clustergan_core.data.registry import DATASETS
from ui.loading.files import file_stamp

if TYPE_CHECKING:
    import pandas as pd

    from clustergan_core.data.counts.matrix import CountMatrix

MAX_MATRICES = 2  # the largest takes four gigabytes


def load_matrix(path: Path, orientation: Orientation = "auto", further: tuple[str, ...] = ()) -> CountMatrix:
    """The whole matrix, with further samples, read by a limited process. Raises DataError with one sentence."""
    return _matrix(str(path), _stamps(path, further), orientation, further)


def load_figures(path: Path, orientation: Orientation = "auto", further: tuple[str, ...] = ()) -> pd.DataFrame:
    """`cell_figures` of the whole matrix."""
    return _figures(str(path), _stamps(path, further), orientation, further)


def _stamps(path: Path, further: tuple[str, ...]) -> tuple[tuple[int, int, int], ...]:
    """Changes when a file does, or a table brought beside one of several samples, whose columns join its cells."""
    own = [Path(source) for source in further if source not in DATASETS]
    tables = [table for source in (str(path), *further) for table in find_cell_tables(source, None)] if further else []
    return tuple(file_stamp(file) for file in (path, *own, *tables))


@st.cache_resource(max_entries=MAX_MATRICES, show_spinner="Reading the matrix…")
def _matrix(path_text: str, stamp: object, orientation: Orientation, further: tuple[str, ...]) -> CountMatrix:
    return open_matrix(path_text, orientation, further=further)


@st.cache_resource(max_entries=MAX_MATRICES, show_spinner="Counting genes of each cell…")
def _figures(path_text: str, stamp: object, orientation: Orientation, further: tuple[str, ...]) -> pd.DataFrame:
    return cell_figures(load_matrix(Path(path_text), orientation, further))
