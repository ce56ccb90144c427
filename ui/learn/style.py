"""How a lesson looks on a projector: no sidebar, no header, type of at least 24 pixels."""

from __future__ import annotations

import streamlit as st

_RULES = """
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"] { display: none; }
[data-testid="stMainBlockContainer"] { padding: 1.25rem 2rem 1rem; max-width: none; }
[data-testid="stMain"] p, [data-testid="stMain"] li, [data-testid="stMain"] label, [data-testid="stMain"] td,
[data-testid="stMain"] th { font-size: 1.6rem; line-height: 1.4; }
[data-testid="stMain"] h1 { font-size: 2.25rem; padding: 0; }
[data-testid="stMain"] .katex { font-size: 2rem; }
[data-testid="stMain"] button { min-height: 2.75rem; }
"""


def style_presentation() -> None:
    """Hides what is not the lesson, and enlarges what is."""
    st.html(f"<style>{_RULES}</style>")
