"""Arrays to single pictures, and pictures to the bytes of a file."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MIN_FRAME_MS = 20  # browsers slow down anything shorter to 100 ms


def to_picture(sample: NDArray[np.floating], side: int | None = None) -> Image.Image:
    """A sample (C, H, W) in [0, 1] as a picture, grey for one channel and RGB for three.

    Values outside are clipped and NaN is black; other numbers of channels are averaged to grey. With `side` the longer
    edge becomes `crisp_side`: enlarged by whole pixels, so that each stays a sharp square, or averaged down.
    """
    height, width = sample.shape[1:]
    pixels = to_bytes(sample)
    picture = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0))) if len(pixels) == 3 else None
    picture = picture or Image.fromarray(np.ascontiguousarray(pixels[0]))
    if side is None:
        return picture
    longest, target = max(height, width), crisp_side(sample.shape, side)
    if target >= longest:
        scale = target // longest
        return picture.resize((width * scale, height * scale), Image.Resampling.NEAREST)
    size = max(1, round(width * target / longest)), max(1, round(height * target / longest))
    return picture.resize(size, Image.Resampling.BOX)


def to_bytes(samples: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Samples (…, C, H, W) in [0, 1] as bytes (…, 1 or 3, H, W)."""
    if samples.shape[-3] not in (1, 3):
        samples = samples.mean(axis=-3, keepdims=True)
    return np.rint(np.clip(np.nan_to_num(samples), 0, 1) * 255).astype(np.uint8)


def crisp_side(shape: Sequence[int], side: int) -> int:
    """The longest multiple of a sample's longer edge that fits `side` pixels, or `side` if not even one does.

    `shape` is one sample's; a table (F,) fits any side.
    """
    longest = max(shape[1:]) if len(shape) == 3 else side
    return side // longest * longest or side


def png(picture: Image.Image) -> bytes:
    """The picture as a PNG file."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def gif(frames: Sequence[Image.Image], frame_ms: int = 80, last_ms: int | None = None) -> bytes:
    """Frames of equal size as an endless animation; `last_ms` is how long the last frame stays.

    GIF counts in 10 ms, so durations are rounded. Equal consecutive frames are stored once and shown as long as both.
    """
    durations = [max(MIN_FRAME_MS, frame_ms)] * len(frames)
    durations[-1] = max(MIN_FRAME_MS, last_ms or frame_ms)
    file = io.BytesIO()
    first, *others = [frame.convert("RGB") for frame in frames]
    # Each frame replaces the whole picture, because with differences only the palette's colours would drift.
    first.save(file, "GIF", save_all=True, append_images=others, duration=durations, loop=0, disposal=1)
    return file.getvalue()
