"""Composed pictures show each sample where the layout says, pixel for pixel."""

import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from clustergan_core.drawing.palette import mode_colours, rgb
from clustergan_core.drawing.pictures.bitmaps import crisp_side
from clustergan_core.drawing.pictures.images import (
    filmstrip,
    gif,
    layout_grid,
    mosaic,
    png,
    sample_grid,
    sprite_sheet,
    to_picture,
)
from clustergan_core.drawing.pictures.lettering import letter, shorten, spell_out, text_width
from clustergan_core.drawing.theme import THEMES, Theme

RANDOM = np.random.default_rng(0)
DIGITS = RANDOM.random((3, 4, 1, 8, 8), dtype=np.float32)
COLOURED = RANDOM.random((2, 5, 3, 16, 16), dtype=np.float32)


def expected_bytes(samples: np.ndarray) -> np.ndarray:
    return np.rint(samples * 255).astype(np.uint8)


def test_a_picture_holds_the_samples_values_as_bytes() -> None:
    assert np.array_equal(np.asarray(to_picture(DIGITS[0, 0])), expected_bytes(DIGITS[0, 0, 0]))
    coloured = np.asarray(to_picture(COLOURED[0, 0]))
    assert np.array_equal(coloured, expected_bytes(COLOURED[0, 0]).transpose(1, 2, 0))


def test_enlarging_repeats_whole_pixels() -> None:
    enlarged = np.asarray(to_picture(DIGITS[0, 0], side=30))  # 3 × 8 = 24 is the largest multiple
    assert np.array_equal(enlarged, np.kron(expected_bytes(DIGITS[0, 0, 0]), np.ones((3, 3), np.uint8)))


def test_a_large_image_is_averaged_down_keeping_its_shape() -> None:
    tall = np.zeros((1, 64, 32), np.float32)
    tall[:, :, 16:] = 1
    small = to_picture(tall, side=16)
    assert small.size == (8, 16)
    assert np.asarray(small)[:, :4].max() == 0
    assert np.asarray(small)[:, 4:].min() == 255


def test_values_outside_the_range_are_clipped_and_nan_is_black() -> None:
    sample = np.array([[[-1.0, 2.0, np.nan]]])
    assert np.asarray(to_picture(sample)).tolist() == [[0, 255, 0]]


@pytest.mark.parametrize(("side", "expected"), [(56, 56), (60, 56), (27, 27), (84, 84)])
def test_cells_hold_whole_pixels_where_they_can(side: int, expected: int) -> None:
    assert crisp_side((1, 28, 28), side) == expected


