"""Pictures are drawn once for all sessions, and again as soon as anything in them is other."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clustergan_core.drawing.pictures.images import mosaic
from ui.frame.pictures import draw_once


def test_a_picture_is_drawn_once_for_the_same_samples_and_options() -> None:
    n_drawn = 0

    def draw(samples: NDArray[np.float32], *, theme: str) -> Image.Image:
        nonlocal n_drawn
        n_drawn += 1
        return Image.new("L", (len(samples), 3), 255 if theme == "light" else 0)

    samples = np.zeros((4, 1, 8, 8), dtype=np.float32)
    first = draw_once(draw, samples, theme="light")
    assert draw_once(draw, samples.copy(), theme="light") == first
    assert (n_drawn, first.width, first.height) == (1, 4, 3)
    changed = samples.copy()
    changed[3, 0, 7, 7] = 1e-6
    others = [(changed, "light"), (samples, "dark"), (samples.reshape(2, 2, 8, 8), "light"), (samples[::2], "light")]
    for number, (other, theme) in enumerate(others, start=2):
        draw_once(draw, other, theme=theme)
        assert n_drawn == number


def test_the_file_holds_what_the_function_draws() -> None:
    samples = np.random.default_rng(0).random((6, 1, 8, 8), dtype=np.float32)
    options = {"n_columns": 3, "colours": ["#ff0000"] * 6, "cell": 16, "theme": "dark"}
    drawn = draw_once(mosaic, samples, **options)
    picture = Image.open(io.BytesIO(drawn.png))
    assert picture.size == (drawn.width, drawn.height)
    assert np.array_equal(np.asarray(picture), np.asarray(mosaic(samples, **options)))
