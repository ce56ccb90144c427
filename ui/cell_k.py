"""Why this number of clusters: what Leiden finds, and what criteria without labels say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.page_links import link_page

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset


def explain_k(dataset: Dataset, n_clusters: int) -> None:
    """A popover; the figures of labelled cells, whose K is the number of labels, are worked out when asked for."""
    with st.popover(f"Why K = {n_clusters}?", width="stretch"):
        if dataset.labels is not None:
            st.markdown(f"The chosen column holds {dataset.n_labels} classes.")
            if not st.toggle("Ask Leiden and criteria without labels", key="ask_cell_k"):
                return
        _show(dataset)


def _show(dataset: Dataset) -> None:
    from clustergan_core.cells.suggest_k import suggest_cell_k

    with st.spinner("Looking for groups…"):
        found = suggest_cell_k(dataset)
    drawn = f" (of {found.n_cells:,} cells drawn)" if found.n_cells < len(dataset.splits.train) else ""
    st.markdown(f"**Leiden finds {found.n_leiden} clusters** at resolution 1{drawn}. It is the number to begin with.")
    if found.suggestion is not None:
        st.markdown(f"Criteria without labels, read on k-means, suggest **{found.suggestion.n_clusters}**:")
        st.markdown("\n".join(f"- {vote.reason}" for vote in found.suggestion.votes))
    st.caption(
        "They prefer coarse groups. Too many clusters can be merged later by giving them one name; too few cannot be "
        "split, but clustered again. A sweep trains several K and judges them by the same criteria."
    )
    link_page("Sweep")
