"""Pictures: drawn once for all sessions, and sent inside the page's own message.

A page left open shows them after its server has been restarted.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from clustergan_core.drawing.pictures.images import png

MAX_EMBEDDED = 2 << 20  # bytes; a larger picture would hold up the rest of the page
MAX_DRAWN = 150  # pictures kept for other sessions; the largest, all modes of a run, take 0.3 MB


@dataclass(frozen=True)
class Drawn:
    """A picture as a PNG file."""

    png: bytes
    width: int  # pixels
    height: int


def draw_once(draw: Callable[..., Image.Image], samples: NDArray[Any], *others: NDArray[Any], **options: Any) -> Drawn:
    """What `draw(samples, *others, **options)` draws, kept for all sessions.

    It is found by the arrays' bytes and the options' text, so `draw` may depend on nothing else.
    """
    return _drawn(draw, (samples, *others), options, content_key(draw, samples, *others, sorted(options.items())))


def content_key(draw: Callable[..., object], *values: object) -> str:
    """What a cache finds a drawing by: the function, the bytes of arrays and the text of everything else."""
    digest = blake2b(f"{draw.__module__}.{draw.__qualname__}".encode(), digest_size=20)
    for value in values:
        if isinstance(value, np.ndarray):
            assert value.dtype != object, "the bytes of objects are where they lie"
            digest.update(f"\0{value.dtype.str}{value.shape}".encode())
            digest.update(np.ascontiguousarray(value).data)
        else:
            digest.update(f"\0{value!r}".encode())
    return digest.hexdigest()


@st.cache_resource(max_entries=MAX_DRAWN, show_spinner=False)
def _drawn(
    _draw: Callable[..., Image.Image], _arrays: tuple[NDArray[Any], ...], _options: dict[str, Any], key: str
) -> Drawn:
    picture = _draw(*_arrays, **_options)
    return Drawn(png(picture), picture.width, picture.height)


def show_picture(picture: bytes | Drawn | Image.Image, **options: Any) -> None:
    """Shows a PNG or an image with the options of `st.image`.

    Streamlit keeps files in the server's memory under an address made of their content. A restarted server does not
    have them until the page is drawn again, and a browser that was refused a file does not ask for the same address
    twice, so the picture stayed broken.
    """
    match picture:
        case bytes():
            content = picture
        case Drawn():
            content = picture.png
        case _:
            content = png(picture)
    if len(content) > MAX_EMBEDDED:
        st.image(content, output_format="PNG", **options)
    else:
        st.image(f"data:image/png;base64,{b64encode(content).decode()}", **options)
