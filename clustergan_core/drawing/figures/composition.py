"""What share of each sample's cells every cluster has: stacked bars, samples of one condition together."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import cut
from clustergan_core.drawing.theme import MARGIN

_ROW_HEIGHT = 30  # pixels
_LEGEND_ROW = 20
_WIDEST_CHARACTERS = 110  # of names in one row of the legend


def composition_figure(
    counts: NDArray[np.int64],
    samples: Sequence[str],
    conditions: Sequence[str],
    clusters: Sequence[str],
    colours: Sequence[str],
) -> go.Figure:
    """Counts (S, K) as shares of each sample; `conditions` (S,) has "" for samples of none."""
    order = sorted(range(len(samples)), key=lambda row: _first(conditions, conditions[row]))
    shares = counts[order] / counts[order].sum(axis=1, keepdims=True)
    names = [cut(samples[row]) for row in order]
    has_conditions = any(condition not in ("", sample) for condition, sample in zip(conditions, samples, strict=True))
    rows = [[cut(conditions[row]) or "no condition" for row in order], names] if has_conditions else names
    figure = go.Figure()
    for number, (cluster, colour) in enumerate(zip(clusters, colours, strict=True)):
        figure.add_bar(
            y=rows,
            x=shares[:, number],
            orientation="h",
            name=escape(cluster, quote=False),
            marker={"color": colour, "line": {"width": 0}},
            customdata=np.stack([names, counts[order, number]], axis=-1),
            hovertemplate="%{customdata[0]}: %{x:.1%} of its cells (%{customdata[1]})",
        )
    n_legend_rows = 1 + sum(len(cluster) + 6 for cluster in clusters) // _WIDEST_CHARACTERS
    top = MARGIN["t"] + _LEGEND_ROW * n_legend_rows
    figure.update_layout(
        barmode="stack",
        bargap=0.25,
        height=_ROW_HEIGHT * len(samples) + top + 70,
        margin=MARGIN | {"t": top},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )
    figure.update_xaxes(title_text="share of the sample's cells", tickformat=".0%", range=[0, 1])
    figure.update_yaxes(autorange="reversed", showgrid=False, ticksuffix=" ")
    return figure


def _first(conditions: Sequence[str], condition: str) -> int:
    """Where a condition comes first, so that conditions stay in the table's order."""
    return list(conditions).index(condition)
