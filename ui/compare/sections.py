"""The sections of Compare, and links to them: the page is several screens long."""

from __future__ import annotations

import streamlit as st

_SECTIONS = ("What differs", "Scores", "Curves", "Clusters", "Two clusterings", "Two maps")


def list_sections() -> None:
    """A line of links to the sections, in the order of the page."""
    links = " · ".join(f"[{name}](#{_anchor(name)})" for name in _SECTIONS)
    st.caption(f"On this page: {links}")


def section(name: str) -> None:
    """A section's heading, which a link can lead to."""
    st.subheader(name, anchor=_anchor(name))


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")
