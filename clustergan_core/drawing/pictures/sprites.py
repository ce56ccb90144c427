"""One picture with a thumbnail of every sample, for a map that shows them on hover."""

import io
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clustergan_core.drawing.pictures.bitmaps import to_bytes, to_picture
from clustergan_core.drawing.pictures.tabular import is_pen_stroke, profile_pixels, stroke_picture
from clustergan_core.drawing.theme import Theme

MAX_SHEET_SIDE = 16_384  # pixels; browsers cannot draw larger pictures


def sprite_sheet(
    samples: NDArray[np.floating],
    *,
    cell: int = 32,
    feature_names: Sequence[str] = (),
    colour: str | None = None,
    theme: Theme = "light",
) -> tuple[bytes, int]:
    """Samples (N, *shape) as the PNG file of a near-square sheet, and its number of columns.

    Sample i is at column i % columns and row i // columns, each `cell` pixels square. A browser holds 4 bytes per
    pixel: 70,000 samples at 28 pixels take 220 MB there.
    """
    n_columns = math.isqrt(max(0, len(samples) - 1)) + 1
    assert n_columns * cell <= MAX_SHEET_SIDE, f"{len(samples)} sprites of {cell} pixels: show fewer, or smaller"
    sprites = _sprites(samples, cell, feature_names, colour, theme)  # (N, cell, cell) or (N, cell, cell, 3)
    n_rows = max(1, -(-len(sprites) // n_columns))
    sheet = np.zeros((n_rows * n_columns, *sprites.shape[1:]), dtype=np.uint8)
    sheet[: len(sprites)] = sprites
    channels = sprites.shape[3:]
    sheet = sheet.reshape(n_rows, n_columns, cell, cell, *channels).swapaxes(1, 2)
    file = io.BytesIO()
    # Fast rather than small: a person waits while a large sheet is encoded, usually for the same machine.
    Image.fromarray(sheet.reshape(n_rows * cell, n_columns * cell, *channels)).save(file, "PNG", compress_level=1)
    return file.getvalue(), n_columns


def _sprites(
    samples: NDArray[np.floating], cell: int, feature_names: Sequence[str], colour: str | None, theme: Theme
) -> NDArray[np.uint8]:
    if samples.ndim == 4:
        return _image_sprites(samples, cell)
    if is_pen_stroke(feature_names):
        strokes = [np.asarray(stroke_picture(sample, cell, colour, theme)) for sample in samples]
        return np.array(strokes, dtype=np.uint8).reshape(-1, cell, cell, 3)
    return profile_pixels(samples, cell, colour, theme)


def _image_sprites(samples: NDArray[np.floating], cell: int) -> NDArray[np.uint8]:
    """Images (N, C, H, W) enlarged by whole pixels or averaged down, centred on black."""
    longest = max(samples.shape[2:])
    if longest > cell:
        small = np.array([np.asarray(to_picture(sample, cell)) for sample in samples], dtype=np.uint8)
    else:
        small = np.moveaxis(to_bytes(samples), 1, -1)
        small = (small[..., 0] if small.shape[-1] == 1 else small).repeat(cell // longest, 1).repeat(cell // longest, 2)
    top, left = (cell - small.shape[1]) // 2, (cell - small.shape[2]) // 2
    sprites = np.zeros((len(small), cell, cell, *small.shape[3:]), dtype=np.uint8)
    sprites[:, top : top + small.shape[1], left : left + small.shape[2]] = small
    return sprites
