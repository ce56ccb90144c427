"""The restarts of a back-projection: their losses, iteration by iteration."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.theme import MARGIN


def descent_figure(losses: NDArray[np.floating], names: Sequence[str], n_iterations: int) -> go.Figure:
    """The lowest loss so far (T, R) of each of R restarts, in the modes' colours; the winner's line is thick.

    The horizontal axis reaches to `n_iterations` from the beginning, so that the figure does not move as it grows.
    """
    winner = int(losses[-1].argmin())
    figure = go.Figure()
    for restart, (name, colour) in enumerate(zip(names, mode_colours(len(names)), strict=True)):
        figure.add_scatter(
            x=np.arange(len(losses)),
            y=losses[:, restart],
            name=name,
            mode="lines",
            line={"color": colour, "width": 4 if restart == winner else 1.5},
            hovertemplate=f"{name}<br>loss %{{y:.4f}} at iteration %{{x:,.0f}}<extra></extra>",
        )
    figure.update_xaxes(title_text="iteration", range=[0, n_iterations], nticks=6)
    figure.update_yaxes(title_text="lowest loss so far", nticks=6)
    figure.update_layout(height=300, margin=MARGIN | {"t": 20}, showlegend=True)
    return figure
