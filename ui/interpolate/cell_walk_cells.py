"""The real cells beside a walk: how far they are, and which ones are nearest where one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.drawing.figures.nearness import distance_walk_figure, path_map_figure
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.theme import THEMES, apply_theme
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.runs.run import Run
from ui.cells.loading import RealCells
from ui.cells.titles import ModeTitles
from ui.frame.theme import is_dark, show_themed, theme_name
from ui.interpolate.cell_walk_genes import mark_mu
from ui.loading.runs import load_method, weights_stamp

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from clustergan_core.cells.walks import CellWalk
    from clustergan_core.embedding.fitted import FittedMap


_MAX_POINTS = 2_000  # drawn behind the path; more would be sent again with every move
_TITLES = {"umap": "UMAP", "tsne": "t-SNE"}


def show_distance(walk: CellWalk, mu: float, key: str) -> None:
    """The distance along μ with its reference; a line stands at μ."""
    st.subheader("How near real cells are")
    figure = _draw_distance(walk, key, theme_name())
    mark_mu(figure, mu)
    show_themed(figure, "walk-distance", "Distance to real cells along μ")
    st.caption(
        "Distance to the fifth nearest real cell, in 20 principal components, beside that of real cells to each other. "
        "Shaded: beyond what 95% of them keep."
    )


def show_neighbours(walk: CellWalk, cells: RealCells, mu: float, titles: ModeTitles, name: str) -> None:
    """The nearest real cells at μ as a table, and those of all steps as a file."""
    step = walk.step_at(mu)
    st.subheader(f"Nearest real cells at μ = {walk.mus[step]:.2f}")
    table = neighbour_table(walk, cells, step)
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
        lambda: all_neighbours(walk, cells).to_csv(index=False).encode(),
        f"{name}-nearest-cells.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def neighbour_table(walk: CellWalk, cells: RealCells, step: int) -> pd.DataFrame:
    """A row a real cell, nearest first."""
    assert walk.nearness is not None, "the data is absent"
    return cells.table(walk.nearness.nearest[step]).assign(distance=walk.nearness.nearest_distances[step].round(4))


def all_neighbours(walk: CellWalk, cells: RealCells) -> pd.DataFrame:
    """The tables of all steps, one below the other, each beside how far the step lies from real cells."""
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


def show_path(run: Run, walk: CellWalk, cells: RealCells, mu: float, key: str) -> None:
    """The nearest real cell of each step on the map; the one at μ stands out."""

    assert walk.nearness is not None, "the data is absent"
    st.subheader("The way on the map")
    fitted = _computed_map(run, cells, str(run.folder), weights_stamp(run), _n_maps(run))
    title = "" if fitted is None else _TITLES[fitted.settings.algorithm]
    figure = _draw_path(run, walk, cells, fitted, key, title, theme_name())
    here = _coordinates(cells, fitted)[walk.nearness.nearest[walk.step_at(mu), 0]]
    ring = {"symbol": "circle-open", "size": 20, "color": THEMES[theme_name()].text, "line": {"width": 3}}
    figure.add_scatter(x=here[:1], y=here[1:2], mode="markers", marker=ring, hoverinfo="skip")
    show_themed(figure, "walk-map", "Map of the cells with the nearest one of each step")
    where = f"the {title} of the latents" if title else "the first two components of the genes; the line is the walk"
    distances = "distances between clusters carry no meaning" if title else "further components are not shown"
    st.caption(
        f"The nearest real cell of each step on {where}. The ring is where you are. Points behind have the colours of "
        f"their modes; {distances}."
    )


@st.cache_data(max_entries=50, show_spinner=False)
def _draw_path(
    _run: Run, _walk: CellWalk, _cells: RealCells, _fitted: FittedMap | None, key: str, title: str, theme: str
) -> Figure:

    assert _walk.nearness is not None, "the data is absent"
    coordinates, nearest = _coordinates(_cells, _fitted), _walk.nearness.nearest[:, 0]
    shown = _drawn(len(coordinates), nearest)
    figure = path_map_figure(
        coordinates[shown],
        _cells.latents.clusters[shown],
        mode_colours(_run.config.n_clusters),
        np.searchsorted(shown, nearest),
        _walk.mus,
        [_cells.dataset.sample_id(cell) for cell in nearest.tolist()],
        _walk.nearness.points[:, :2] if _fitted is None else None,
    )
    return apply_theme(figure, is_dark())


def _coordinates(cells: RealCells, fitted: FittedMap | None) -> NDArray[np.float32]:
    """(N, 2): the map that was computed, else the first components of the genes, in which the walk has a place too."""
    return cells.space.points[:, :2] if fitted is None else fitted.coordinates


def _drawn(n_cells: int, always: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ascending cells to draw: all, or some by a fixed seed, those of the path among them."""
    if n_cells <= _MAX_POINTS:
        return np.arange(n_cells)
    return np.union1d(np.random.default_rng(0).choice(n_cells, _MAX_POINTS, replace=False), always)


def _n_maps(run: Run) -> int:
    """How many maps are kept: one that was computed since is taken up."""
    return sum(len(list(folder.glob("*.npz"))) for folder in {run.embeddings_folder(), run.folder / "embeddings"})


@st.cache_resource(max_entries=4, show_spinner=False)
def _computed_map(_run: Run, _cells: RealCells, folder: str, stamp: object, n_maps: int) -> FittedMap | None:
    """A map of all cells that was computed on the Map page, or None."""
    from clustergan_core.runs.maps import MapRequest, find_map

    features = load_method(_run).clustering_features(_cells.latents.encoding()).numpy()
    features = np.ascontiguousarray(features, dtype=np.float32)
    for algorithm in _TITLES:
        request = MapRequest(_run, MapSettings.model_validate({"algorithm": algorithm}), n_samples=len(features))
        fitted = find_map(request, features)
        if fitted is not None:
            return fitted
    return None
