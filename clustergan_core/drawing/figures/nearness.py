"""Distances of generated samples to real ones along a walk, and the walk's nearest real samples on a map."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import colour_bar, name_mu_axis
from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN, SERIES_COLOUR

_DISTANCE_HEIGHT = 330
_MAP_HEIGHT = 420
_FAR = "rgba(189,31,1,0.13)"


def distance_walk_figure(
    mus: NDArray[np.floating],
    distance: NDArray[np.floating],
    low: NDArray[np.floating],
    high: NDArray[np.floating],
    *,
    usual: float,
    limit: float,
    far: Sequence[tuple[float, float]],
) -> go.Figure:
    """Distance to real samples (M,) over μ with the spread of the draws, and distances among real samples as reference.

    `usual` is the median among real samples, `limit` their 95th percentile; `far` are the shaded stretches beyond it.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=np.concatenate([mus, mus[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=CONTEXT_COLOUR.replace("0.4", "0.2"),
        line={"width": 0},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=mus,
        y=distance,
        mode="lines",
        line={"color": SERIES_COLOUR, "width": 2.5},
        hovertemplate="distance %{y:.3f}<br>μ = %{x:.2f}<extra></extra>",
    )
    for y, name, dash in ((usual, "median of<br>real cells", "dot"), (limit, "95% of<br>real cells", "dash")):
        line = {"color": CONTEXT_COLOUR, "width": 2, "dash": dash}
        figure.add_scatter(x=[0, 1], y=[y, y], mode="lines", line=line, hoverinfo="skip")
        looks = {"xanchor": "left", "align": "left", "showarrow": False, "font": {"size": 12}}
        figure.add_annotation(x=1.01, xref="paper", y=y, text=name, **looks)
    half_step = (mus[1] - mus[0]) / 2
    for first, last in far:
        figure.add_vrect(max(0, first - half_step), min(1, last + half_step), fillcolor=_FAR, line_width=0)
    name_mu_axis(figure)
    figure.update_yaxes(title_text="distance to real cells", range=[0, 1.08 * max(float(high.max()), limit)])
    figure.update_layout(showlegend=False, height=_DISTANCE_HEIGHT, margin=MARGIN | {"r": 100})
    return figure


def path_map_figure(
    coordinates: NDArray[np.floating],
    groups: NDArray[np.integer],
    colours: Sequence[str],
    path: NDArray[np.integer],
    mus: NDArray[np.floating],
    names: Sequence[str],
    generated: NDArray[np.floating] | None = None,
) -> go.Figure:
    """Samples (N, 2) in the colours of their groups (N,), with the samples nearest to each step joined in order.

    `path` (M,) holds rows of `coordinates`, with their `mus` and `names` (M,). `generated` (M, 2) is the walk itself,
    on maps that can place it.
    """
    figure = go.Figure()
    for group in np.unique(groups).tolist():
        own = coordinates[groups == group]
        marker = {"color": colours[group], "size": 4, "opacity": 0.45, "line": {"width": 0}}
        figure.add_scattergl(x=own[:, 0], y=own[:, 1], mode="markers", marker=marker, hoverinfo="skip")
    along = coordinates[path]
    line = along if generated is None else generated
    looks = {"color": "rgba(128,133,147,0.9)", "width": 2 if generated is None else 4}
    figure.add_scatter(x=line[:, 0], y=line[:, 1], mode="lines", line=looks, hoverinfo="skip")
    figure.add_scatter(
        x=along[:, 0],
        y=along[:, 1],
        mode="markers",
        marker={
            "color": mus,
            "colorscale": "Viridis",
            "cmin": 0,
            "cmax": 1,
            "size": 9,
            "line": {"color": "#ffffff", "width": 1},
            "colorbar": colour_bar("μ", _MAP_HEIGHT),
        },
        customdata=list(names),
        hovertemplate="μ = %{marker.color:.2f}<br>%{customdata}<extra></extra>",
    )
    # Distances in such a map have no scale, so ticks would mean nothing.
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False)
    figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False, scaleanchor="x")
    figure.update_layout(showlegend=False, height=_MAP_HEIGHT, margin=MARGIN)
    return figure
