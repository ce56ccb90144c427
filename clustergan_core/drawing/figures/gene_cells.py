"""Genes cell by cell: their distribution in each cluster, and where on the map they are expressed."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from clustergan_core.drawing.figures.axes import cut, swatch
from clustergan_core.drawing.theme import MARGIN

N_COLUMNS = 3  # maps in a row
_VIOLIN_HEIGHT, _MAP_HEIGHT = 110, 260  # pixels of a row
_BRIGHTEST = 99  # percentile where the colours of a map end, so that one cell does not darken all others
_DOT = 3


def violin_figure(
    values: NDArray[np.float32],
    groups: NDArray[np.int64],
    genes: Sequence[str],
    cluster_names: Sequence[str],
    colours: Sequence[str],
) -> go.Figure:
    """A row for each gene with a violin for each cluster, of the expression (N, n) of cells in `groups` (N,)."""
    figure = make_subplots(rows=len(genes), cols=1, shared_xaxes=True, vertical_spacing=0.02)
    for row, gene in enumerate(genes):
        for cluster, (name, colour) in enumerate(zip(cluster_names, colours, strict=True)):
            own = values[groups == cluster, row]
            figure.add_trace(
                go.Violin(
                    x=np.full(len(own), cluster),
                    y=own,
                    name=escape(name, quote=False),
                    line={"color": colour, "width": 1},
                    fillcolor=colour,
                    opacity=0.75,
                    points=False,
                    spanmode="hard",  # no density where there is no cell, such as below 0
                    scalemode="width",
                    width=0.85,
                    showlegend=False,
                    hoverinfo="name+y",
                ),
                row=row + 1,
                col=1,
            )
        figure.update_yaxes(title_text=cut(gene), rangemode="tozero", row=row + 1, col=1)
    ticks = [swatch(colour, cut(name)) for colour, name in zip(colours, cluster_names, strict=True)]
    figure.update_xaxes(tickvals=np.arange(len(ticks)), tickangle=-45, showgrid=False, zeroline=False)
    figure.update_xaxes(ticktext=ticks, title_text="cluster", row=len(genes), col=1)
    figure.update_layout(margin=MARGIN | {"b": 110}, height=max(300, _VIOLIN_HEIGHT * len(genes)) + 110)
    return figure


def gene_maps_figure(coordinates: NDArray[np.float32], values: NDArray[np.float32], genes: Sequence[str]) -> go.Figure:
    """The map (N, 2) once for each gene, coloured by its expression (N, n); cells of high expression lie on top."""
    n_rows = -(-len(genes) // N_COLUMNS)
    scales = [_brightest(values[:, column]) for column in range(len(genes))]
    titles = [f"{cut(gene)} (0 … {scale:.3g})" for gene, scale in zip(genes, scales, strict=True)]
    figure = make_subplots(
        rows=n_rows, cols=N_COLUMNS, subplot_titles=titles, horizontal_spacing=0.02, vertical_spacing=0.16 / n_rows
    )
    for number, scale in enumerate(scales):
        order = np.argsort(values[:, number], kind="stable")
        figure.add_trace(
            go.Scattergl(
                x=coordinates[order, 0],
                y=coordinates[order, 1],
                mode="markers",
                marker={
                    "size": _DOT,
                    "color": values[order, number],
                    "colorscale": "Viridis",
                    "cmin": 0,
                    "cmax": scale,
                },
                hovertemplate=f"{escape(genes[number], quote=False)} %{{marker.color:.2f}}<extra></extra>",
                showlegend=False,
            ),
            row=number // N_COLUMNS + 1,
            col=number % N_COLUMNS + 1,
        )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.update_layout(margin=MARGIN | {"t": 40}, height=_MAP_HEIGHT * n_rows + 40)
    return figure


def _brightest(values: NDArray[np.float32]) -> float:
    """Where the colours of a gene end; of a gene that few cells express, the largest value."""
    return float(np.percentile(values, _BRIGHTEST)) or float(values.max()) or 1.0
