"""Markers of selection A against B, or against all other cells, below the map."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.errors import DataError
from ui.cells.markers import EXPLORATORY, offer_csv, show_markers
from ui.cells.view import ABSENT_DATA, CellsView
from ui.frame.messages import page_errors, plain, show_problem
from ui.map.selections import BOTH, CellSelection, choose_clusters, find_selection

if TYPE_CHECKING:
    import pandas as pd

    from clustergan_core.data.counts.matrix import CountMatrix

_MISSING = f"Comparing genes needs {ABSENT_DATA}"
_N_NAMED = 40
_N_SHOWN = 100  # genes a side; the file lists all


@st.fragment
@page_errors()
def show_comparison(view: CellsView) -> None:
    """Both selections and the genes that tell them apart; without the data, why there are none."""
    st.subheader("Selections A and B")
    latents = view.latents
    if latents is None or view.dataset is None:
        st.caption(_MISSING)
        return
    st.caption("Select cells on the map and keep them as A or B, or choose clusters here.")
    clusters = np.full(view.run.config.dataset.n_samples, -1, dtype=np.int64)
    clusters[latents.indices] = view.edit(latents.clusters, latents.indices)
    for which, column in zip(BOTH, st.columns(2, gap="medium"), strict=True):
        with column:
            choose_clusters(view, which, clusters)
    first, second = (find_selection(view.run, which) for which in BOTH)
    if first is None:
        return
    # Read only now: a large matrix takes seconds, and most visits are for the map.
    matrix = view.matrix
    if matrix is None:
        st.caption(_MISSING)
        return
    table = compare_genes(view, matrix, first, second)
    others = "B" if second is not None else "the others"
    st.caption(EXPLORATORY)
    directions = {"More in A": table.head(_N_SHOWN), f"More in {others}": table.tail(_N_SHOWN)[::-1]}
    for tab, (title, rows) in zip(st.tabs(list(directions)), directions.items(), strict=True):
        with tab:
            show_markers(rows, f"markers-{title}", "A", others, f"{title}: genes with their figures")
    _show_enrichment(table)
    offer_csv(f"All {len(table):,} genes as CSV", table, f"{view.run.name}-a-against-b.csv", "comparison-csv")


def _show_enrichment(table: pd.DataFrame) -> None:
    """Where a person's own gene set lies among the genes that are higher in A."""
    from clustergan_core.cells.enrichment import measure_enrichment, read_gene_set

    with st.expander("Compare with a gene set of your own", icon=":material/playlist_add_check:"):
        text = st.text_area(
            "Genes", key="gene_set", placeholder="Symbols or ids, such as CD3D CD3E IL7R", height=80, max_chars=50_000
        )
        try:
            genes = read_gene_set(text or "")
            if not genes:
                return
            result = measure_enrichment(table, genes)
        except DataError as problem:
            show_problem(problem)
            return
        times = f", {len(result.overlap) / result.expected:.1f} times as many as by chance" if result.expected else ""
        st.markdown(
            f"**{len(result.overlap)} of {len(result.found)} genes** of the set are among the {result.n_top} that are "
            f"highest in A{times} (hypergeometric p = {result.p:.2g}). A gene of the set scores higher than another "
            f"gene in {result.area:.0%} of pairs; 50% would mean nothing."
        )
        if result.overlap:
            st.caption(f"Among the highest: {plain(', '.join(result.overlap[:_N_NAMED]))}.")
        if result.missing:
            st.caption(f"Not tested, {len(result.missing)}: {plain(', '.join(result.missing[:_N_NAMED]))}.")


def compare_genes(
    view: CellsView, matrix: CountMatrix, first: CellSelection, second: CellSelection | None
) -> pd.DataFrame:
    """`compare_selections` of A with B, or with all cells that are not in A. Raises DataError where they overlap."""
    parts = (first.cells, np.zeros(0, np.int64) if second is None else second.cells)
    choice = hashlib.blake2b(b"|".join(part.tobytes() for part in parts), digest_size=16).hexdigest()
    return _compare_cached(matrix, first, second, *view.data_key, choice)


@st.cache_resource(max_entries=8, show_spinner="Comparing all genes: a second for a few thousand cells…")
def _compare_cached(
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
