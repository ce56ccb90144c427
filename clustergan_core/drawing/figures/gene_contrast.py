"""Genes in two states, one row per gene."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import cut
from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN

_ROW_HEIGHT = 17


def gene_contrast_figure(
    gene_names: Sequence[str],
    before: NDArray[np.floating],
    after: NDArray[np.floating],
    differences: NDArray[np.floating],
    *,
    states: tuple[str, str],
    colours: tuple[str, str],
    value_title: str,
    difference_title: str,
    real: NDArray[np.floating] | None = None,
    real_name: str = "real cell",
) -> go.Figure:
    """Expression (n,) of genes before and after, joined by a line, in the given order from the top.

    `real` (n,) is a measured cell or mean, drawn as a ring and called `real_name`.
    """
    rows = np.arange(len(gene_names))
    figure = go.Figure()
    gap = np.full(len(rows), np.nan)
    figure.add_scatter(  # one trace for all lines: a gap ends each
        x=np.stack([before, after, gap], axis=1).ravel(),
        y=np.repeat(rows, 3),
        mode="lines",
        line={"color": CONTEXT_COLOUR, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    texts = [
        f"{name}<br>{difference_title} {change:+.2f}"
        for name, change in zip(gene_names, differences.tolist(), strict=True)
    ]
    for name, values, colour in zip(states, (before, after), colours, strict=True):
        figure.add_scatter(
            x=values,
            y=rows,
            mode="markers",
            name=name,
            marker={"color": colour, "size": 10, "line": {"color": CONTEXT_COLOUR, "width": 1}},
            customdata=texts,
            hovertemplate=f"%{{customdata}}<br>{name}: %{{x:.2f}}<extra></extra>",
        )
    if real is not None:
        figure.add_scatter(
            x=real,
            y=rows,
            mode="markers",
            name=f"the {real_name}",
            marker={"symbol": "circle-open", "color": "#808593", "size": 10, "line": {"width": 2}},
            customdata=texts,
            hovertemplate=f"%{{customdata}}<br>the {real_name}: %{{x:.2f}}<extra></extra>",
        )
    figure.update_yaxes(tickvals=rows, ticktext=[cut(name) for name in gene_names], tickfont_size=11)
    figure.update_yaxes(range=[len(rows) - 0.5, -0.5], showgrid=False)
    figure.update_xaxes(title_text=value_title)
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0}
    figure.update_layout(legend=legend, height=_ROW_HEIGHT * len(rows) + 110, margin=MARGIN | {"t": 40})
    return figure
