"""Colours keep their order and their contrast."""

import colorsys
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from clustergan_core.drawing.palette import (
    N_SAFE_COLOURS,
    PETROFF_10,
    UNLABELLED_COLOUR,
    contrast_ratio,
    label_colours,
    mix,
    mode_colours,
    palette_note,
    rgb,
    text_on,
)
from clustergan_core.drawing.theme import THEMES, Theme, ThemeColours


def wcag_contrast(one: str, other: str) -> float:
    """A transcription of WCAG 2.2's definitions of relative luminance and contrast ratio."""

    def luminance(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = max(luminance(one), luminance(other)), min(luminance(one), luminance(other))
    return (lighter + 0.05) / (darker + 0.05)


def test_up_to_ten_modes_take_petroffs_colours_in_order() -> None:
    assert mode_colours(3) == ["#3f90da", "#ffa90e", "#bd1f01"]
    assert tuple(mode_colours(10)) == PETROFF_10


@pytest.mark.parametrize("n_modes", [11, 20, 47, 100, 1000])
def test_a_mode_keeps_its_colour_whatever_the_number_of_modes(n_modes: int) -> None:
    assert mode_colours(n_modes) == mode_colours(1000)[:n_modes]


def test_no_two_of_a_thousand_modes_share_a_colour() -> None:
    assert len(set(mode_colours(1000))) == 1000


def cie_lab(colour: str) -> NDArray[np.float64]:
    """A transcription of CIE 1976 L*a*b* for sRGB under D65."""
    channels = np.array(rgb(colour)) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    x, y, z = np.cbrt(xyz / [0.9505, 1.0, 1.089])  # the colours tested are light enough for the cube root alone
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_twenty_colours_differ_by_several_times_what_an_eye_just_notices() -> None:
    just_noticeable = 2.3  # in CIE 1976 ΔE
    colours = [cie_lab(colour) for colour in mode_colours(20)]
    assert min(float(np.linalg.norm(one - other)) for one, other in combinations(colours, 2)) > 6 * just_noticeable


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_added_colour_shows_on_the_page(theme: Theme) -> None:
    page = THEMES[theme].page
    assert min(wcag_contrast(colour, page) for colour in mode_colours(100)[10:]) >= 1.4


def test_black_on_white_contrasts_21_to_1() -> None:
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # WCAG's well-known near miss


def test_text_on_any_colour_contrasts_at_least_4_5_to_1() -> None:
    hues = [colorsys.hsv_to_rgb(h / 60, s, v) for h in range(60) for s in (0.3, 1) for v in (0.3, 0.6, 1)]
    colours = mode_colours(1000) + ["#{:02x}{:02x}{:02x}".format(*(round(255 * c) for c in hue)) for hue in hues]
    assert min(wcag_contrast(text_on(colour), colour) for colour in colours) >= 4.5


@pytest.mark.parametrize("colours", THEMES.values(), ids=THEMES.keys())
def test_text_contrasts_with_the_page_in_light_and_dark(colours: ThemeColours) -> None:
    for ink in (colours.text, colours.muted):
        assert wcag_contrast(ink, colours.page) >= 4.5
    assert wcag_contrast(colours.accent, colours.page) >= 3


def test_labels_take_the_colours_given_with_the_data_only_when_there_is_one_for_each() -> None:
    assert label_colours(2, ["#112233", "#445566"]) == ["#112233", "#445566"]
    assert label_colours(3, ["#112233", "#445566"]) == mode_colours(3)
    assert UNLABELLED_COLOUR not in mode_colours(1000)


def test_readers_are_told_when_colours_can_no_longer_be_told_apart() -> None:
    assert palette_note(N_SAFE_COLOURS) is None
    assert "13" in (palette_note(N_SAFE_COLOURS + 1) or "")


def test_mixing_blends_channel_by_channel() -> None:
    assert mix("#000000", "#ffffff", 0.2) == "#333333"
