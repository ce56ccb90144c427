"""Pictures that grow with the window, for a projector's screen."""

from __future__ import annotations

from base64 import b64encode

import streamlit as st

LARGE_SAMPLE = "max({width}px, min(32vw, 42vh))"  # beside its code, and with the walk begun below it on one screen
# All rows fit the window's height, and none is larger than it was drawn.
WHOLE_GRID = "max({width}px, min(2 * {width}px, (100vh - 6rem) * {width} / {height}))"
STRIP = "max({width}px, {width} * 0.09vw)"  # a walk of eleven samples fills the width, fewer are as large


def show_growing(png: bytes, size: tuple[int, int], limit: str, alt: str, key: str) -> None:
    """A picture as wide as its `limit`, a CSS length in terms of its `size` in a small window, or its container.

    It travels inside the message: Streamlit shrinks files that are drawn larger for dense and wide screens.
    """
    width, height = size
    longest = limit.format(width=width, height=height)
    st.html(f"<style>.st-key-{key} {{ width: {longest}; max-width: 100%; }}</style>")
    with st.container(key=key, width="content"):
        st.image(f"data:image/png;base64,{b64encode(png).decode()}", width="stretch", alt=alt)
