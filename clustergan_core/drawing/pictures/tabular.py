"""One sample of any kind as a small picture: an image, a table row's profile, or a pen stroke."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from clustergan_core.drawing.palette import rgb
from clustergan_core.drawing.pictures.bitmaps import to_picture
from clustergan_core.drawing.theme import THEMES, Theme

Kind = Literal["image", "table", "expression"]  # as data.Dataset names them; repeated, since networks import torch

STROKE_FEATURES = tuple(f"{axis}{point}" for point in range(1, 9) for axis in "xy")  # pendigits: x1, y1 … x8, y8
_OVERSAMPLING = 4  # slanted lines are drawn this much larger and averaged down
_N_GAPS = 3  # bars at least this wide (pixels) keep a gap between them


def thumbnail(
    sample: NDArray[np.floating],
    kind: Kind,
    feature_names: Sequence[str] = (),
    side: int = 56,
    colour: str | None = None,
    theme: Theme = "light",
) -> Image.Image:
    """Any sample as an RGB picture of exactly `side` × `side` pixels.

    Images are enlarged by whole pixels and centred on the page's colour. Table rows in [0, 1] become a pen stroke
    where the features are those of pendigits, and otherwise a profile; `colour` marks its start or fills its bars.
    """
    if kind == "image":
        picture = to_picture(sample, side)
        page = Image.new("RGB", (side, side), THEMES[theme].page)
        page.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
        return page
    if is_pen_stroke(feature_names):
        return stroke_picture(sample, side, colour, theme)
    return profile_picture(sample, side, colour, theme)


def is_pen_stroke(feature_names: Sequence[str]) -> bool:
    """Whether the features are the eight pen positions of pendigits, in order."""
    return tuple(name.strip().lower() for name in feature_names) == STROKE_FEATURES


def profile_picture(
    sample: NDArray[np.floating], side: int, colour: str | None = None, theme: Theme = "light"
) -> Image.Image:
    """A table row (F,) as bars from left to right, on a fixed scale from 0 (bottom) to 1 (top)."""
    return Image.fromarray(profile_pixels(sample[None], side, colour, theme)[0])


def profile_pixels(
    samples: NDArray[np.floating], side: int, colour: str | None = None, theme: Theme = "light"
) -> NDArray[np.uint8]:
    """Table rows (N, F) as the pixels (N, side, side, 3) of `profile_picture`, all at once.

    With more features than pixels, each pixel column shows the mean of several features.
    """
    n_features = samples.shape[1]
    values = np.clip(np.nan_to_num(samples), 0, 1)
    if n_features > side:
        edges = np.arange(side) * n_features // side
        counts = np.diff(np.append(edges, n_features))
        heights = np.add.reduceat(values, edges, axis=1) / counts
        is_gap = np.zeros(side, dtype=bool)
    else:
        feature = np.arange(side) * n_features // side
        heights = values[:, feature]
        is_gap = np.append(np.diff(feature) > 0, False) & (side // n_features >= _N_GAPS)
    n_filled = np.maximum(1, np.rint(heights * side))  # a value of 0 still has one pixel at the bottom
    from_bottom = side - np.arange(side)[None, :, None]
    is_filled = (from_bottom <= n_filled[:, None, :]) & ~is_gap  # (N, side, side)
    colours = THEMES[theme]
    palette = np.array([rgb(colours.grid), rgb(colour or colours.text)], dtype=np.uint8)
    return palette[is_filled.astype(np.uint8)]


def stroke_picture(
    sample: NDArray[np.floating], side: int, colour: str | None = None, theme: Theme = "light"
) -> Image.Image:
    """Pen positions (16,) x1, y1 … x8, y8 in [0, 1], y upwards, as the stroke they trace; a dot marks its start.

    The dot has `colour`; the stroke always has the text's colour, because it is too thin for the paler mode colours.
    """
    colours = THEMES[theme]
    size = side * _OVERSAMPLING
    margin, width = 0.14 * size, max(_OVERSAMPLING, round(0.045 * size))
    points = np.clip(np.nan_to_num(sample), 0, 1).reshape(8, 2) * (size - 2 * margin) + margin
    path = [(float(x), float(size - y)) for x, y in points]
    picture = Image.new("RGB", (size, size), colours.page)
    draw = ImageDraw.Draw(picture)
    draw.line(path, fill=colours.text, width=width, joint="curve")
    draw.circle(path[-1], width / 2, fill=colours.text)  # a round end
    draw.circle(path[0], 0.085 * size, fill=colour or colours.page, outline=colours.text, width=round(0.5 * width))
    return picture.resize((side, side), Image.Resampling.BOX)
