"""The real cells beside a walk: how far they are, and which ones are nearest where one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from ui.cell_walk_genes import mark_mu
from ui.mode_titles import ModeTitles
from ui.real_cells import RealCells
from ui.theme import is_dark, show_themed, theme_name

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from clustergan_core.cells.walks import CellWalk


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
    from clustergan_core.drawing.nearness import distance_walk_figure
    from clustergan_core.drawing.theme import apply_theme

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
