"""A small still picture of a map, for cards: points in the colours of their groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from clustergan_core.drawing.theme import THEMES, Theme

MARGIN = 0.05  # of each side, so that no point is cut off
MAX_POINTS = 3_000  # more would overlap on a card
RADIUS = 2.4


def draw_map_picture(
    coordinates: NDArray[np.float32],
    groups: NDArray[np.int64],
    colours: Sequence[str],
    size: tuple[int, int],
    theme: Theme = "light",
    seed: int = 0,
) -> Image.Image:
    """Points (N, 2) as a picture of `size` = (width, height) pixels; both axes share a scale, as on the map itself."""
    width, height = size
    picture = Image.new("RGB", size, THEMES[theme].page)
    if len(coordinates) == 0:
        return picture
    order = np.random.default_rng(seed).permutation(len(coordinates))[:MAX_POINTS]
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    room = (1 - 2 * MARGIN) * np.array([width, height])
    scale = float((room / np.maximum(high - low, 1e-9)).min())
    pixels = (coordinates - (low + high) / 2) * scale * (1, -1) + np.array([width, height]) / 2
    draw = ImageDraw.Draw(picture)
    for row in order.tolist():
        x, y = pixels[row].tolist()
        draw.ellipse((x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS), fill=colours[int(groups[row])])
    return picture
