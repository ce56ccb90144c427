"""Parts of an axis: ticks that name modes and features, and the colour bar."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MAX_TICKS = 40  # more names than this overlap
_MAX_NAME = 24  # characters
_BAR_LENGTH = 220  # pixels


def swatch(colour: str, text: str) -> str:
    """A tick's text after a square in a mode's or label's colour."""
    return f'<span style="color:{colour}">■</span> {text}'


def cut(name: str) -> str:
    """A name shortened to fit an axis, and escaped, because Plotly interprets tags."""
    return escape(name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…", quote=False)


def colour_bar(title: str, plot_height: float) -> dict[str, Any]:
    """A colour bar, no longer than necessary or than the plot of `plot_height` pixels."""
    length = min(_BAR_LENGTH, plot_height)
    return {
        "title": {"text": title, "side": "right"},
        "thickness": 12,
        "outlinewidth": 0,
        "lenmode": "pixels",
        "len": length,
        "y": 1,
        "yanchor": "top",
        "ypad": 0,
    }


def name_mu_axis(figure: Figure) -> None:
    """Labels the x axis of a walk from mode B at μ = 0 to mode A at μ = 1."""
    ticks = ["0 (From)", "0.25", "0.5", "0.75", "1 (To)"]
    figure.update_xaxes(title_text="μ", range=[0, 1], tickvals=[0, 0.25, 0.5, 0.75, 1], ticktext=ticks)
