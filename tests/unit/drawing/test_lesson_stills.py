"""Moving pictures of lessons."""

import io

import numpy as np
from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from clustergan_core.drawing.pictures.lesson_stills import draw_plane_gif


def test_a_training_moves_from_its_first_frame_to_its_last() -> None:
    real = np.array([[0.1, 0.1]])
    dots = np.linspace([[0.2, 0.5]], [[0.8, 0.5]], 100)  # one dot that goes from left to right
    film = Image.open(io.BytesIO(draw_plane_gif(real, dots, None, list(range(100)), "light")))
    assert isinstance(film, GifImageFile) and film.n_frames == 60
    places = []
    for frame in (0, film.n_frames - 1):
        film.seek(frame)
        square = np.asarray(film.convert("RGB"), np.float64)[: film.width]
        blue = (square[..., 2] - square[..., 0]) > 60  # the dot alone is blue
        places.append(np.nonzero(blue)[1].mean() / film.width)
    np.testing.assert_allclose(places, [0.2, 0.8], atol=0.01)
    assert film.info["duration"] == 2000
