"""Markers of selection A against B, or against all other cells, below the map."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.runs.clusters.names import cluster_groups
from clustergan_core.runs.run import Run
from ui.cells.loading import load_cells
from ui.cells.markers import EXPLORATORY, offer_csv, show_markers
from ui.frame.messages import page_errors
from ui.loading.runs import load_run_matrix
from ui.map.selections import BOTH, CellSelection, choose_clusters, selection_of

if TYPE_CHECKING:
    import pandas as pd

    from clustergan_core.data.counts.matrix import CountMatrix
    from clustergan_core.runs.clusters.names import Annotations

_MISSING = "Comparing genes needs the file that the run was trained on, which is not on this machine."
_N_SHOWN = 100  # genes a side; the file has all


@st.fragment
@page_errors()
def show_comparison(run: Run, annotations: Annotations) -> None:
    """Both selections, and the genes that tell them apart; without the run's data, why there is nothing."""

    st.subheader("Selections A and B")
    cells = load_cells(run)
    if cells is None or not run.is_data_here():
        st.caption(_MISSING)
        return
    st.caption("Draw around cells on the map and keep them as A or B, or choose clusters here.")
    clusters = np.full(run.config.dataset.n_samples, -1, dtype=np.int64)
    clusters[cells.indices] = cells.clusters
    groups = cluster_groups(annotations, run.config.n_clusters)
    for which, column in zip(BOTH, st.columns(2, gap="medium"), strict=True):
        with column:
            choose_clusters(run, which, groups, clusters)
    first, second = (selection_of(run, which) for which in BOTH)
    if first is None:
        return
    # Not before: a large matrix takes seconds to read, and most visits are for the map.
    matrix = load_run_matrix(run)
    if matrix is None:
        st.caption(_MISSING)
        return
    table = compare(run, matrix, first, second)
    others = "B" if second is not None else "the others"
    st.caption(EXPLORATORY)
    ways = {"More in A": table.head(_N_SHOWN), f"More in {others}": table.tail(_N_SHOWN)[::-1]}
    for tab, (title, rows) in zip(st.tabs(list(ways)), ways.items(), strict=True):
        with tab:
            show_markers(rows, f"markers-{title}", "A", others, f"{title}: genes with their figures")
    offer_csv(f"All {len(table):,} genes as CSV", table, f"{run.name}-a-against-b.csv", "comparison-csv")


def compare(run: Run, matrix: CountMatrix, first: CellSelection, second: CellSelection | None) -> pd.DataFrame:
    """`compare_selections` of A against B, or against all cells that are not in A. DataError as that has it."""
    parts = (first.cells, np.zeros(0, np.int64) if second is None else second.cells)
    choice = hashlib.blake2b(b"|".join(part.tobytes() for part in parts), digest_size=16).hexdigest()
    return _compare(matrix, first, second, run.config.dataset.source, run.config.dataset.digest, choice)


@st.cache_resource(max_entries=8, show_spinner="Comparing all genes: a second for some thousand cells…")
def _compare(
    _matrix: CountMatrix, _first: CellSelection, _second: CellSelection | None, source: str, digest: str, choice: str
) -> pd.DataFrame:
    from clustergan_core.cells.markers import compare_selections

    inside, outside = (np.zeros(len(_matrix.cell_ids), dtype=np.bool_) for _ in range(2))
    inside[_first.cells] = True
    if _second is None:
        outside = ~inside
    else:
        outside[_second.cells] = True
    return compare_selections(_matrix, inside, outside)
