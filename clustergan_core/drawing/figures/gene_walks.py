"""Genes on the way between two cell types: generated curves, and the order in which they switch in real cells."""

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
        colour, dash = line_look(rank)
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
        text = f'<span style="color:{line_look(rank)[0]}">━</span> {cut(name)}'
        figure.add_annotation(x=1.01, xref="paper", xanchor="left", y=height, text=text, showarrow=False)
    right = 40 + 8 * max((len(cut(name)) for name in gene_names), default=0)
    figure.update_layout(showlegend=False, height=_CURVES_HEIGHT, margin=MARGIN | {"r": right})
    return figure


def gene_heat_figure(
    mus: NDArray[np.floating], curves: NDArray[np.floating], gene_names: Sequence[str], turns: Sequence[str]
) -> go.Figure:
    """Genes (M, n) along a generated walk as rows, each scaled from its lowest (0) to its highest value (1).

    A sign beside a gene's name tells how it changes. The rows' order means nothing.
    """
    hover = [f"{name} {turn}" for name, turn in zip(gene_names, turns, strict=True)]
    figure = go.Figure(_heat_rows(mus, curves, hover, "μ"))
    _name_rows(figure, [f"{cut(name)} {TURN_SIGNS[turn]}" for name, turn in zip(gene_names, turns, strict=True)])
    name_mu_axis(figure)
    figure.update_xaxes(showgrid=False)
    return figure


def switch_order_figure(
    curves: NDArray[np.floating],
    gene_names: Sequence[str],
    points: NDArray[np.floating],
    low: NDArray[np.floating],
    high: NDArray[np.floating],
    is_resolved: NDArray[np.bool_],
) -> go.Figure:
    """Genes (M, n) of real cells along the way between two types, from the earliest switch to the latest.

    A dot with its spread marks where each gene switches; genes that are not resolved have an open dot and grey names.
    """
    n_bins, n_genes = curves.shape
    rows = np.arange(n_genes)
    figure = go.Figure(_heat_rows((np.arange(n_bins) + 0.5) / n_bins, curves, list(gene_names), "share"))
    hover = [
        f"{name} switches at {point:.2f} ({lowest:.2f} to {highest:.2f}){'' if resolved else ', not resolved'}"
        for name, point, lowest, highest, resolved in zip(gene_names, points, low, high, is_resolved, strict=True)
    ]
    for chosen, fill in ((is_resolved, "#ffffff"), (~is_resolved, "rgba(0, 0, 0, 0)")):
        figure.add_scatter(
            x=points[chosen],
            y=rows[chosen],
            mode="markers",
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (high - points)[chosen],
                "arrayminus": (points - low)[chosen],
                "color": "#ffffff",
                "thickness": 1,
                "width": 2,
            },
            marker={
                "color": fill,
                "size": 7,
                "line": {"color": "#ffffff" if fill[0] == "r" else "#000000", "width": 1},
            },
            customdata=[text for text, is_chosen in zip(hover, chosen, strict=True) if is_chosen],
            hovertemplate="%{customdata}<extra></extra>",
        )
    names = [
        cut(name) if resolved else f'<span style="opacity:0.55">{cut(name)}</span>'
        for name, resolved in zip(gene_names, is_resolved, strict=True)
    ]
    _name_rows(figure, names)
    name_mu_axis(figure)
    figure.update_xaxes(title_text="share of cells passed, both types weighted alike", showgrid=False)
    return figure


def _heat_rows(
    places: NDArray[np.floating], curves: NDArray[np.floating], hover: Sequence[str], place_title: str
) -> go.Heatmap:
    """Curves (M, n) as n rows, each from its lowest to its highest value."""
    lowest, spans = curves.min(axis=0), np.ptp(curves, axis=0)
    scaled = ((curves - lowest) / np.where(spans > 0, spans, 1)).T
    named = np.broadcast_to(np.array(hover, dtype=object)[:, None], scaled.shape)
    return go.Heatmap(
        z=scaled,
        x=places,
        y=np.arange(curves.shape[1]),
        customdata=np.dstack([named, curves.T.round(2)]),
        colorscale="Viridis",
        zmin=0,
        zmax=1,
        ygap=1,
        hovertemplate=f"%{{customdata[0]}}<br>{place_title} = %{{x:.2f}}, expression %{{customdata[1]}}<extra></extra>",
        colorbar=colour_bar("lowest to highest", _ROW_HEIGHT * curves.shape[1]),
    )


def _name_rows(figure: go.Figure, names: Sequence[str]) -> None:
    """Names the rows from the top, and sets the figure's height by their number."""
    figure.update_yaxes(tickvals=np.arange(len(names)), ticktext=names, tickfont_size=11, showgrid=False)
    figure.update_yaxes(range=[len(names) - 0.5, -0.5])
    figure.update_layout(showlegend=False, height=_ROW_HEIGHT * len(names) + 70, margin=MARGIN)


def line_look(rank: int) -> tuple[str, str]:
    """The colour and dash of the line with that rank; they differ for as many lines as can be distinguished."""
    n = len(LINE_COLOURS)
    return LINE_COLOURS[rank % n], DASHES[rank // n % len(DASHES)]


def line_dash(rank: int) -> int:
    """The number of that line's dash among DASHES."""
    return DASHES.index(line_look(rank)[1])
