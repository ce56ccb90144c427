"""A walk between modes as one picture: its samples, and below each the encoder's code."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from clustergan_core.drawing.palette import mode_colours, text_on
from clustergan_core.drawing.pictures.images import filmstrip
from clustergan_core.drawing.pictures.lettering import letter
from clustergan_core.drawing.theme import THEMES, Theme

_BAND = 22  # height of the band of codes
_INSET = 3  # as between samples in `filmstrip`
_TEXT_SIZE = 13
_LEAST_WIDTH = 14  # pixels that a part of the band needs for its mode's number


def walk_strip(
    samples: NDArray[np.floating],
    marks: Sequence[str],
    codes: NDArray[np.floating] | None = None,
    *,
    highlight: int | None = None,
    feature_names: Sequence[str] = (),
    cell: int = 72,
    scale: int = 1,
    theme: Theme = "light",
) -> Image.Image:
    """A `filmstrip` of samples (M, *shape), with a bar for each of codes (M, K), divided by the modes' probabilities.

    The parts have the modes' colours and, where they are wide enough, numbers; the most probable mode is leftmost.
    """
    strip = filmstrip(
        samples, marks, highlight=highlight, feature_names=feature_names, cell=cell, scale=scale, theme=theme
    )
    if codes is None:
        return strip
    picture = Image.new("RGB", (strip.width, strip.height + (_BAND + _INSET) * scale), THEMES[theme].page)
    picture.paste(strip)
    draw = ImageDraw.Draw(picture)
    stride, inset = strip.width // len(samples), _INSET * scale
    for step, code in enumerate(codes):
        box = (step * stride + inset, strip.height, (step + 1) * stride - inset, strip.height + _BAND * scale)
        _draw_code(draw, code, box, scale)
    return picture


def _draw_code(
    draw: ImageDraw.ImageDraw, code: NDArray[np.floating], box: tuple[int, int, int, int], scale: int
) -> None:
    """Draws one code (K,) as a bar that fills the box (left, top, right, bottom), right and bottom exclusive."""
    left, top, right, bottom = box
    colours = mode_colours(len(code))
    order = np.argsort(-code, kind="stable")
    edges = left + np.rint(np.append(0, np.cumsum(code[order])) * (right - left) / code.sum()).astype(int)
    for mode, start, end in zip(order.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if end <= start:
            continue
        draw.rectangle((start, top, end - 1, bottom - 1), fill=colours[mode])
        if end - start >= _LEAST_WIDTH * scale:
            text, font = letter(str(mode), _TEXT_SIZE * scale)
            centre = ((start + end) // 2, (top + bottom) // 2)
            draw.text(centre, text, fill=text_on(colours[mode]), font=font, anchor="mm")
