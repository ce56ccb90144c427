"""The font, text colours and grid colours of all figures, light and dark.

Figures are built without a theme: their traces have colours that are visible on both pages, and `apply_theme` adds the
rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # Pictures need these colours without the seconds and megabytes of Plotly.
    from plotly.graph_objects import Figure
    from plotly.graph_objs.layout import Template

Theme = Literal["light", "dark"]

FONT = "Source Sans Pro, Source Sans, Helvetica, Arial, sans-serif"
FONT_SIZE = 14


# For traces on both pages: a series that belongs to no mode, and context in the background.
SERIES_COLOUR = "#3f90da"
CONTEXT_COLOUR = "rgba(128,133,147,0.4)"
MARGIN = {"t": 20, "r": 20, "b": 10, "l": 10}  # pixels; titles and ticks add their own space


@dataclass(frozen=True)
class ThemeColours:
    """Colours "#rrggbb". The contrast with the page is at least 4.5 : 1 for text and muted text, 3 : 1 for accent."""

    page: str  # assumed behind the transparent background of figures, and painted by pictures
    text: str
    muted: str  # secondary text, ticks
    grid: str
    accent: str  # for emphasis; also lines that belong to no mode


THEMES: dict[Theme, ThemeColours] = {
    "light": ThemeColours("#ffffff", "#31333f", "#5c5f6b", "#e4e6eb", "#2272b9"),
    "dark": ThemeColours("#0e1117", "#fafafa", "#a9adb9", "#2c313b", "#5aa5e6"),
}


def theme_name(dark: bool) -> Theme:
    """The name of the dark or the light theme."""
    return "dark" if dark else "light"


def apply_theme(figure: Figure, dark: bool) -> Figure:
    """Gives `figure` this app's font, text and grid colours on a transparent background; returns the same figure.

    The figure's own settings stay. Show it with Streamlit's `theme=None`, or Streamlit overrides them.
    """
    figure.layout.template = _template(theme_name(dark))
    return figure


@cache
def _template(theme: Theme) -> Template:
    """A whole theme at once, because setting single attributes takes Plotly 70 ms per figure."""
    from plotly.graph_objs.layout import Template

    colours = THEMES[theme]
    axis = {
        "gridcolor": colours.grid,
        "linecolor": colours.muted,
        "zerolinecolor": colours.grid,
        "tickfont": {"color": colours.muted},
        "title": {"font": {"color": colours.text, "size": FONT_SIZE}, "standoff": 10},
    }
    flat_axis = axis | {"automargin": True, "zeroline": False, "ticks": ""}
    scene_axis = axis | {
        "backgroundcolor": "rgba(0,0,0,0)",
        "title": {"font": {"color": colours.text, "size": FONT_SIZE}},
    }
    return Template(
        layout={
            "font": {"family": FONT, "size": FONT_SIZE, "color": colours.text},
            "title": {
                "font": {"size": FONT_SIZE + 2},
                "x": 0,
                "xref": "paper",
                "xanchor": "left",
                "subtitle": {"font": {"size": FONT_SIZE - 1, "color": colours.muted}},
            },
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hoverlabel": {
                "bgcolor": colours.page,
                "bordercolor": colours.muted,
                "font": {"family": FONT, "size": FONT_SIZE, "color": colours.text},
            },
            "legend": {"bgcolor": "rgba(0,0,0,0)", "font": {"color": colours.text}},
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": colours.muted, "activecolor": colours.text},
            "xaxis": flat_axis,
            "yaxis": flat_axis,
            "scene": {f"{name}axis": scene_axis for name in "xyz"},
        }
    )
