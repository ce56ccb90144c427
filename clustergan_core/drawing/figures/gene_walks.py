"""Genes along a walk between two cell types: their curves, and the order in which they switch."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import colour_bar, cut, name_mu_axis
from clustergan_core.drawing.figures.curves import DASHES, LINE_COLOURS
from clustergan_core.drawing.figures.profiles import spread
from clustergan_core.drawing.palette import rgb
from clustergan_core.drawing.theme import MARGIN

TURN_SIGNS = {"rises": "↗", "falls": "↘", "peaks": "∧", "dips": "∨", "stays": "–"}
_CURVES_HEIGHT = 420
_ROW_HEIGHT = 15


def gene_curves_figure(
    mus: NDArray[np.floating],
    mean: NDArray[np.floating],
    low: NDArray[np.floating],
    high: NDArray[np.floating],
    gene_names: Sequence[str],
    *,
    value_title: str,
) -> go.Figure:
    """Expression of genes (M, n) along μ (M,), each a named line with the spread of its draws."""
    figure = go.Figure()
    for rank, name in enumerate(gene_names):
        colour, dash = _line_look(rank)
        if (high[:, rank] > low[:, rank]).any():
            figure.add_scatter(
                x=np.concatenate([mus, mus[::-1]]),
                y=np.concatenate([high[:, rank], low[::-1, rank]]),
                fill="toself",
                fillcolor=f"rgba{(*rgb(colour), 0.13)}",
                line={"width": 0},
                hoverinfo="skip",
            )
        figure.add_scatter(
            x=mus,
            y=mean[:, rank],
            mode="lines",
            name=name,
            line={"color": colour, "dash": dash, "width": 2.5},
            hovertemplate=f"{name} %{{y:.2f}}<br>μ = %{{x:.2f}}<extra></extra>",
        )
    bottom, top = float(low.min(initial=0)), float(high.max(initial=0)) or 1.0
    figure.update_yaxes(title_text=value_title, range=[bottom - 0.02 * (top - bottom), 1.04 * top])
    name_mu_axis(figure)
    heights = spread(mean[-1], gap=(top - bottom) * 0.06, low=bottom, high=top)
    for rank, (name, height) in enumerate(zip(gene_names, heights, strict=True)):
        text = f'<span style="color:{_line_look(rank)[0]}">━</span> {cut(name)}'
        figure.add_annotation(x=1.01, xref="paper", xanchor="left", y=height, text=text, showarrow=False)
    right = 40 + 8 * max((len(cut(name)) for name in gene_names), default=0)
    figure.update_layout(showlegend=False, height=_CURVES_HEIGHT, margin=MARGIN | {"r": right})
    return figure


def switch_figure(
    mus: NDArray[np.floating],
    curves: NDArray[np.floating],
    gene_names: Sequence[str],
    turns: Sequence[str],
    switch_mus: NDArray[np.floating],
) -> go.Figure:
    """Genes (M, n) in the given order as rows, each scaled from its lowest (0) to its highest value (1).

    A dot marks where each gene switches, and a sign beside its name how it changes.
    """
    rows = np.arange(len(gene_names))
    lowest, spans = curves.min(axis=0), np.ptp(curves, axis=0)
    scaled = ((curves - lowest) / np.where(spans > 0, spans, 1)).T
    hover = [f"{name} {turn}" for name, turn in zip(gene_names, turns, strict=True)]
    height = _ROW_HEIGHT * len(gene_names)
    figure = go.Figure(
        go.Heatmap(
            z=scaled,
            x=mus,
            y=rows,
            customdata=np.dstack(
                [np.broadcast_to(np.array(hover, dtype=object)[:, None], scaled.shape), curves.T.round(2)]
            ),
            colorscale="Viridis",
            zmin=0,
            zmax=1,
            ygap=1,
            hovertemplate="%{customdata[0]}<br>μ = %{x:.2f}, expression %{customdata[1]}<extra></extra>",
            colorbar=colour_bar("lowest to highest", height),
        )
    )
    figure.add_scatter(
        x=switch_mus,
        y=rows,
        mode="markers",
        marker={"color": "#ffffff", "size": 6, "line": {"color": "#000000", "width": 1}},
        customdata=[
            f"{name} {'is half-way' if turn in ('rises', 'falls') else turn}"
            for name, turn in zip(gene_names, turns, strict=True)
        ],
        hovertemplate="%{customdata} at μ = %{x:.2f}<extra></extra>",
    )
    ticks = [f"{cut(name)} {TURN_SIGNS[turn]}" for name, turn in zip(gene_names, turns, strict=True)]
    figure.update_yaxes(tickvals=rows, ticktext=ticks, tickfont_size=11, showgrid=False)
    figure.update_yaxes(range=[len(rows) - 0.5, -0.5])
    name_mu_axis(figure)
    figure.update_xaxes(showgrid=False)
    figure.update_layout(showlegend=False, height=height + 70, margin=MARGIN)
    return figure


def _line_look(rank: int) -> tuple[str, str]:
    """The colour and dash of the line with that rank; they differ for as many lines as can be distinguished."""
    n = len(LINE_COLOURS)
    return LINE_COLOURS[rank % n], DASHES[rank // n % len(DASHES)]
