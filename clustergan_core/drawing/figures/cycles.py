"""How far the two loops of a GAN with an encoder are from closing, and one latent vector beside what comes back."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.curves import AXIS_TITLES, LINE_COLOURS
from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN

X_COLOUR, Z_COLOUR = LINE_COLOURS[:2]
LOWEST = 1e-5  # shown of a distance


def cycle_figure(
    steps: NDArray[np.integer],
    x_distance: NDArray[np.floating],
    normal_distance: NDArray[np.floating],
    cluster_distance: NDArray[np.floating],
    mark: int,
) -> go.Figure:
    """The mean square distances (T,) of both loops on a log axis, z's in its two parts, with a line at step `mark`."""
    curves = (
        ("x to G(E(x))", x_distance, X_COLOUR, "solid"),
        ("z to E(G(z)), its noise", normal_distance, Z_COLOUR, "solid"),
        ("z to E(G(z)), its mode", cluster_distance, Z_COLOUR, "dot"),
    )
    figure = go.Figure()
    for name, values, colour, dash in curves:
        figure.add_scatter(
            x=steps,
            y=values,
            name=name,
            mode="lines",
            line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate=f"{name}<br>%{{y:.2g}} at step %{{x:,.0f}}<extra></extra>",
        )
    figure.add_vline(x=mark, line={"color": CONTEXT_COLOUR, "width": 2, "dash": "dot"}, layer="below")
    figure.update_xaxes(title_text=AXIS_TITLES["step"], nticks=5)
    # The mode's part falls to 1e-7 in some trainings, which would squeeze the other lines.
    limits = [math.log10(LOWEST), 0.3]
    figure.update_yaxes(title_text="mean square (log scale)", type="log", range=limits, dtick=1, tickformat="~g")
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}
    figure.update_layout(showlegend=True, legend=legend, height=330, margin=MARGIN | {"t": 60})
    return figure


def latent_pair_figure(z: NDArray[np.floating], z_back: NDArray[np.floating], n_normal: int) -> go.Figure:
    """The entries (D,) of z and of E(G(z)) side by side: noise first, then the modes."""
    names = [f"n{entry + 1}" for entry in range(n_normal)] + [f"c{mode}" for mode in range(len(z) - n_normal)]
    figure = go.Figure()
    for name, values, colour in (("z", z, CONTEXT_COLOUR), ("E(G(z))", z_back, Z_COLOUR)):
        figure.add_bar(
            x=names,
            y=np.asarray(values, np.float64),
            name=name,
            marker_color=colour,
            hovertemplate=f"{name} at %{{x}}: %{{y:.2f}}<extra></extra>",
        )
    figure.add_vline(x=n_normal - 0.5, line={"color": CONTEXT_COLOUR, "width": 1})
    # What an encoder without a loss returns may be far larger: its bars are cut off, and the hover text has the value.
    figure.update_yaxes(title_text="entry", range=[-0.6, 1.1], nticks=4)
    shown = [names[0], names[n_normal // 2], names[n_normal], names[(n_normal + len(z)) // 2], names[-1]]
    figure.update_xaxes(title_text="noise n1 and on, then modes c0 and on", tickvals=shown)
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}
    figure.update_layout(barmode="group", showlegend=True, legend=legend, height=230, margin=MARGIN | {"t": 40})
    return figure