@pytest.mark.parametrize("samples", [DIGITS, COLOURED], ids=["grey", "rgb"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_cell_of_a_grid_shows_its_own_sample(samples: np.ndarray, theme: Theme) -> None:
    labels = [f"Mode {row}\nnote" for row in range(len(samples))]
    columns = [str(column) for column in range(samples.shape[1])]
    picture = sample_grid(samples, row_labels=labels, column_labels=columns, cell=32, theme=theme)
    layout = layout_grid(samples.shape, labels, columns, cell=32)
    for row, column in np.ndindex(samples.shape[:2]):
        cell = np.asarray(picture.crop(layout.box(row, column)).resize(samples.shape[-2:], Image.Resampling.NEAREST))
        expected = expected_bytes(samples[row, column]).transpose(1, 2, 0)
        assert np.array_equal(cell, np.broadcast_to(expected, cell.shape))


def test_each_row_of_a_grid_wears_its_modes_colour() -> None:
    colours = mode_colours(3)
    picture = sample_grid(DIGITS, row_colours=colours, cell=32)
    layout = layout_grid(DIGITS.shape, cell=32)
    for row, colour in enumerate(colours):
        left, top, _, bottom = layout.box(row, 0)
        assert picture.getpixel((left - 5, (top + bottom) // 2)) == rgb(colour)


def test_a_grid_at_scale_two_is_twice_as_large_and_shows_the_same_samples() -> None:
    single, double = layout_grid(DIGITS.shape, cell=32), layout_grid(DIGITS.shape, cell=32, scale=2)
    assert double.cell == 2 * single.cell
    picture = sample_grid(DIGITS, cell=32, scale=2)
    cell = np.asarray(picture.crop(double.box(2, 3)))[::8, ::8, 0]
    assert np.array_equal(cell, expected_bytes(DIGITS[2, 3, 0]))


def test_row_labels_are_written_left_of_the_cells_and_never_over_them() -> None:
    labels = ["a label so long that it would run over the samples were it not cut short", "β cell", "third"]
    picture = sample_grid(np.zeros_like(DIGITS), row_labels=labels, cell=32)
    layout = layout_grid(DIGITS.shape, labels, cell=32)
    strip = np.asarray(picture.crop((0, 0, layout.left, picture.height)))
    assert strip.min() < 128  # there is writing
    assert not np.asarray(picture.crop(layout.box(0, 0))).any()


def test_dark_grids_have_a_dark_page_and_light_writing() -> None:
    picture = sample_grid(DIGITS, row_labels=["a", "b", "c"], theme="dark")
    assert picture.getpixel((0, 0)) == rgb(THEMES["dark"].page)
    layout = layout_grid(DIGITS.shape, ["a", "b", "c"])
    assert np.asarray(picture.crop((0, 0, layout.left, picture.height))).max() > 200


def test_a_mosaic_fills_lines_and_underlines_each_sample_in_its_colour() -> None:
    samples = DIGITS.reshape(-1, 1, 8, 8)[:7]
    colours = mode_colours(7)
    picture = mosaic(samples, n_columns=3, colours=colours, cell=16)
    assert picture.width == 3 * 16 + 2 * 3
    fifth = np.asarray(picture.crop((19, 22, 35, 38)))[::2, ::2, 0]  # line 1, column 1; each line is 16 + 3 + 3 high
    assert np.array_equal(fifth, expected_bytes(samples[4, 0]))
    assert picture.getpixel((20, 39)) == rgb(colours[4])


def test_a_filmstrip_frames_only_the_highlighted_sample() -> None:
    accent = rgb(THEMES["light"].accent)
    picture = filmstrip(DIGITS[0], ["0", "1/3", "2/3", "1"], highlight=2, cell=16)
    is_accent = (np.asarray(picture) == accent).all(axis=2)
    columns = np.flatnonzero(is_accent.any(axis=0))
    assert (columns.min(), columns.max()) == (2 * (16 + 6), 2 * (16 + 6) + 16 + 6 - 1)
    assert not (np.asarray(filmstrip(DIGITS[0], cell=16)) == accent).all(axis=2).any()


@pytest.mark.parametrize("cell", [8, 16, 20])
def test_a_sprite_sheet_holds_sample_i_in_its_row_and_column(cell: int) -> None:
    samples = DIGITS.reshape(-1, 1, 8, 8)[:7]
    file, n_columns = sprite_sheet(samples, cell=cell)
    sheet = np.asarray(Image.open(io.BytesIO(file)))
    assert n_columns == 3
    assert sheet.shape == (3 * cell, 3 * cell)
    pixel, margin = cell // 8, (cell % 8) // 2
    for index, sample in enumerate(samples):
        top, left = (index // 3) * cell + margin, (index % 3) * cell + margin
        sprite = sheet[top : top + 8 * pixel : pixel, left : left + 8 * pixel : pixel]
        assert np.array_equal(sprite, expected_bytes(sample[0]))


def test_a_sprite_sheet_averages_large_colour_images_down() -> None:
    samples = np.ones((2, 3, 64, 64), np.float32) * np.array([0.2, 0.4, 0.6], np.float32)[:, None, None]
    sheet = np.asarray(Image.open(io.BytesIO(sprite_sheet(samples, cell=16)[0])))
    assert sheet.shape == (16, 32, 3)
    assert (sheet == [51, 102, 153]).all()


def test_a_png_is_read_back_as_it_was() -> None:
    picture = to_picture(COLOURED[0, 0])
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(picture)))), np.asarray(picture))


def test_a_gif_has_every_frame_its_durations_and_no_end() -> None:
    frames = [to_picture(sample, 32) for sample in DIGITS[0]]
    film = Image.open(io.BytesIO(gif(frames, frame_ms=90, last_ms=700)))
    durations = [frame.info["duration"] for frame in ImageSequence.Iterator(film)]
    assert durations == [90, 90, 90, 700]
    assert film.info["loop"] == 0
    assert film.size == (32, 32)


def test_a_grey_gif_shows_the_samples_values() -> None:
    frames = [to_picture(sample, 32) for sample in DIGITS[0]]
    film = Image.open(io.BytesIO(gif(frames)))
    for shown, frame in zip(ImageSequence.Iterator(film), frames, strict=True):
        assert np.array_equal(np.asarray(shown.convert("L")), np.asarray(frame))


def test_text_beyond_ascii_is_spelt_out_where_no_font_has_it() -> None:
    assert spell_out("μ = 0.5 → β, Größe") == "mu = 0.5 -> beta, Gro?e"
    assert letter("\ufdd0", 14)[0] == "?"  # a code point that is never a character
    assert letter("Mode 3", 14)[0] == "Mode 3"


def test_shortened_text_fits_its_width() -> None:
    assert shorten("short", 14, 200) == "short"
    cut = shorten("a rather long label", 14, 60)
    assert cut.startswith("a r")
    assert text_width(cut, 14) <= 60
