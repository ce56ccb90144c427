"""How far walks of two generators stray from real samples."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import name_mu_axis
from clustergan_core.drawing.figures.curves import LINE_COLOURS
from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN


def walk_distances_figure(mus: NDArray[np.floating], distances: Mapping[str, NDArray[np.floating]]) -> go.Figure:
    """Distances (P, M) of P walks over μ (M,) by generator: thin lines, and a thick one of medians.

    The dotted line at 1 is the median among real samples, whose multiples the distances are.
    """
    figure = go.Figure()
    for (name, walks), colour in zip(distances.items(), LINE_COLOURS, strict=False):
        for walk in walks:
            line = {"color": colour, "width": 1}
            figure.add_scatter(x=mus, y=walk, mode="lines", line=line, opacity=0.5, hoverinfo="skip", showlegend=False)
        figure.add_scatter(
            x=mus,
            y=np.median(walks, axis=0),
            name=name,
            mode="lines",
            line={"color": colour, "width": 3},
            hovertemplate=f"{name}<br>%{{y:.2f}} times the usual distance<br>μ = %{{x:.1f}}<extra></extra>",
        )
    figure.add_hline(y=1, line={"color": CONTEXT_COLOUR, "width": 2, "dash": "dot"})
    name_mu_axis(figure)
    figure.update_yaxes(title_text="distance to real samples", rangemode="tozero", nticks=6)
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}
    figure.update_layout(showlegend=True, legend=legend, height=300, margin=MARGIN | {"t": 40})
    return figure
