"""How many islands of the data the generated samples reach, over a training, for several trainings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from clustergan_core.drawing.figures.curves import AXIS_TITLES, DASHES, LINE_COLOURS
from clustergan_core.drawing.theme import MARGIN

_APART = 0.06  # of an island, between lines that would lie on each other


def islands_figure(curves: Mapping[str, tuple[Sequence[int], Sequence[int]]], n_islands: int) -> go.Figure:
    """One stepped line for each training: (steps, islands reached at them), by its name."""
    figure = go.Figure()
    for index, (name, (steps, counts)) in enumerate(curves.items()):
        shift = (index - (len(curves) - 1) / 2) * _APART
        figure.add_scatter(
            x=list(steps),
            y=[count + shift for count in counts],
            name=name,
            mode="lines",
            line={
                "color": LINE_COLOURS[index % len(LINE_COLOURS)],
                "width": 2.5,
                "dash": DASHES[index % len(DASHES)],
                "shape": "hv",
            },
            customdata=list(counts),
            hovertemplate=f"{name}: %{{customdata}} islands at step %{{x:,.0f}}<extra></extra>",
        )
    figure.update_xaxes(title_text=AXIS_TITLES["step"], nticks=5)
    figure.update_yaxes(title_text="islands reached", range=[-0.2, n_islands + 0.3], dtick=1)
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}
    figure.update_layout(showlegend=True, legend=legend, height=260, margin=MARGIN | {"t": 40})
    return figure
