"""A still of samples in the plane: the data as rings, generated samples as dots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.theme import THEMES, Theme

_SCALE = 2  # drawn larger and scaled down, which smooths the edges
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


def _box(x: float, y: float, side: int, radius: float) -> tuple[float, float, float, float]:
    middle_x, middle_y = x * side, (1 - y) * side
    return middle_x - radius, middle_y - radius, middle_x + radius, middle_y + radius
