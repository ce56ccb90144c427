"""Pictures inside the page's own message, so that a page left open shows them after its server has been restarted."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import streamlit as st
from PIL import Image

from clustergan_core.drawing.pictures.images import png

MAX_EMBEDDED = 2 << 20  # bytes; a larger picture would hold up the rest of the page


def show_picture(picture: bytes | Image.Image, **options: Any) -> None:
    """Shows a PNG or an image with the options of `st.image`.

    Streamlit keeps files in the server's memory under an address made of their content. A restarted server does not
    have them until the page is drawn again, and a browser that was refused a file does not ask for the same address
    twice, so the picture stayed broken.
    """
    content = picture if isinstance(picture, bytes) else png(picture)
    if len(content) > MAX_EMBEDDED:
        st.image(content, output_format="PNG", **options)
    else:
        st.image(f"data:image/png;base64,{b64encode(content).decode()}", **options)
