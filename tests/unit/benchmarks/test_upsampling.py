"""The measure of checkerboards, on patterns whose energy is known."""

import numpy as np
import pytest
import torch

from benchmarks.upsampling import Blur, compare_energy, energy_shares


def test_a_pattern_of_two_pixels_lies_on_the_nyquist_lines_and_a_slow_wave_on_none() -> None:
    rows, columns = np.indices((16, 16))
    stripes, checkers, wave = (-1.0) ** columns, (-1.0) ** (rows + columns), np.cos(2 * np.pi * columns / 8)
    for pattern in (stripes, checkers):
        assert energy_shares(pattern[None, None]) == pytest.approx((1, 1))
    assert energy_shares(wave[None, None]) == pytest.approx((0, 0), abs=1e-12)
    mixed = energy_shares((wave + 0.5 * checkers)[None, None])[0]
    assert mixed == pytest.approx(0.25 / (0.5 + 0.25))  # energies of a cosine and of half a checkerboard


def test_real_images_beside_themselves_have_ratios_of_one() -> None:
    images = np.random.default_rng(0).random((20, 1, 8, 8))
    assert compare_energy(images, images) == {"lines": 1, "band": 1}


def test_the_filter_takes_a_checkerboard_away_and_leaves_an_even_grey() -> None:
    rows, columns = torch.meshgrid(torch.arange(8), torch.arange(8), indexing="ij")
    checkers = (1.0 - 2.0 * ((rows + columns) % 2))[None, None].repeat(1, 2, 1, 1)
    inside = (slice(None), slice(None), slice(1, -1), slice(1, -1))
    assert Blur(2)(checkers)[inside].abs().max() < 1e-6
    assert torch.allclose(Blur(2)(torch.ones(1, 2, 8, 8))[inside], torch.ones(1, 2, 6, 6))
