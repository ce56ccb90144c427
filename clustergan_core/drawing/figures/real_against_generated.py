"""A score of every gene in real cells against the same score in generated cells."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN

_HEIGHT = 400
_NAME_ROOM = 0.08  # of the axis that a name takes up
_MANY = 5_000  # points; more are drawn by the graphics card


def real_against_generated_figure(
    real: NDArray[np.floating],
    generated: NDArray[np.floating],
    gene_names: Sequence[str],
    *,
    colour: str,
    title: str,
    n_named: int = 6,
) -> go.Figure:
    """One point per gene: real (n,) on x, generated (n,) on y, and the line on which both are equal.

    Up to `n_named` genes far from the line are named, the others only on hover.
    """
    figure = go.Figure()
    high = float(max(real.max(initial=0), generated.max(initial=0))) or 1.0
    low = float(min(real.min(initial=0), generated.min(initial=0)))
    line = {"color": CONTEXT_COLOUR, "width": 2}
    figure.add_scatter(x=[low, high], y=[low, high], mode="lines", line=line, hoverinfo="skip")
    scatter = go.Scattergl if len(real) > _MANY else go.Scatter
    figure.add_trace(
        scatter(
            x=real,
            y=generated,
            mode="markers",
            marker={"color": colour, "size": 6, "opacity": 0.6, "line": {"width": 0}},
            customdata=list(gene_names),
            hovertemplate="%{customdata}<br>real %{x:.2f}<br>generated %{y:.2f}<extra></extra>",
        )
    )
    for gene in _far_apart(real, generated, (high - low) * _NAME_ROOM, n_named):
        is_above = generated[gene] > real[gene]
        where = {"x": real[gene], "y": generated[gene], "yshift": 10 if is_above else -10}
        figure.add_annotation(**where, text=gene_names[gene], showarrow=False, font={"size": 11})
    margin = 0.04 * (high - low)
    span = [low - margin, high + margin]
    figure.update_xaxes(title_text=f"{title}, real cells", range=span)
    figure.update_yaxes(title_text=f"{title}, generated cells", range=span)
    figure.update_layout(showlegend=False, height=_HEIGHT, margin=MARGIN)
    return figure


def _far_apart(real: NDArray[np.floating], generated: NDArray[np.floating], room: float, n_genes: int) -> list[int]:
    """The genes furthest from the line whose names do not overlap."""
    chosen: list[int] = []
    for gene in np.argsort(-np.abs(generated - real), kind="stable").tolist():
        if len(chosen) == n_genes or generated[gene] == real[gene]:
            break
        gaps = np.abs(real[chosen] - real[gene]) + np.abs(generated[chosen] - generated[gene])
        if (gaps > room).all():
            chosen.append(gene)
    return chosen
