"""Count matrices as read, and figures of their cells, loaded once for all sessions, which none may change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.data.counts.quality import cell_figures
from clustergan_core.data.opening import open_matrix
from clustergan_core.data.options import Orientation
from ui.loading.files import file_stamp

if TYPE_CHECKING:
    import pandas as pd

    from clustergan_core.data.counts.matrix import CountMatrix

MAX_MATRICES = 2  # the largest takes four gigabytes


def load_matrix(path: Path, orientation: Orientation = "auto") -> CountMatrix:
    """The whole matrix, read by a limited process. Raises DataError with one sentence."""
    return _matrix(str(path), file_stamp(path), orientation)


def load_figures(path: Path, orientation: Orientation = "auto") -> pd.DataFrame:
    """`cell_figures` of the whole matrix."""
    return _figures(str(path), file_stamp(path), orientation)


@st.cache_resource(max_entries=MAX_MATRICES, show_spinner="Reading the matrix…")
def _matrix(path_text: str, stamp: object, orientation: Orientation) -> CountMatrix:

    return open_matrix(path_text, orientation)


@st.cache_resource(max_entries=MAX_MATRICES, show_spinner="Counting genes of each cell…")
def _figures(path_text: str, stamp: object, orientation: Orientation) -> pd.DataFrame:

    return cell_figures(load_matrix(Path(path_text), orientation))
