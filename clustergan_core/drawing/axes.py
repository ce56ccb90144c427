"""What stands at an axis: ticks that name modes and features, and the bar that explains colours."""

from typing import Any

MAX_TICKS = 40  # more names than this run into each other
_MAX_NAME = 24  # characters
_BAR_LENGTH = 220  # pixels


def swatch(colour: str, text: str) -> str:
    """A tick's text with a square of a mode's or label's colour before it."""
    return f'<span style="color:{colour}">■</span> {text}'


def cut(name: str) -> str:
    """A name short enough for an axis."""
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"


def colour_bar(title: str, plot_height: float) -> dict[str, Any]:
    """A bar that explains colours, no longer than the plot of `plot_height` pixels nor than needed."""
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
