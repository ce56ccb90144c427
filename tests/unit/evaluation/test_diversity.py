"""Variance ratios, density and coverage, against plain loops and distributions whose figures are known."""

import numpy as np
import pytest

from clustergan_core.evaluation.diversity import density_and_coverage, variance_ratios

RANDOM = np.random.default_rng(0)


def by_definition(real: np.ndarray, generated: np.ndarray, k: int) -> tuple[float, float]:
    """Density and coverage as arXiv 2002.09797 writes them: eq. 5 and 6, one pair of samples at a time."""
    radii = [sorted(np.linalg.norm(real - one, axis=1))[k] for one in real]  # position 0 is the sample itself
    within = [
        [np.linalg.norm(other - one) < radius for one, radius in zip(real, radii, strict=True)] for other in generated
    ]
    density = sum(map(sum, within)) / (k * len(generated))
    return density, sum(any(row[i] for row in within) for i in range(len(real))) / len(real)


@pytest.mark.parametrize("k", [1, 5])
def test_density_and_coverage_are_those_of_the_definition(k: int) -> None:
    real = RANDOM.normal(size=(60, 3)) + 50  # far from the origin, where careless squares lose digits
    generated = RANDOM.normal(0, 1.3, size=(40, 3)) + 50

    assert density_and_coverage(real, generated, k) == pytest.approx(by_definition(real, generated, k))


def test_samples_of_the_same_distribution_have_the_expected_coverage() -> None:
    real, other = RANDOM.normal(size=(2, 2000, 4))

    density, coverage = density_and_coverage(real, other)

    assert density == pytest.approx(1, abs=0.05)
    assert coverage == pytest.approx(1 - 0.5**5, abs=0.015), "eq. 11 of the source, for many samples of equal number"


def test_one_repeated_sample_covers_next_to_nothing_although_it_lies_among_real_ones() -> None:
    real = RANDOM.normal(size=(500, 2))

    density, coverage = density_and_coverage(real, np.zeros((500, 2)))

    assert coverage < 0.03
    assert density > 0.5


def test_samples_far_away_are_in_no_ball() -> None:
    assert density_and_coverage(RANDOM.normal(size=(50, 2)), np.full((50, 2), 1e3)) == (0, 0)


def test_a_generator_that_repeats_the_means_has_no_variance() -> None:
    clusters = np.repeat([0, 1], 50)
    real = RANDOM.normal(size=(100, 3)) + 5 * clusters[:, None]
    means = np.stack([np.tile(real[clusters == mode].mean(axis=0), (30, 1)) for mode in (0, 1)])

    assert variance_ratios(real, clusters, means) == pytest.approx([0, 0], abs=1e-12)


def test_two_halves_of_a_normal_distribution_have_a_ratio_of_one_and_half_the_spread_a_quarter() -> None:
    clusters = np.repeat([0, 1, 2], 4000)
    real = RANDOM.normal(size=(12000, 5)) * [3, 1, 1, 1, 1] + 10 * clusters[:, None]
    generated = RANDOM.normal(size=(3, 4000, 5)) * [3, 1, 1, 1, 1]
    generated[1] /= 2

    ratios = variance_ratios(real, clusters, generated)

    assert ratios == pytest.approx([1, 0.25, 1], rel=0.06)
    by_covariance = np.trace(np.cov(generated[2].T)) / np.trace(np.cov(real[clusters == 2].T))
    assert ratios[2] == pytest.approx(by_covariance)


def test_a_mode_of_few_or_equal_real_samples_has_no_ratio() -> None:
    clusters = np.array([0] * 9 + [1] * 20 + [2] * 20)
    real = RANDOM.normal(size=(49, 2))
    real[clusters == 2] = 1.0

    ratios = variance_ratios(real, clusters, RANDOM.normal(size=(4, 10, 2)))

    assert np.isnan(ratios).tolist() == [True, False, True, True]
