"""Modes are counted by the published definitions, on ideal, collapsed and wandering generators."""

from __future__ import annotations

import math

import numpy as np
import pytest

from clustergan_core.data.dataset import PlantedModes, TracedModes
from clustergan_core.data.published.synthetic import load_corners, load_moons, load_ring
from clustergan_core.evaluation.mode_counting import (
    ModeCount,
    count_planted_modes,
    count_read_modes,
    count_traced_modes,
)

EVEN = np.full(8, 1 / 8)


def count_on_ring(samples: np.ndarray) -> ModeCount:
    modes = load_ring().modes
    assert isinstance(modes, PlantedModes)
    return count_planted_modes(samples, modes.means, modes.spread, EVEN)


def test_the_ring_itself_reaches_every_mode_with_the_strays_of_a_normal_distribution() -> None:
    count = count_on_ring(load_ring().samples)
    assert (count.n_modes, count.n_reached, count.n_reached_often, count.n) == (8, 8, 8, 10_000)
    ideal = math.exp(-4.5)  # P(χ² of 2 degrees > 9)
    assert count.stray_share == pytest.approx(ideal, abs=4 * math.sqrt(ideal / 10_000))
    assert count.divergence == pytest.approx(0, abs=1e-4)


def test_a_collapsed_generator_reaches_one_mode_and_diverges_by_log_8() -> None:
    ring = load_ring()
    assert ring.labels is not None
    count = count_on_ring(ring.samples[ring.labels == 3])
    assert (count.n_reached, count.n_reached_often) == (1, 1)
    assert count.divergence == pytest.approx(math.log(8))


def test_generated_moons_are_told_apart_and_their_shares_counted() -> None:
    moons = load_moons()
    assert isinstance(moons.modes, TracedModes) and moons.labels is not None
    true = np.array([0.8, 0.2])
    traced = (moons.modes.points, moons.modes.lines, moons.modes.spread, true)
    count = count_traced_modes(moons.samples, *traced)
    assert count.shares == pytest.approx((0.8, 0.2), abs=0.005)
    assert (count.n_reached, count.divergence) == (2, pytest.approx(0, abs=1e-4))
    # Across a line noise has one dimension: P(|N(0, 1)| > 3); beyond its ends two, which adds a little.
    assert 0.0015 < count.stray_share < 0.006
    one = count_traced_modes(moons.samples[moons.labels == 1], *traced)
    assert one.shares == pytest.approx((0, 1), abs=0.01) and one.n_reached_often == 1


def test_samples_between_the_modes_are_strays_and_reach_nothing() -> None:
    count = count_on_ring(np.full((50, 2), 0.5, dtype=np.float32))
    assert (count.n_reached, count.stray_share, count.divergence) == (0, 1.0, None)


def test_a_mode_seen_once_is_reached_but_not_often() -> None:
    modes = load_ring().modes
    assert isinstance(modes, PlantedModes)
    count = count_on_ring(np.concatenate([np.repeat(modes.means[:1], 9, axis=0), modes.means[1:2]]))
    assert (count.n_reached, count.n_reached_often) == (2, 1)


def test_the_divergence_is_to_the_true_shares() -> None:
    modes = np.repeat([0, 1], [80, 20])
    assert count_read_modes(modes, np.array([0.8, 0.2])).divergence == pytest.approx(0)
    expected = 0.8 * math.log(0.8 / 0.5) + 0.2 * math.log(0.2 / 0.5)
    assert count_read_modes(modes, np.array([0.5, 0.5])).divergence == pytest.approx(expected)


def test_a_perfect_generator_of_1000_modes_has_the_divergence_of_chance() -> None:
    """26,000 even draws over 1,000 modes: 999 / 52,000 = 0.0192."""
    drawn = np.random.default_rng(0).integers(0, 1000, 26_000)
    count = count_read_modes(drawn, np.full(1000, 1e-3))
    assert count.n_reached == 1000
    assert count.divergence == pytest.approx(0.0192, abs=0.002)


def test_corners_are_counted_too() -> None:
    corners = load_corners()
    assert isinstance(corners.modes, PlantedModes)
    count = count_planted_modes(corners.samples, corners.modes.means, corners.modes.spread, np.full(4, 0.25))
    assert count.n_reached == 4
    assert count.stray_share == pytest.approx(math.exp(-4.5), abs=0.005)
