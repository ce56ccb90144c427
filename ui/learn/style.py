"""How a lesson looks on a projector: no sidebar, no header, type of at least 24 pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.learn.address import is_presenting

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_PRESENTED_LABELS = 20  # pixels
_RULES = """
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"] { display: none; }
[data-testid="stMainBlockContainer"] { padding: 1.25rem 2rem 1rem; max-width: none; }
[data-testid="stMain"] p, [data-testid="stMain"] li, [data-testid="stMain"] label, [data-testid="stMain"] td,
[data-testid="stMain"] th, [data-testid="stMain"] [data-testid="stSelectbox"] * { font-size: 1.6rem; line-height: 1.4; }
[data-testid="stMain"] h1 { font-size: 2.25rem; padding: 0; }
[data-testid="stMain"] .katex { font-size: 2rem; }
[data-testid="stMain"] button { min-height: 2.75rem; }
"""


def style_presentation() -> None:
    """Hides what is not the lesson, and enlarges what is."""
    st.html(f"<style>{_RULES}</style>")


def enlarge_figure(figure: Figure) -> Figure:
    """Gives a figure labels that a room can read while the lesson is presented; returns the same figure."""
    if is_presenting():
        figure.update_layout(font_size=_PRESENTED_LABELS, height=1.35 * figure.layout.height)
        figure.update_xaxes(title_font_size=_PRESENTED_LABELS)
        figure.update_yaxes(title_font_size=_PRESENTED_LABELS)
    return figure
