"""Chosen genes cell by cell: violins over the clusters, and the map coloured by several genes side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.cells.expression import gene_values
from clustergan_core.data.dataset import draw_subset
from clustergan_core.drawing.figures.gene_cells import gene_maps_figure, violin_figure
from ui.cells.view import CellsView
from ui.frame.theme import show_figure

if TYPE_CHECKING:
    from clustergan_core.data.counts.matrix import CountMatrix

MOST_GENES = 6  # rows and maps that fit a screen
_MOST_CELLS = 4_000  # drawn; more would be sent to the browser with every choice


def show_violins(view: CellsView, genes: tuple[str, ...], shown: list[int], names: list[str]) -> None:
    """Distributions of the first genes in the clusters `shown`, by their names."""
    genes, cells = _report_cut(genes), _draw_cells(view)
    number_of = np.full(len(view.groups), -1)
    number_of[shown] = np.arange(len(shown))
    groups = view.group_numbers()[cells]
    colours = [view.groups[number].colour for number in shown]
    figure = violin_figure(
        _values(view, genes)[cells], np.where(groups < 0, -1, number_of[groups]), genes, names, colours
    )
    show_figure(figure, "gene-violins", f"Distribution of {len(genes)} genes in each cluster")
    st.caption(f"Log-normalised expression{_describe_cells(view, cells)}. All violins are of one width.")


def show_gene_maps(view: CellsView, genes: tuple[str, ...]) -> None:
    """The run's map, coloured by one gene in each copy."""
    genes, cells = _report_cut(genes), _draw_cells(view)
    maps = view.run.embeddings_folder()
    coordinates, layout = _lay_out(view, *view.weights_key, maps.stat().st_mtime_ns if maps.exists() else 0)
    figure = gene_maps_figure(coordinates[cells], _values(view, genes)[cells], genes)
    show_figure(figure, "gene-maps", f"{layout} of the cells, coloured by {', '.join(genes)}")
    more = "" if layout == "UMAP" else " Compute the UMAP on the Map page to see it here."
    st.caption(
        f"{layout} of the latents, coloured by log-normalised expression from 0 to the 99th percentile"
        f"{_describe_cells(view, cells)}.{more}"
    )


def _report_cut(genes: tuple[str, ...]) -> tuple[str, ...]:
    if len(genes) > MOST_GENES:
        st.caption(f"The first {MOST_GENES} of {len(genes)} genes: choose your own to see others.")
    return genes[:MOST_GENES]


def _draw_cells(view: CellsView) -> NDArray[np.int64]:
    """The cells of the data set that are drawn, ascending."""
    latents = view.latents
    assert latents is not None, "shown with the data alone"
    return draw_subset(np.sort(latents.indices), _MOST_CELLS, seed=0)


def _describe_cells(view: CellsView, cells: NDArray[np.int64]) -> str:
    latents = view.latents
    n_all = 0 if latents is None else len(latents.indices)
    return f" of {len(cells):,} of the {n_all:,} cells, drawn at random" if len(cells) < n_all else ""


def _values(view: CellsView, genes: tuple[str, ...]) -> NDArray[np.float32]:
    """(N, n) log-normalised expression of all cells of the data set."""
    matrix = view.matrix
    assert matrix is not None, "shown with the data alone"
    return _read(matrix, *view.data_key, genes)


@st.cache_resource(max_entries=10, show_spinner="Reading the genes…")
def _read(_matrix: CountMatrix, source: str, digest: str, genes: tuple[str, ...]) -> NDArray[np.float32]:
    return gene_values(_matrix, genes)


@st.cache_resource(max_entries=4, show_spinner="Finding the map…")
def _lay_out(_view: CellsView, folder: str, stamp: object, maps_stamp: int) -> tuple[NDArray[np.float32], str]:
    """((N, 2) the place of each cell of the data set, the layout's name): UMAP or t-SNE if computed, else PCA."""
    from clustergan_core.embedding.settings import MapSettings
    from clustergan_core.runs.maps import MapRequest, find_map

    latents, dataset = _view.latents, _view.dataset
    assert latents is not None and dataset is not None, "shown with the data alone"
    places = np.full((len(dataset.samples), 2), np.nan, dtype=np.float32)
    features = None
    for algorithm, name in (("umap", "UMAP"), ("tsne", "t-SNE")):
        settings = MapSettings.model_validate({"algorithm": algorithm})
        request = MapRequest(_view.run, settings, "all", n_samples=len(latents.indices))
        features = request.features(_view.method, latents)
        if (fitted := find_map(request, features)) is not None:
            places[latents.indices] = fitted.coordinates
            return places, name
    from clustergan_core.evaluation.clusterings import principal_components

    assert features is not None
    places[latents.indices] = principal_components(features)[:, :2]
    return places, "PCA"
