"""Table rows become pictures whose pixels can be read back as their values."""

import numpy as np
import pytest
from PIL import Image

from clustergan_core.drawing.palette import rgb
from clustergan_core.drawing.pictures.images import sample_grid
from clustergan_core.drawing.pictures.tabular import STROKE_FEATURES, is_pen_stroke, profile_picture, thumbnail
from clustergan_core.drawing.theme import THEMES

RED = "#bd1f01"


def filled(picture: Image.Image, colour: str = RED) -> np.ndarray:
    return (np.asarray(picture) == rgb(colour)).all(axis=2)


def test_bars_are_as_high_as_the_values_on_a_fixed_scale() -> None:
    values = np.array([0.0, 0.25, 0.5, 1.0])
    heights = filled(profile_picture(values, 40, RED)).sum(axis=0)
    assert heights[[5, 15, 25, 35]].tolist() == [1, 10, 20, 40]  # a zero keeps a foot on the base line
    assert heights[[9, 19, 29]].tolist() == [0, 0, 0]  # gaps between bars


def test_bars_stand_on_the_bottom() -> None:
    picture = filled(profile_picture(np.array([0.5]), 20, RED))
    assert not picture[:10].any()
    assert picture[10:].all()


def test_more_features_than_pixels_are_averaged_column_by_column() -> None:
    values = np.tile([0.0, 1.0], 360)  # each column of 20 pixels holds 36 features of mean ½
    assert filled(profile_picture(values, 20, RED)).sum(axis=0).tolist() == [10] * 20


@pytest.mark.parametrize("n_features", [1, 2, 16, 55, 56, 57, 2000])
def test_any_number_of_features_fits_the_picture(n_features: int) -> None:
    picture = filled(profile_picture(np.ones(n_features), 56, RED))
    assert picture.shape == (56, 56)
    assert picture[0].mean() > 0.6


def test_unusable_values_are_drawn_as_the_nearest_usable_ones() -> None:
    heights = filled(profile_picture(np.array([np.nan, -3.0, 7.0]), 30, RED)).sum(axis=0)
    assert heights[[4, 14, 24]].tolist() == [1, 1, 30]


def test_pendigits_are_told_by_their_feature_names() -> None:
    assert STROKE_FEATURES[:3] == ("x1", "y1", "x2")
    assert STROKE_FEATURES[-1] == "y8"
    assert is_pen_stroke(STROKE_FEATURES)
    assert is_pen_stroke([name.upper() for name in STROKE_FEATURES])
    assert not is_pen_stroke(STROKE_FEATURES[::-1])
    assert not is_pen_stroke(STROKE_FEATURES[:14])


def test_a_pen_stroke_runs_through_its_points_with_y_upwards_and_a_dot_at_its_start() -> None:
    steps = np.linspace(0, 1, 8)
    rising = np.stack([steps, steps], axis=1).ravel()  # from bottom left to top right
    side, margin = 100, 14
    pixels = np.asarray(thumbnail(rising, "table", STROKE_FEATURES, side, RED)).astype(int)
    for step in steps[1:-1]:
        x = margin + step * (side - 2 * margin)
        assert pixels[round(side - x) - 1, round(x)].max() < 160
    assert (pixels[side - margin - 1, margin] == rgb(RED)).all()
    assert (pixels[margin, margin] == 255).all()
    assert (pixels[side - margin, side - margin] == 255).all()


def test_a_thumbnail_always_has_the_size_asked_for() -> None:
    image = np.full((1, 28, 28), 1.0)
    picture = thumbnail(image, "image", side=64, theme="dark")
    assert picture.size == (64, 64)
    assert picture.mode == "RGB"
    assert picture.getpixel((3, 32)) == rgb(THEMES["dark"].page)  # 28 × 2 = 56 leaves 4 pixels on each side
    assert picture.getpixel((4, 32)) == (255, 255, 255)
    assert picture.getpixel((59, 32)) == (255, 255, 255)
    assert thumbnail(np.ones(5), "expression", side=33).size == (33, 33)


def test_a_grid_of_table_rows_draws_each_profile_in_its_rows_colour() -> None:
    samples = np.full((2, 3, 4), 0.5)
    picture = sample_grid(samples, row_colours=[RED, "#3f90da"], cell=40)
    per_row = 3 * (3 * 9 + 10) * 20 + 6 * 40  # 3 cells of 4 bars (a gap after each but the last), and the row's mark
    assert filled(picture).sum() == per_row
    assert filled(picture, "#3f90da").sum() == per_row
