"""How large each label is, and which of them K clusters could hold one for one."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN, SERIES_COLOUR


def label_shares_figure(shares: Sequence[float], n_clusters: int) -> go.Figure:
    """Bars of the labels' shares, largest first; those beyond the largest K have no cluster of their own."""
    figure = go.Figure()
    n = len(shares)
    groups = [
        ("has a mode of its own", range(min(n_clusters, n)), SERIES_COLOUR),
        ("must share a mode", range(min(n_clusters, n), n), CONTEXT_COLOUR),
    ]
    for name, ranks, colour in groups:
        figure.add_bar(
            x=[rank + 1 for rank in ranks], y=[shares[rank] for rank in ranks], name=name, marker_color=colour
        )
    figure.update_layout(height=240, margin=MARGIN, showlegend=True, bargap=0.25)
    figure.update_xaxes(title="digits, from the most to the least frequent", dtick=1)
    figure.update_yaxes(title="share of samples", tickformat=".0%")
    return figure
