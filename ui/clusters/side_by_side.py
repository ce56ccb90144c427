"""The run's clusters compared with k-means and Leiden of the same cells, and with a column of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.drawing.figures.counts import contingency_figure
from clustergan_core.score_names import NMI_MEANING
from ui.cells.view import CellsView, Groups, Merged
from ui.frame.choices import select
from ui.frame.messages import page_errors, plain
from ui.frame.theme import draw_figure_once, show_themed

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.runs.clusters.references import ReferenceClusterings

_THIS_RUN = "this run"
_NONE, _LABEL = "nothing", "label"
_MANY_CELLS = 20_000  # beyond these k-means and Leiden take minutes, so they wait for a person's request
_MAX_CLASSES = 60  # a column with more is an id, not a grouping


@st.fragment
@page_errors()
def show_side_by_side(view: CellsView) -> None:
    """A row for each clustering with its scores, and the clusters against a reference. Needs the data."""
    dataset = view.dataset
    assert dataset is not None, "shown with the data alone"
    st.subheader("Comparison with k-means and Leiden")
    reference_name = _choose_reference(dataset)
    reference, classes = _read_reference(dataset, reference_name)
    if len(dataset.samples) > _MANY_CELLS and not st.toggle(
        f"Compute them for {len(dataset.samples):,} cells: some minutes, once a run", key="references"
    ):
        return
    others = view.references
    assert others is not None, "shown with the data alone"
    own = view.group_numbers(with_splits=False)  # scores are the model's
    has_cluster = own >= 0
    key = (reference_name, *view.weights_key, *view.data_key, view.merged)
    _show_scores(_score_clusterings(_name_clusterings(view, own, others), others.components, reference, *key))
    n_labelled = (
        "" if reference is None else f" {int((reference[has_cluster] != UNLABELLED).sum()):,} cells have a class."
    )
    st.caption(
        "All use the same genes and the same principal components. Clusters with the same name count as one. "
        "No clustering used labels." + n_labelled
    )
    if view.annotations.splits:
        st.caption("Scores are of the model's clusters: cells that you split off count where the model put them.")
    if reference is not None and classes:
        _show_contingency(own[has_cluster], reference[has_cluster], classes, view.groups, reference_name)


@st.cache_data(max_entries=20, show_spinner="Comparing the clusterings…")
def _score_clusterings(
    _clusterings: dict[str, NDArray[np.int64]],
    _components: NDArray[np.float32],
    _reference: NDArray[np.int64] | None,
    reference_name: str,
    folder: str,
    stamp: object,
    source: str,
    digest: str,
    merged: Merged,
) -> pd.DataFrame:
    """Scores of the clusterings, over the cells that have a cluster of this run."""
    from clustergan_core.runs.clusters.tables import compare_clusterings

    has_cluster = _clusterings[_THIS_RUN] >= 0
    clusterings = {name: clusters[has_cluster] for name, clusters in _clusterings.items()}
    return compare_clusterings(
        clusterings, _components[has_cluster], None if _reference is None else _reference[has_cluster]
    )


def _name_clusterings(
    view: CellsView, own: NDArray[np.int64], others: ReferenceClusterings
) -> dict[str, NDArray[np.int64]]:
    """The clusterings to compare, (N,) numbers each, by what the table calls them."""
    usual, at_k = others.leiden, others.leiden_at_k
    named = {_THIS_RUN: own, f"k-means, {view.n_clusters} clusters": others.kmeans}
    named[f"Leiden, resolution {usual.resolution:g}"] = usual.clusters
    if at_k.resolution != usual.resolution:
        named[f"Leiden, resolution {at_k.resolution:.3g}"] = at_k.clusters
    return named


def _choose_reference(dataset: Dataset) -> str:
    """What to compare with: the labels where there are any, a column of few classes, or nothing."""
    columns = [name for name, values in dataset.columns.items() if _is_grouping(values)]
    names = ([_LABEL] if dataset.labels is not None else []) + [
        _NONE,
        *(c for c in columns if c not in (_NONE, _LABEL)),
    ]
    return select(
        "reference",
        names,
        "Compare with",
        help_text="A column of your data. It is only compared with the clusters, which do not depend on it.",
        width=260,
    )


def _is_grouping(values: NDArray[np.generic]) -> bool:
    return not np.issubdtype(values.dtype, np.number) and 2 <= len(set(values.astype(str).tolist())) <= _MAX_CLASSES


def _read_reference(dataset: Dataset, name: str) -> tuple[NDArray[np.int64] | None, list[str]]:
    """The class of each cell by number (UNLABELLED for none) and the classes' names; None without a reference."""
    if name == _NONE:
        return None, []
    if name == _LABEL and dataset.labels is not None:
        return dataset.labels, list(dataset.label_names)
    texts = dataset.columns[name].astype(str)
    classes = sorted(set(texts.tolist()) - {""})
    numbers = np.searchsorted(np.array(classes), texts)
    return np.where(texts == "", UNLABELLED, numbers).astype(np.int64), classes


def _show_scores(table: pd.DataFrame) -> None:
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        key="clustering-scores",
        width="content",
        placeholder="–",
        alt="Scores of this run's clusters, of k-means and of Leiden",
        column_config={
            "clustering": "Clustering",
            "clusters": number("Clusters", help="Clusters that hold a cell."),
            "silhouette": number(
                "Silhouette", format="%.3f", help="How compact and separate clusters are, from −1 to 1."
            ),
            "ari_with_first": number(
                "ARI with this run", format="%.3f", help="Adjusted Rand index: 1 for the same clusters, 0 for chance."
            ),
            "purity": number(
                "Purity", format="%.3f", help="Share of cells that belong to their cluster's most frequent class."
            ),
            "accuracy": number(
                "Accuracy",
                format="%.3f",
                help="Share of cells in the matching class, with clusters and classes matched one to one.",
            ),
            "nmi": number("NMI", format="%.3f", help=NMI_MEANING),
            "ari": number("ARI", format="%.3f", help="Adjusted Rand index: 1 at best, 0 for chance."),
        },
    )


def _show_contingency(
    own: NDArray[np.int64], reference: NDArray[np.int64], classes: list[str], groups: Groups, column: str
) -> None:
    from clustergan_core.evaluation.agreement import contingency_table

    st.markdown(f"**{plain(column.capitalize())} against clusters**")
    counts = contingency_table(reference, own, len(classes), len(groups))
    held = np.flatnonzero(counts.sum(axis=0))
    names, colours = [groups[number].name for number in held], [groups[number].colour for number in held]
    figure = draw_figure_once(contingency_figure, counts[:, held], classes, colours, names)
    show_themed(figure, "cluster-contingency", f"Cells of each class of {column} in each cluster")
    with st.expander("As a table"):
        st.dataframe(pd.DataFrame(counts[:, held], index=pd.Index(classes, name=column), columns=pd.Index(names)))
