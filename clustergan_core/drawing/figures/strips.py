"""A sensitivity strip: what a paper prints at each value of a setting, and runs of our own at the same values."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from clustergan_core.drawing.figures.curves import LINE_COLOURS
from clustergan_core.drawing.figures.sweep import PRINTED_COLOURS
from clustergan_core.drawing.theme import MARGIN

_MARKERS = ("circle", "diamond", "triangle-up")


def strip_figure(
    title: str, values: Sequence[float], printed: Sequence[float], ours: Mapping[str, Sequence[Sequence[float]]]
) -> go.Figure:
    """The paper's figures as squares, each run of ours as a small mark, and a line through our medians.

    `printed` has one figure for each of `values`, `ours` the figures of all seeds for each of them, by the sweep's
    name. Values stand at even distances.
    """
    names = [f"{value:g}" for value in values]
    figure = go.Figure()
    figure.add_scatter(
        x=names,
        y=list(printed),
        name="the paper, MNIST",
        mode="lines+markers",
        line={"color": PRINTED_COLOURS[0], "width": 2, "dash": "dot"},
        marker={"symbol": "square", "size": 10},
        hovertemplate="the paper %{y:.3f}<extra></extra>",
    )
    for index, (name, groups) in enumerate(ours.items()):
        colour, marker = LINE_COLOURS[(3 * index) % len(LINE_COLOURS)], _MARKERS[index % len(_MARKERS)]
        n_seeds = len(groups[0])
        figure.add_scatter(
            x=names,
            y=[statistics.median(group) for group in groups],
            name=f"ours, digits, {n_seeds} seeds{', ' if name else ''}{name}",
            mode="lines",
            legendgroup=name,
            line={"color": colour, "width": 2.5},
            hovertemplate="our median %{y:.3f}<extra></extra>",
        )
        figure.add_scatter(
            x=[value for value, group in zip(names, groups, strict=True) for _ in group],
            y=[score for group in groups for score in group],
            mode="markers",
            legendgroup=name,
            showlegend=False,
            marker={"color": colour, "symbol": marker, "size": 8},
            hovertemplate="one seed %{y:.3f}<extra></extra>",
        )
    figure.update_xaxes(title_text=title, type="category")
    figure.update_yaxes(title_text="accuracy", range=[0, 1.03], nticks=6)
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}
    figure.update_layout(showlegend=True, legend=legend, height=300, margin=MARGIN | {"t": 70})
    return figure
