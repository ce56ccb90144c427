"""The real cells beside a walk: how far away they are, which are nearest at μ, and the path of the nearest ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.data.dataset import draw_subset
from clustergan_core.drawing.figures.nearness import distance_walk_figure, path_map_figure
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.theme import THEMES, apply_theme
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.runs.run import Run
from ui.cells.view import CellsView, RealCells
from ui.frame.theme import is_dark, show_themed, theme_name
from ui.interpolate.cell_walk.position import WalkPosition
from ui.interpolate.mu_line import mark_mu

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from clustergan_core.cells.walks import CellWalk
    from clustergan_core.embedding.fitted import FittedMap


_MAX_POINTS = 2_000  # drawn behind the path; more would be sent again with every move
_TITLES = {"umap": "UMAP", "tsne": "t-SNE"}


def show_distance(position: WalkPosition) -> None:
    """The distance to real cells along μ with its reference, and a line at μ."""
    st.subheader("Distance to real cells")
    figure = _draw_distance(position.walk, position.key, theme_name())
    mark_mu(figure, position.mu)
    show_themed(figure, "walk-distance", "Distance to real cells along μ")
    st.caption(
        "Distance to the fifth nearest real cell, in 20 principal components, beside the same distance among real "
        "cells. Shaded: further than 95% of real cells lie from each other."
    )


def show_neighbours(position: WalkPosition, cells: RealCells) -> None:
    """The nearest real cells at μ as a table, and those of all steps as a file."""
    walk, titles = position.walk, position.titles
    st.subheader(f"Nearest real cells at μ = {walk.mus[position.step]:.2f}")
    table = neighbour_table(walk, cells, position.step)
    st.dataframe(
        table.assign(cluster=[titles.short[cluster] for cluster in table["cluster"]]),
        column_order=["barcode", "distance", "cluster", "label"],
        hide_index=True,
        height="content",
        column_config={"distance": st.column_config.NumberColumn(format="%.3f")},
        key="walk-neighbours",
        alt="Barcode, cluster, label and distance of the nearest real cells",
    )
    st.download_button(
        "Cells of all steps as CSV",
        lambda: neighbours_of_all_steps(walk, cells).to_csv(index=False).encode(),
        f"{position.file_name}-nearest-cells.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def neighbour_table(walk: CellWalk, cells: RealCells, step: int) -> pd.DataFrame:
    """A row for each of the step's nearest real cells, nearest first."""
    assert walk.nearness is not None, "the data is absent"
    return cells.table(walk.nearness.nearest[step]).assign(distance=walk.nearness.nearest_distances[step].round(4))


def neighbours_of_all_steps(walk: CellWalk, cells: RealCells) -> pd.DataFrame:
    """The tables of all steps, one below the other, with μ and the step's own distance to real cells."""
    assert walk.nearness is not None, "the data is absent"
    tables = [neighbour_table(walk, cells, step) for step in range(len(walk.mus))]
    n_cells = len(tables[0])
    table = pd.concat(tables, ignore_index=True)
    table.insert(0, "mu", walk.mus.round(3).repeat(n_cells))
    return table.assign(distance_to_fifth_nearest=walk.nearness.distance.round(4).repeat(n_cells))


@st.cache_data(max_entries=100, show_spinner=False)
def _draw_distance(_walk: CellWalk, key: str, theme: str) -> Figure:
    nearness = _walk.nearness
    assert nearness is not None, "the data is absent"
    figure = distance_walk_figure(
        _walk.mus,
        nearness.distance,
        nearness.low,
        nearness.high,
        usual=nearness.usual,
        limit=nearness.limit,
        far=nearness.far_stretches(_walk.mus),
    )
    return apply_theme(figure, is_dark())


def show_path(position: WalkPosition, cells: RealCells) -> None:
    """The nearest real cell of each step on the map; the one at μ stands out."""
    view, walk = position.view, position.walk
    assert walk.nearness is not None, "the data is absent"
    st.subheader("The walk on the map")
    fitted = _computed_map(view, cells, *view.weights_key, _count_maps(view.run))
    title = "" if fitted is None else _TITLES[fitted.settings.algorithm]
    figure = _draw_path(position, cells, fitted, position.key, title, theme_name())
    here = _coordinates(cells, fitted)[walk.nearness.nearest[position.step, 0]]
    ring = {"symbol": "circle-open", "size": 20, "color": THEMES[theme_name()].text, "line": {"width": 3}}
    figure.add_scatter(x=here[:1], y=here[1:2], mode="markers", marker=ring, hoverinfo="skip")
    show_themed(figure, "walk-map", "Map of the cells with the nearest one of each step")
    where = f"the {title} of the latents" if title else "the first two components of the genes; the line is the walk"
    distances = "distances between clusters carry no meaning" if title else "further components are not shown"
    st.caption(
        f"The nearest real cell of each step on {where}. The ring is the cell at μ. The points behind have the colours "
        f"of their modes; {distances}."
    )


@st.cache_data(max_entries=50, show_spinner=False)
def _draw_path(
    _position: WalkPosition, _cells: RealCells, _fitted: FittedMap | None, key: str, title: str, theme: str
) -> Figure:
    nearness = _position.walk.nearness
    assert nearness is not None, "the data is absent"
    coordinates, nearest = _coordinates(_cells, _fitted), nearness.nearest[:, 0]
    drawn = _sample_cells(len(coordinates), nearest)
    figure = path_map_figure(
        coordinates[drawn],
        _cells.latents.clusters[drawn],
        mode_colours(_position.view.n_clusters),
        np.searchsorted(drawn, nearest),
        _position.walk.mus,
        [_cells.dataset.sample_id(cell) for cell in nearest.tolist()],
        nearness.points[:, :2] if _fitted is None else None,
    )
    return apply_theme(figure, is_dark())


def _coordinates(cells: RealCells, fitted: FittedMap | None) -> NDArray[np.float32]:
    """(N, 2): the computed map, else the first components of the genes, in which the walk can be drawn as well."""
    return cells.space.points[:, :2] if fitted is None else fitted.coordinates


def _sample_cells(n_cells: int, always: NDArray[np.int64]) -> NDArray[np.int64]:
    """The cells to draw, ascending: all, or a sample by a fixed seed that includes those of the path."""
    return np.union1d(draw_subset(n_cells, _MAX_POINTS, seed=0), always)


def _count_maps(run: Run) -> int:
    """How many maps are saved, so that one computed later is noticed."""
    return sum(len(list(folder.glob("*.npz"))) for folder in {run.embeddings_folder(), run.folder / "embeddings"})


@st.cache_resource(max_entries=4, show_spinner=False)
def _computed_map(_view: CellsView, _cells: RealCells, folder: str, stamp: object, n_maps: int) -> FittedMap | None:
    """A map of all cells that was computed on the Map page, or None."""
    from clustergan_core.runs.maps import MapRequest, find_map

    features = _view.method.clustering_features(_cells.latents.encoding()).numpy()
    features = np.ascontiguousarray(features, dtype=np.float32)
    for algorithm in _TITLES:
        request = MapRequest(_view.run, MapSettings.model_validate({"algorithm": algorithm}), n_samples=len(features))
        fitted = find_map(request, features)
        if fitted is not None:
            return fitted
    return None
