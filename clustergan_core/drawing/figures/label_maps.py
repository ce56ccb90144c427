"""Samples on flat maps, each written as the character of its group."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from clustergan_core.drawing.palette import mode_colours

_HEIGHT = 340
_N_COLUMNS = 3
_ROW_HEIGHT = 300


def label_map_figure(points: NDArray[np.floating], groups: NDArray[np.integer], n_groups: int, noun: str) -> go.Figure:
    """Points (N, 2) of a map as the numbers of their groups (N,), in the groups' colours; axes have no meaning."""
    figure = go.Figure(_characters(points, groups, n_groups, noun, size=14))
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[0, 1], scaleanchor="x")
    figure.update_layout(showlegend=False, height=_HEIGHT, margin={"t": 0, "r": 0, "b": 0, "l": 0})
    return figure


def label_maps_figure(
    maps: Mapping[str, NDArray[np.floating]], groups: NDArray[np.integer], n_groups: int, noun: str
) -> go.Figure:
    """Several maps (N, 2) of the same samples beside each other, by title; samples are written as in one map."""
    n_rows = -(-len(maps) // _N_COLUMNS)
    figure = make_subplots(n_rows, _N_COLUMNS, subplot_titles=list(maps), horizontal_spacing=0.02, vertical_spacing=0.1)
    for index, points in enumerate(maps.values()):
        row, column = divmod(index, _N_COLUMNS)
        figure.add_trace(_characters(points, groups, n_groups, noun, size=10), row + 1, column + 1)
        axis = "x" if index == 0 else f"x{index + 1}"
        figure.update_yaxes(scaleanchor=axis, row=row + 1, col=column + 1)
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[0, 1])
    margin = {"t": 40, "r": 0, "b": 0, "l": 0}
    figure.update_layout(showlegend=False, height=_ROW_HEIGHT * n_rows, margin=margin)
    return figure


def _characters(
    points: NDArray[np.floating], groups: NDArray[np.integer], n_groups: int, noun: str, size: int
) -> go.Scatter:
    colours = mode_colours(n_groups)
    # One trace in the samples' order: a trace for each group would hide all others below the last in a dense island.
    return go.Scatter(
        x=points[:, 0],
        y=points[:, 1],
        mode="text",
        text=[str(group) for group in groups],
        textfont={"color": [colours[group] for group in groups], "size": size, "weight": 700},
        hovertemplate=f"{noun} %{{text}}<extra></extra>",
    )
