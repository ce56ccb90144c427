"""The line at μ on figures of a whole walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clustergan_core.drawing.theme import THEMES
from ui.frame.theme import theme_name

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def mark_mu(figure: Figure, mu: float) -> None:
    """A line at μ, on a figure that is reused while only μ moves."""
    colours = THEMES[theme_name()]
    # The dots lie on a line in the page's colour; otherwise they would vanish on dark cells of a heat map.
    for line in ({"color": colours.page, "width": 3}, {"color": colours.text, "width": 1.5, "dash": "dot"}):
        figure.add_shape(type="line", x0=mu, x1=mu, y0=0, y1=1, yref="paper", line=line, opacity=0.8)
