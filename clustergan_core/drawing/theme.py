"""One place for what every figure shares: font, text and grid colours, and how they differ in light and dark.

Figures are built without a theme: their traces take colours that show on both pages, and `apply_theme` adds the rest.
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


# For traces, on both pages: one series that belongs to no mode, and what stands behind as context.
SERIES_COLOUR = "#3f90da"
CONTEXT_COLOUR = "rgba(128,133,147,0.4)"
MARGIN = {"t": 20, "r": 20, "b": 10, "l": 10}  # pixels; titles and ticks make their own room


@dataclass(frozen=True)
class ThemeColours:
    """Colours "#rrggbb". Text and muted text contrast with the page by at least 4.5 : 1, the accent by 3 : 1."""

    page: str  # what figures assume behind their transparent background, and pictures paint
    text: str
    muted: str  # secondary text, ticks
    grid: str
    accent: str  # the one thing to look at; also lines that belong to no mode


THEMES: dict[Theme, ThemeColours] = {
    "light": ThemeColours("#ffffff", "#31333f", "#5c5f6b", "#e4e6eb", "#2272b9"),
    "dark": ThemeColours("#0e1117", "#fafafa", "#a9adb9", "#2c313b", "#5aa5e6"),
}


def theme_name(dark: bool) -> Theme:
    """The name of the dark or the light theme."""
    return "dark" if dark else "light"


def apply_theme(figure: Figure, dark: bool) -> Figure:
    """Give `figure` this app's font, text and grid colours on a transparent background; returns the same figure.

    What the figure sets for itself stays. Show it with Streamlit's `theme=None`, or Streamlit paints over it.
    """
    figure.layout.template = _template(theme_name(dark))
    return figure


@cache
def _template(theme: Theme) -> Template:
    """Everything of a theme at once: setting it attribute by attribute takes Plotly 70 ms a figure."""
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
