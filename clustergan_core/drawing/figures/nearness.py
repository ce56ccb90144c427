"""How real a walk is: distances to real samples, a classifier's confidence, the nearest real samples on a map."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import colour_bar, cut, name_mu_axis
from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN, SERIES_COLOUR

_DISTANCE_HEIGHT = 330
_MAP_HEIGHT = 420
_FAR = "rgba(189,31,1,0.13)"
_LEAST_NAMED = 0.06  # share of the walk; the name of a shorter stretch would not fit above it


def distance_walk_figure(
    mus: NDArray[np.floating],
    distance: NDArray[np.floating],
    low: NDArray[np.floating],
    high: NDArray[np.floating],
    *,
    usual: float,
    limit: float,
    far: Sequence[tuple[float, float]],
    noun: str = "cell",
) -> go.Figure:
    """Distance to real samples (M,) over μ with the spread of the draws, and distances among real samples as reference.

    `usual` is the median among real samples, `limit` their 95th percentile; `far` are the shaded stretches beyond it.
    """
    figure = go.Figure()
    _add_band(figure, mus, low, high)
    figure.add_scatter(
        x=mus,
        y=distance,
        mode="lines",
        line={"color": SERIES_COLOUR, "width": 2.5},
        hovertemplate="distance %{y:.3f}<br>μ = %{x:.2f}<extra></extra>",
    )
    _add_reference(figure, usual, f"median of<br>real {noun}s", "dot")
    _add_reference(figure, limit, f"95% of<br>real {noun}s", "dash")
    half_step = (mus[1] - mus[0]) / 2
    for first, last in far:
        figure.add_vrect(max(0, first - half_step), min(1, last + half_step), fillcolor=_FAR, line_width=0)
    name_mu_axis(figure)
    figure.update_yaxes(
        title_text=f"distance to real {noun}s", range=[0, 1.08 * max(float(high.max()), float(distance.max()), limit)]
    )
    figure.update_layout(showlegend=False, height=_DISTANCE_HEIGHT, margin=MARGIN | {"r": 100})
    return figure


def confidence_walk_figure(
    mus: NDArray[np.floating],
    confidence: NDArray[np.floating],
    low: NDArray[np.floating],
    high: NDArray[np.floating],
    labels: Sequence[str],
    *,
    usual: float,
) -> go.Figure:
    """A classifier's highest probability (M,) over μ with the spread of the draws, and the label it names (M,).

    Each label stands above the middle of its stretch. `usual` is the median among real samples.
    """
    figure = go.Figure()
    _add_band(figure, mus, low, high)
    figure.add_scatter(
        x=mus,
        y=confidence,
        mode="lines",
        line={"color": SERIES_COLOUR, "width": 2.5},
        customdata=[cut(label) for label in labels],
        hovertemplate="%{customdata}, probability %{y:.3f}<br>μ = %{x:.2f}<extra></extra>",
    )
    _add_reference(figure, usual, "median of<br>real samples", "dot")
    for label, first, last in find_stretches(labels):
        if first:
            between = float(mus[first - 1] + mus[first]) / 2
            figure.add_vline(between, line={"color": CONTEXT_COLOUR, "width": 1})
        if last - first + 1 >= _LEAST_NAMED * len(mus):
            middle = float(mus[first] + mus[last]) / 2
            figure.add_annotation(x=middle, y=1.13, text=cut(label), showarrow=False, font={"size": 14})
    name_mu_axis(figure)
    figure.update_yaxes(title_text="classifier's confidence", range=[0, 1.2], tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_layout(showlegend=False, height=_DISTANCE_HEIGHT, margin=MARGIN | {"r": 100})
    return figure


def find_stretches(labels: Sequence[str]) -> list[tuple[str, int, int]]:
    """The stretches of equal labels as (label, first index, last index)."""
    changes = [index for index in range(1, len(labels)) if labels[index] != labels[index - 1]]
    firsts, lasts = [0, *changes], [*(change - 1 for change in changes), len(labels) - 1]
    return [(labels[first], first, last) for first, last in zip(firsts, lasts, strict=True)]


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


def _add_band(
    figure: go.Figure, mus: NDArray[np.floating], low: NDArray[np.floating], high: NDArray[np.floating]
) -> None:
    figure.add_scatter(
        x=np.concatenate([mus, mus[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=CONTEXT_COLOUR.replace("0.4", "0.2"),
        line={"width": 0},
        hoverinfo="skip",
    )


def _add_reference(figure: go.Figure, y: float, name: str, dash: str) -> None:
    """A line across at `y`, named to its right."""
    line = {"color": CONTEXT_COLOUR, "width": 2, "dash": dash}
    figure.add_scatter(x=[0, 1], y=[y, y], mode="lines", line=line, hoverinfo="skip")
    looks = {"xanchor": "left", "align": "left", "showarrow": False, "font": {"size": 12}}
    figure.add_annotation(x=1.01, xref="paper", y=y, text=name, **looks)
