"""A map in three dimensions, and a flat one for notebooks. (The app's flat map is a canvas, which draws far more.)"""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import colour_bar
from clustergan_core.drawing.palette import UNLABELLED_COLOUR, mode_colours
from clustergan_core.drawing.theme import MARGIN

_HEIGHT = 620  # pixels
_FEW, _MANY = 2_000, 20_000  # points; more are drawn smaller


def embedding2d_figure(
    coordinates: NDArray[np.floating],
    groups: NDArray[np.integer],
    names: Sequence[str],
    colours: Sequence[str] = (),
    axis_title: str = "dimension",
) -> go.Figure:
    """Points (N, 2) by group (N,): a number into `names`, or −1 for none, drawn in grey beneath the others.

    A point's custom data is its row. Without `colours` they are those of the modes.
    """
    colours = list(colours) or mode_colours(len(names))
    draw = go.Scattergl if len(groups) > _MANY else go.Scatter
    figure = go.Figure()
    for group in np.unique(groups).tolist():
        rows = np.flatnonzero(groups == group)
        x, y = np.asarray(coordinates, dtype=np.float32)[rows].T
        name = "unlabelled" if group < 0 else names[int(group)]
        colour = UNLABELLED_COLOUR if group < 0 else colours[group]
        figure.add_trace(
            draw(
                x=x,
                y=y,
                customdata=rows.astype(np.int32),
                mode="markers",
                name=name,
                marker={"size": 1.5 * _point_size(len(groups)), "color": colour, "line": {"width": 0}},
                hovertemplate=f"{escape(name, quote=False)}<br>sample %{{customdata}}<extra></extra>",
            )
        )
    # Distances in such a map carry no scale; what is equally far apart must still look so.
    figure.update_xaxes(title_text=f"{axis_title} 1", showticklabels=False, showgrid=False)
    figure.update_yaxes(title_text=f"{axis_title} 2", showticklabels=False, showgrid=False, scaleanchor="x")
    figure.update_layout(height=_HEIGHT, margin=MARGIN, showlegend=True)
    figure.update_layout(legend={"itemsizing": "constant", "itemdoubleclick": "toggleothers"})
    return figure


def embedding3d_figure(
    coordinates: NDArray[np.floating],
    groups: NDArray[np.integer],
    names: Sequence[str],
    colours: Sequence[str] = (),
    axis_title: str = "dimension",
) -> go.Figure:
    """Points (N, 3) by group (N,): an index into `names`, or −1 for none, drawn in grey.

    A point's custom data is its row, so that a page can look up its sample.
    """
    colours = list(colours) or mode_colours(len(names))
    figure = go.Figure()
    for group in np.unique(groups).tolist():
        rows = np.flatnonzero(groups == group)
        name, colour = ("unlabelled", UNLABELLED_COLOUR) if group < 0 else (names[group], colours[group])
        figure.add_trace(
            go.Scatter3d(
                **_points(coordinates, rows),
                name=name,
                marker={"size": _point_size(len(groups)), "color": colour, "line": {"width": 0}},
                hovertemplate=f"{name}<br>sample %{{customdata}}<extra></extra>",
            )
        )
    _frame(figure, axis_title)
    figure.update_layout(showlegend=True, legend={"itemsizing": "constant", "itemdoubleclick": "toggleothers"})
    return figure


def embedding3d_values_figure(
    coordinates: NDArray[np.floating],
    values: NDArray[np.floating],
    value_title: str,
    axis_title: str = "dimension",
    is_zero_grey: bool = False,
) -> go.Figure:
    """Points (N, 3) coloured by a value each (N,), such as the confidence.

    With `is_zero_grey`, for expression, zeros are grey and the scale ends at the 99th percentile of positive values.
    """
    size = {"size": _point_size(len(values)), "line": {"width": 0}}
    figure = go.Figure()
    coloured, ends = np.arange(len(values)), {}
    if is_zero_grey and (values > 0).any():
        zeros, coloured = np.flatnonzero(values <= 0), np.flatnonzero(values > 0)
        ends = {"cmin": 0, "cmax": float(np.percentile(values[coloured], 99))}
        grey = size | {"color": UNLABELLED_COLOUR}
        figure.add_scatter3d(
            **_points(coordinates, zeros),
            marker=grey,
            hovertemplate=f"{value_title} 0<br>sample %{{customdata}}<extra></extra>",
        )
    scale = {"color": values[coloured], "colorscale": "Viridis", "colorbar": colour_bar(value_title, _HEIGHT)}
    figure.add_scatter3d(
        **_points(coordinates, coloured),
        marker=size | scale | ends,
        hovertemplate=f"{value_title} %{{marker.color:.3g}}<br>sample %{{customdata}}<extra></extra>",
    )
    figure.update_layout(showlegend=False)
    _frame(figure, axis_title)
    return figure


def _points(coordinates: NDArray[np.floating], rows: NDArray[np.integer]) -> dict[str, object]:
    x, y, z = np.asarray(coordinates, dtype=np.float32)[rows].T
    return {"x": x, "y": y, "z": z, "customdata": rows.astype(np.int32), "mode": "markers"}


def _point_size(n_points: int) -> float:
    return 4 if n_points <= _FEW else 2.5 if n_points <= _MANY else 1.5


def _frame(figure: go.Figure, axis_title: str) -> None:
    # Distances in such a map have no scale, so ticks would mean nothing.
    axes = {
        f"{name}axis": {"title": {"text": f"{axis_title} {number}"}, "showticklabels": False, "showspikes": False}
        for number, name in enumerate("xyz", 1)
    }
    figure.update_layout(scene=axes | {"aspectmode": "cube"}, height=_HEIGHT, margin={"t": 0, "l": 0, "r": 0, "b": 0})
