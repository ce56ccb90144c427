"""How a lesson looks on a projector: light, no sidebar, no header, type of at least 24 pixels."""

from __future__ import annotations

import streamlit as st

# Light whatever the theme, since projectors are: text of at least 7 : 1, type of at least 24 pixels.
_INK, _QUIET, _BLUE = "#16181f", "#44474f", "#174f86"
_RULES = f"""
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"] {{ display: none; }}
[data-testid="stApp"], [data-testid="stMain"] {{ background: #ffffff; color: {_INK}; color-scheme: light; }}
[data-testid="stMainBlockContainer"] {{ padding: 0.75rem 2rem 1rem; max-width: none; }}
[data-testid="stMain"] :is(p, li, label, td, th) {{ font-size: 1.6rem; line-height: 1.4; }}
[data-testid="stMain"] :is(p, li, label, td, th, h1, h2, h3, summary, .katex) {{ color: {_INK}; }}
[data-testid="stMain"] [data-testid="stCaptionContainer"] :is(p, li) {{ color: {_QUIET}; }}
[data-testid="stMain"] [data-testid="stCaptionContainer"] {{ opacity: 1; }}
[data-testid="stMain"] h1 {{ font-size: 1.9rem; padding: 0; }}
[data-testid="stMain"] .katex {{ font-size: 2rem; }}
[data-testid="stMain"] [data-testid^="stBaseButton"] {{
  min-height: 2.75rem; background: #ffffff; border-color: {_QUIET}; color: {_INK};
}}
[data-testid="stMain"] [data-testid="stBaseButton-primary"] {{ background: {_BLUE}; }}
[data-testid="stMain"] [data-testid="stBaseButton-primary"] p {{ color: #ffffff; }}
.st-key-learn-heading {{ flex-wrap: nowrap !important; }}
.st-key-learn-back, .st-key-learn-next {{ display: none; }}
[data-testid="stRadio"] label > div:first-child {{ background: #ffffff; border: 2px solid {_QUIET}; }}
[data-testid="stRadio"] label > div:first-child > div {{ display: none; }}
[data-testid="stRadio"] label:has(input:checked) > div:first-child {{ border: 0.4rem solid {_BLUE}; }}
[data-testid="stMain"] button[data-variant="segmented_control"] {{ background: #ffffff; border-color: {_QUIET}; }}
[data-testid="stMain"] button[data-variant="segmented_control"][aria-checked="true"] {{
  background: {_BLUE} !important; border-color: {_BLUE};
}}
[data-testid="stMain"] button[data-variant="segmented_control"][aria-checked="true"] p {{ color: #ffffff; }}
.stBidiComponent * {{
  --st-text-color: {_INK} !important; --st-background-color: #ffffff !important; --st-primary-color: {_BLUE} !important;
  --slider-type: 1.6rem; --slider-labels: 1.35rem;
}}
[data-testid="stMain"] :is([data-testid="stSelectbox"] [role="group"], [data-testid="stNumberInputContainer"]) {{
  background: #ffffff; border: 1px solid {_QUIET}; min-height: 2.75rem;
}}
[data-testid="stElementContainer"]:has(> :is([data-testid="stSelectbox"], [data-testid="stNumberInput"])) {{
  min-width: 11rem;
}}
[data-testid="stMain"] :is([data-testid="stSelectbox"], [data-testid="stNumberInput"]) :is(input, button) {{
  background: #ffffff; color: {_INK}; -webkit-text-fill-color: {_INK}; font-size: 1.6rem;
}}
[data-testid="stMain"] :is(details, [data-testid="stAlertContainer"], [data-testid="stSpinner"] > div) {{
  background: #ffffff;
}}
[data-testid="stMain"] :is(pre, code) {{ background: #f5f6f8; color: {_INK}; }}
"""


def style_presentation() -> None:
    """Hides what is not the lesson, and enlarges what is."""
    st.html(f"<style>{_RULES}</style>")
