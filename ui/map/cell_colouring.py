"""Colouring a map of cells: by gene, by cluster name, by low confidence, and by k-means and Leiden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.drawing.palette import UNLABELLED_COLOUR, label_colours, mix
from clustergan_core.drawing.theme import THEMES
from clustergan_core.errors import DataError
from clustergan_core.runs.clusters.names import merge_clusters
from clustergan_core.runs.clusters.tables import UNSURE_BELOW
from clustergan_core.score_names import UNCALIBRATED
from ui.cells.genes import GENE, choose_gene, read_expression
from ui.cells.view import ABSENT_DATA, CellsView
from ui.frame.choices import slider
from ui.frame.messages import plain
from ui.frame.theme import theme_name
from ui.map.colouring import Colouring
from ui.map.splitting import NAME
from ui.map.view import MapView

UNSURE, KMEANS, LEIDEN = "unsure cells", "k-means", "Leiden"
REFERENCE, PHASE = "name from reference", "cell-cycle phase"


def cell_colouring_names(view: MapView, cells: CellsView) -> list[str]:
    """What a map of cells, and no other map, can be coloured by; genes and other clusterings need the data."""
    named = [NAME, REFERENCE] if cells.reference_names is not None else [NAME]
    return [*named, GENE, UNSURE, PHASE, KMEANS, LEIDEN] if view.dataset is not None else [*named, UNSURE]


def colour_by_linked_gene(names: list[str]) -> None:
    """Colours the map by the gene in the address, where the address names a gene and nothing to colour by."""
    if GENE in names and GENE in st.query_params and not {"colour"} & {*st.query_params, *st.session_state}:
        st.session_state["colour"] = GENE


def choose_cell_colouring(view: MapView, cells: CellsView, name: str) -> Colouring:
    """The colouring of that name; widgets beside it ask for a gene or a threshold where it needs one."""
    by_name = colour_by_name(view, cells)
    if name == UNSURE:
        return _colour_by_confidence(view, by_name, choose_unsure())
    if name == GENE:
        return _colour_by_gene(view, cells, by_name)
    if name in (KMEANS, LEIDEN):
        return _colour_by_clustering(view, cells, name)
    if name == REFERENCE:
        return _colour_by_reference(view, cells)
    if name == PHASE:
        return _colour_by_phase(view, cells, by_name)
    return by_name


def choose_unsure() -> float:
    """The confidence below which cells count as unsure, in the address as ?unsure=."""
    return slider("unsure", "Unsure below a confidence of", 0, 1, UNSURE_BELOW, help_text=UNCALIBRATED)


def colour_by_name(view: MapView, cells: CellsView) -> Colouring:
    """Clusters by the names a person gave them, those of one name as one group; else by number."""
    groups = cells.groups
    clusters = cells.edit(view.clusters, view.indices)
    return Colouring(
        merge_clusters(clusters, groups), [group.name for group in groups], [group.colour for group in groups]
    )


def _colour_by_confidence(view: MapView, by_name: Colouring, threshold: float) -> Colouring:
    """Unsure cells in the colour of their cluster, all others grey."""
    is_unsure = view.confidence < threshold
    st.caption(f"{int(is_unsure.sum()):,} of {len(is_unsure):,} cells on the map.")
    return Colouring(
        np.where(is_unsure, by_name.groups, len(by_name.names)),
        [*by_name.names, "sure"],
        [*by_name.colours, _faint_grey()],
    )


def _faint_grey() -> str:
    """A grey that stands back from both the light and the dark page."""
    theme = THEMES[theme_name()]
    return mix(theme.page, theme.text, 0.25)


def _colour_by_gene(view: MapView, cells: CellsView, by_name: Colouring) -> Colouring:
    """Expression of the chosen gene; clusters by name before one is chosen."""
    matrix = cells.matrix
    if matrix is None:
        st.caption(f"Colouring by gene needs {ABSENT_DATA}")
        return by_name
    gene = choose_gene(cells, matrix)
    if gene is None:
        return by_name
    values = read_expression(cells, matrix, gene)[view.indices]
    # Scaled values have no zero that means "not detected".
    return replace(by_name, values=values, values_name=gene, is_zero_grey=matrix.state != "scaled")


def _colour_by_reference(view: MapView, cells: CellsView) -> Colouring:
    """The name that a reference gives each cell; unknown cells in grey."""
    names = cells.reference_names
    assert names is not None, "offered with names alone"
    types = names.cells.types
    st.caption(f"{plain(names.source)}; {names.cells.is_unknown.mean():.1%} of the cells are unknown.")
    return Colouring(
        names.cells.numbers[view.indices], [*types, "unknown"], [*label_colours(len(types)), UNLABELLED_COLOUR]
    )


def _colour_by_phase(view: MapView, cells: CellsView, by_name: Colouring) -> Colouring:
    """The phase of the cell cycle; clusters by name where the data lacks the genes."""
    from clustergan_core.cells.cell_cycle import PHASES

    try:
        cycle = cells.cycle
    except DataError as problem:
        st.caption(plain(str(problem)))
        return by_name
    if cycle is None:
        st.caption(f"Phases need {ABSENT_DATA}")
        return by_name
    st.caption(f"By {len(cycle.genes)} genes of the cell cycle (Tirosh et al. 2016), scored by scanpy.")
    return Colouring(cycle.phases[view.indices], list(PHASES), label_colours(len(PHASES)))


def _colour_by_clustering(view: MapView, cells: CellsView, name: str) -> Colouring:
    references = cells.references
    assert references is not None, "offered with the data alone"
    clusters: NDArray[np.int64] = references.kmeans if name == KMEANS else references.leiden.clusters
    n_clusters = int(clusters.max()) + 1
    how = "" if name == KMEANS else f" at a resolution of {references.leiden.resolution:g}"
    st.caption(f"{n_clusters} clusters{how}, on the genes that the run was trained on.")
    names = [f"{name} {cluster}" for cluster in range(n_clusters)]
    return Colouring(clusters[view.indices], names, label_colours(n_clusters))
