"""Figures of lessons, with labels that a room can read while a lesson is presented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.learn.address import is_presenting

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_LABELS = 20  # pixels
_TALLER = 1.35  # times, since larger labels take room


def enlarge_figure(figure: Figure) -> Figure:
    """Gives a figure larger labels while its lesson is presented; returns the same figure."""
    if is_presenting():
        figure.update_layout(font_size=_LABELS, height=_TALLER * figure.layout.height)
        figure.update_xaxes(title_font_size=_LABELS)
        figure.update_yaxes(title_font_size=_LABELS)
    return figure
