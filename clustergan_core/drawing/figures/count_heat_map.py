"""Counts of samples in two groupings as a heat map: each cell shows its count, coloured by its share of the row."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import colour_bar

_MAX_WRITTEN_CELLS = 450  # more counts than this cannot be read inside their cells
_WRITTEN_ROW = 28  # pixels


def count_heat_map(
    counts: NDArray[np.integer],
    rows: NDArray[Any],
    columns: NDArray[Any],
    pair: str,
    whole: str,
    least_row: int,
) -> tuple[go.Figure, float]:
    """The figure of counts (R, C) without axes, and the height of its plot in pixels.

    `rows` (R, 1) and `columns` (1, C) are names for the hover text, inserted into `pair`: "label %{customdata[0]}, …".
    `whole` names what the shares refer to, and `least_row` is the height of a row without written counts.
    """
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    is_written = counts.size <= _MAX_WRITTEN_CELLS
    plot_height = max(110, len(counts) * (_WRITTEN_ROW if is_written else least_row))
    figure = go.Figure(
        go.Heatmap(
            z=100 * shares,
            x=np.arange(counts.shape[1]),
            y=np.arange(counts.shape[0]),
            zmin=0,
            zmax=100,
            colorscale="Viridis",
            text=np.where(counts > 0, counts.astype(str), "") if is_written else None,
            texttemplate="%{text}" if is_written else None,
            customdata=np.stack(np.broadcast_arrays(rows, columns, counts), axis=-1),
            xgap=1 if is_written else 0,
            ygap=1 if is_written else 0,
            hovertemplate=f"{pair}<br>%{{customdata[2]:,}} samples, %{{z:.1f}}% of {whole}<extra></extra>",
            colorbar=colour_bar(f"share of {whole} (%)", plot_height),
        )
    )
    return figure, plot_height
