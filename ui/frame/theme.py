"""How the app looks beyond .streamlit/config.toml: its icon, and figures that follow the light or dark theme."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import streamlit as st

from clustergan_core.drawing import theme as drawing_theme
from ui.frame.pictures import content_key

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


# All rows fit the window's height, and none is larger than it was drawn.
WHOLE_GRID = "max({width}px, min(2 * {width}px, (100vh - 6rem) * {width} / {height}))"
STRIP = "max({width}px, {width} * 0.09vw)"  # a walk of eleven samples fills the width, fewer are as large

# Opened, the sidebar lies over the page and its header, which stay where they are. Faded names are still read out.
_RAIL = """
[data-testid="stSidebar"] { min-width: 0; width: 3.5rem !important; overflow: hidden; z-index: 999991; }
[data-testid="stSidebarContent"] { padding-inline: 0.5rem; }
[data-testid="stSidebarCollapseButton"] { display: none; }
[data-testid="stSidebarNavLink"] > span[label] { opacity: 0; white-space: nowrap; }
[data-testid="stSidebar"]:is(:hover, :focus-within) { width: 13.75rem !important; margin-right: -10.25rem;
  box-shadow: 0 0 1rem rgb(0 0 0 / 25%); }
[data-testid="stSidebar"]:is(:hover, :focus-within) [data-testid="stSidebarNavLink"] > span[label] { opacity: 1; }
"""

MAX_FIGURES = 100  # kept for other sessions; building one takes 30 ms
Picture = Literal["svg", "png"]

PICTURES: dict[str, Picture] = {"SVG": "svg", "PNG": "png"}
_PICTURE_KEY = "picture"  # session state: what the camera above every figure saves

ICON = Path(__file__).with_name("icon.svg")


def is_dark() -> bool:
    """Whether the person sees the dark theme now; no until the browser has said so, and no before an audience."""
    return st.context.theme.type == "dark" and st.query_params.get("present") != "1"


def theme_name() -> drawing_theme.Theme:
    """The theme the person sees now, as clustergan_core.drawing calls it."""
    return drawing_theme.theme_name(is_dark())


def show_figure(figure: "Figure", key: str, description: str, picture: Picture | None = None) -> None:
    """Draws a figure of clustergan_core.drawing in the theme; `description` is what a screen reader says.

    Its one button saves it as a `picture`, else as `choose_picture` has it: SVG for print, PNG at three times the size
    for slides.
    """
    drawing_theme.apply_theme(figure, is_dark())
    show_themed(figure, key, description, picture)


def show_themed(figure: "Figure", key: str, description: str, picture: Picture | None = None) -> None:
    """Draws a cached figure that already has its theme, since theming takes most of the time."""
    picture = picture or PICTURES[st.session_state.get(_PICTURE_KEY, "SVG")]
    config = {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": picture, "filename": key, "scale": 3 if picture == "png" else 1},
    }
    st.plotly_chart(figure, theme=None, key=key, config=config, alt=description)


def draw_figure_once(draw: "Callable[..., Figure]", *values: object) -> "Figure":
    """The figure that `draw(*values)` makes, in the theme and kept for all sessions, which must not change it.

    For `show_themed`. It is found by the bytes of arrays and the text of other values: `draw` depends on nothing else.
    """
    return _figure(draw, values, content_key(draw, *values), theme_name())


@st.cache_resource(max_entries=MAX_FIGURES, show_spinner=False)
def _figure(
    _draw: "Callable[..., Figure]", _values: tuple[object, ...], key: str, theme: drawing_theme.Theme
) -> "Figure":
    return drawing_theme.apply_theme(_draw(*_values), theme == "dark")


def choose_picture() -> None:
    """A choice of what the camera above the figures of all pages saves."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("The camera above a figure saves it as", width="content")
        st.segmented_control(
            "Picture",
            list(PICTURES),
            default="SVG",
            required=True,
            key=_PICTURE_KEY,
            persist_state="session",
            label_visibility="collapsed",
        )


def show_responsive_image(png: bytes, size: tuple[int, int], limit: str, alt: str, key: str) -> None:
    """An image as wide as its `limit`, a CSS length in terms of its `size`, or as its container.

    The message holds the image: Streamlit shrinks files that are drawn larger for dense and wide screens.
    """
    width, height = size
    longest = limit.format(width=width, height=height)
    st.html(f"<style>.st-key-{key} {{ width: {longest}; max-width: 100%; }}</style>")
    with st.container(key=key, width="content"):
        st.image(f"data:image/png;base64,{b64encode(png).decode()}", width="stretch", alt=alt)


def style_pages() -> None:
    """What config.toml cannot say: readable captions and keys, dark text on light buttons, narrow margins, one Stop.

    Streamlit fades captions below the contrast of 4.5 that small text needs, and writes white on any button. On a
    projector of 1024 pixels its margins would take a fifth of the page, and the sidebar another: there it is a row of
    icons until a pointer or the keyboard is on it. Its own Stop, which ends the drawing of a page, stands beside those
    of trainings and maps, which end these.
    """
    colours = drawing_theme.THEMES[theme_name()]
    rules = [
        f'[data-testid="stCaptionContainer"] {{ opacity: 1; color: {colours.muted}; }}',
        f"button:enabled kbd {{ color: {colours.muted}; opacity: 1; }}",
        '[data-testid="stStatusWidget"] button { display: none; }',
        '@media (max-width: 1150px) { [data-testid="stMainBlockContainer"] { padding-inline: 2rem; } }',
        f"@media (min-width: 768px) and (max-width: 1100px) {{ {_RAIL} }}",  # below 768 Streamlit hides the sidebar
    ]
    if is_dark():
        rules.append(f'[data-testid="stBaseButton-primary"] {{ color: {colours.page}; }}')
    st.html(f"<style>{' '.join(rules)}</style>")
