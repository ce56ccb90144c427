"""Stills of lessons: samples in the plane, shares of labels that K modes can hold, a sample beside the modes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.pictures.bitmaps import gif
from clustergan_core.drawing.pictures.images import mosaic
from clustergan_core.drawing.pictures.lettering import letter
from clustergan_core.drawing.theme import THEMES, Theme

_SCALE = 2  # drawn larger and scaled down, which smooths the edges
_GIF_FRAMES, _GIF_MS, _GIF_LAST_MS = 60, 120, 2000
_GIF_SIDE, _GIF_LINE, _GIF_TYPE = 420, 30, 18  # pixels
_RING, _DOT = 3.0, 2.6  # radii in pixels at a side of 360


def draw_plane_still(
    real: NDArray[np.floating],
    generated: NDArray[np.floating],
    modes: NDArray[np.integer] | None,
    side: int,
    theme: Theme,
) -> Image.Image:
    """A square of `side` pixels at double resolution; points (N, 2) lie in the unit square, y upwards.

    `modes` (N,) colours the generated points; without it they have one colour.
    """
    colours, large = THEMES[theme], 2 * side * _SCALE
    picture = Image.new("RGB", (large, large), colours.page)
    draw = ImageDraw.Draw(picture)
    unit = large / 360
    names = [] if modes is None else mode_colours(int(modes.max()) + 1)
    for x, y in real:
        draw.ellipse(_box(x, y, large, _RING * unit), outline=colours.muted, width=round(unit))
    for index, (x, y) in enumerate(generated):
        fill = colours.accent if modes is None else names[int(modes[index])]
        draw.ellipse(_box(x, y, large, _DOT * unit), fill=fill, outline=colours.page)
    draw.rectangle((0, 0, large - 1, large - 1), outline=colours.grid, width=round(unit))
    return picture.resize((2 * side, 2 * side), Image.Resampling.LANCZOS)


def draw_plane_gif(
    real: NDArray[np.floating],
    generated: NDArray[np.floating],
    modes: NDArray[np.integer] | None,
    steps: Sequence[int],
    theme: Theme,
) -> bytes:
    """Dots (T, N, 2) that move over the `steps` (T,) of a training, as a GIF that repeats; about 60 of the T frames."""
    chosen = np.unique(np.linspace(0, len(generated) - 1, _GIF_FRAMES).round().astype(int))
    colours = THEMES[theme]
    frames = []
    for index in chosen:
        still = draw_plane_still(real, generated[index], modes, _GIF_SIDE // 2, theme)
        frame = Image.new("RGB", (still.width, still.height + _GIF_LINE), colours.page)
        frame.paste(still)
        text, font = letter(f"step {steps[index]:,}", _GIF_TYPE)
        place = (4, still.height + _GIF_LINE // 2)
        ImageDraw.Draw(frame).text(place, text, fill=colours.text, font=font, anchor="lm")
        frames.append(frame)
    return gif(frames, _GIF_MS, _GIF_LAST_MS)


def draw_label_shares(shares: Sequence[float], n_clusters: int, theme: Theme) -> Image.Image:
    """Bars of shares, largest first, 560 × 240 pixels; those beyond `n_clusters` are grey."""
    colours, width, height = THEMES[theme], 560, 240
    picture = Image.new("RGB", (width, height), colours.page)
    draw = ImageDraw.Draw(picture)
    step = width / len(shares)
    for rank, share in enumerate(shares):
        top = height - 10 - share / max(shares) * (height - 30)
        fill = colours.accent if rank < n_clusters else colours.grid
        draw.rectangle((rank * step + 0.12 * step, top, (rank + 1) * step - 0.12 * step, height - 10), fill=fill)
    draw.line((0, height - 9, width, height - 9), fill=colours.muted, width=2)
    return picture


def draw_sample_beside_modes(sample: NDArray[np.floating], modes: NDArray[np.floating], theme: Theme) -> Image.Image:
    """A sample (*shape), and to its right, half as large, what the modes (K, *shape) draw, five in a line."""
    beside = mosaic(modes, n_columns=5, colours=mode_colours(len(modes)), cell=64, scale=2, theme=theme)
    large = mosaic(sample[None], cell=beside.height // 2, scale=2, theme=theme)
    gap = 40
    picture = Image.new("RGB", (large.width + gap + beside.width, max(large.height, beside.height)), THEMES[theme].page)
    picture.paste(large, (0, (picture.height - large.height) // 2))
    picture.paste(beside, (large.width + gap, 0))
    return picture


def _box(x: float, y: float, side: int, radius: float) -> tuple[float, float, float, float]:
    middle_x, middle_y = x * side, (1 - y) * side
    return middle_x - radius, middle_y - radius, middle_x + radius, middle_y + radius
