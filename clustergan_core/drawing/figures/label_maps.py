"""Samples on a flat map, each written as the character of its group."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.palette import mode_colours


def label_map_figure(points: NDArray[np.floating], groups: NDArray[np.integer], n_groups: int, noun: str) -> go.Figure:
    """Points (N, 2) of a map as the numbers of their groups (N,), in the groups' colours; axes have no meaning."""
    colours = mode_colours(n_groups)
    # One trace in the samples' order: a trace for each group would hide all others below the last in a dense island.
    figure = go.Figure(
        go.Scatter(
            x=points[:, 0],
            y=points[:, 1],
            mode="text",
            text=[str(group) for group in groups],
            textfont={"color": [colours[group] for group in groups], "size": 14, "weight": 700},
            hovertemplate=f"{noun} %{{text}}<extra></extra>",
        )
    )
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[0, 1], scaleanchor="x")
    figure.update_layout(showlegend=False, height=340, margin={"t": 0, "r": 0, "b": 0, "l": 0})
    return figure
