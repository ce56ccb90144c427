"""Colouring a map of cells: by gene, by the names given to clusters, by doubt, and by k-means and Leiden."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.drawing.palette import label_colours, mix
from clustergan_core.drawing.theme import THEMES
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.clusters.names import cluster_groups, merge_clusters
from clustergan_core.runs.clusters.tables import UNSURE_BELOW
from ui.cells.genes import GENE, choose_gene, expression_of
from ui.cells.loading import load_reference_clusterings
from ui.frame.choices import linked, number_between
from ui.frame.theme import theme_name
from ui.loading.runs import load_run_matrix
from ui.map.colouring import Colouring
from ui.map.view import MapView

if TYPE_CHECKING:
    from clustergan_core.runs.clusters.names import Annotations

NAME, UNSURE, KMEANS, LEIDEN = "cluster name", "unsure cells", "k-means", "Leiden"


def cell_colouring_names(view: MapView) -> list[str]:
    """What a map of cells can be coloured by beyond any other map; genes need the data."""
    if not is_of_cells(view.run):
        return []
    return [NAME, GENE, UNSURE, KMEANS, LEIDEN] if view.dataset is not None else [NAME, UNSURE]


def follow_gene(names: list[str]) -> None:
    """An address that names a gene, and nothing to colour by, asks for the map of that gene."""
    if GENE in names and GENE in st.query_params and not {"colour"} & {*st.query_params, *st.session_state}:
        st.session_state["colour"] = GENE


def choose_cell_colouring(view: MapView, name: str, annotations: Annotations) -> Colouring:
    """The colouring of that name, with what it needs to be told beside it."""
    by_name = colour_by_name(view, annotations)
    if name == UNSURE:
        return _by_doubt(view, by_name, choose_unsure())
    if name == GENE:
        return _by_gene(view, by_name)
    if name in (KMEANS, LEIDEN):
        return _by_reference(view, name)
    return by_name


def choose_unsure() -> float:
    """The confidence below which cells are called unsure, in the address as ?unsure=."""
    with linked("unsure", number_between(0, 1)):
        return st.slider(
            "Unsure below a confidence of", 0.0, 1.0, UNSURE_BELOW, 0.01, key="unsure", bind="query-params"
        )  # fmt: skip


def colour_by_name(view: MapView, annotations: Annotations) -> Colouring:
    """Clusters by the names a person gave them, those of one name as one group; else by number."""

    groups = cluster_groups(annotations, view.run.config.n_clusters)
    return Colouring(
        merge_clusters(view.clusters, groups), [group.name for group in groups], [group.colour for group in groups]
    )


def _by_doubt(view: MapView, by_name: Colouring, threshold: float) -> Colouring:
    """Unsure cells in the colour of their cluster, all others grey."""
    is_unsure = view.confidence < threshold
    st.caption(f"{int(is_unsure.sum()):,} of {len(is_unsure):,} cells on the map.")
    return Colouring(
        np.where(is_unsure, by_name.groups, len(by_name.names)),
        [*by_name.names, "sure"],
        [*by_name.colours, _receding()],
    )


def _receding() -> str:
    """A grey that stands back on the page, be it light or dark."""
    theme = THEMES[theme_name()]
    return mix(theme.page, theme.text, 0.25)


def _by_gene(view: MapView, by_name: Colouring) -> Colouring:
    matrix = load_run_matrix(view.run)
    if matrix is None:
        st.caption("The file that the run was trained on is not here, so genes cannot be read.")
        return by_name
    gene = choose_gene(view.run, matrix)
    if gene is None:
        return by_name
    values = expression_of(view.run, matrix, gene)[view.indices]
    # Scaled values have lost their zeros.
    return replace(by_name, values=values, values_name=gene, is_zero_grey=matrix.state != "scaled")


def _by_reference(view: MapView, name: str) -> Colouring:
    references = load_reference_clusterings(view.run)
    assert references is not None, "offered with the data alone"
    clusters: NDArray[np.int64] = references.kmeans if name == KMEANS else references.leiden.clusters
    n_clusters = int(clusters.max()) + 1
    how = "" if name == KMEANS else f" at a resolution of {references.leiden.resolution:g}"
    st.caption(f"{n_clusters} clusters{how}, on the genes the run was given.")
    names = [f"{name} {cluster}" for cluster in range(n_clusters)]
    return Colouring(clusters[view.indices], names, label_colours(n_clusters))
