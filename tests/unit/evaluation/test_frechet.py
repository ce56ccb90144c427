"""The Fréchet distance against hand figures and against the textbook formula."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from clustergan_core.evaluation.frechet import frechet_distance


def textbook(first: np.ndarray, second: np.ndarray) -> float:
    """Heusel et al., arXiv 1706.08500, eq. 6, with a matrix square root."""
    cov_1, cov_2 = np.cov(first.T), np.cov(second.T)
    root = sqrtm(cov_1 @ cov_2)
    difference = first.mean(axis=0) - second.mean(axis=0)
    return float(difference @ difference + np.trace(cov_1 + cov_2 - 2 * root.real))


def exactly(mean: list[float], spread: list[float]) -> np.ndarray:
    """Samples whose mean and (diagonal, n − 1) covariance are exactly these: each axis visited at ±c around it."""
    n_axes = len(mean)
    corners = np.vstack([np.eye(n_axes), -np.eye(n_axes)]) * np.sqrt((2 * n_axes - 1) / 2)
    return np.array(mean) + corners * np.array(spread)


def test_in_one_dimension_it_is_the_squared_difference_of_means_and_of_deviations():
    first, second = np.array([[0.0], [2.0]]), np.array([[5.0], [5.0], [8.0]])
    deviations = np.sqrt(2.0), np.sqrt(3.0)  # variances by hand: (1 + 1) / 1 and (1 + 1 + 4) / 2
    assert frechet_distance(first, second) == pytest.approx((6 - 1) ** 2 + (deviations[0] - deviations[1]) ** 2)


def test_for_uncorrelated_features_the_dimensions_add_up():
    first, second = exactly([0, 0, 1], [1, 2, 3]), exactly([1, 0, -1], [4, 2, 1])
    assert np.allclose(np.cov(first.T), np.diag([1, 4, 9]))
    assert frechet_distance(first, second) == pytest.approx((1 + 9) + (0 + 0) + (4 + 4))


def test_it_is_the_textbook_figure_where_that_is_well_conditioned():
    random = np.random.default_rng(0)
    first = random.normal(size=(400, 8)) @ random.normal(size=(8, 8))
    second = random.normal(size=(300, 8)) @ random.normal(size=(8, 8)) + 1
    assert frechet_distance(first, second) == pytest.approx(textbook(first, second), rel=1e-8)


def test_it_stays_exact_with_fewer_samples_than_features():
    # The same points in more dimensions, turned: covariances are singular, distances are what they were.
    random = np.random.default_rng(1)
    first, second = random.normal(size=(20, 3)), random.normal(size=(15, 3)) * [1, 2, 3] + 1
    turn = np.linalg.qr(random.normal(size=(50, 50)))[0][:3]
    assert frechet_distance(first @ turn, second @ turn) == pytest.approx(textbook(first, second), rel=1e-8)


def test_a_shift_adds_its_squared_length():
    features = np.random.default_rng(2).normal(size=(30, 64))
    shift = np.linspace(0, 1, 64)
    assert frechet_distance(features, features + shift) == pytest.approx(shift @ shift)


def test_it_does_not_change_with_the_order_of_the_two():
    random = np.random.default_rng(3)
    first, second = random.normal(size=(25, 40)), random.normal(size=(60, 40)) * 2
    assert frechet_distance(first, second) == pytest.approx(frechet_distance(second, first), rel=1e-12)


def test_equal_samples_are_at_distance_zero_even_when_constant():
    features = np.random.default_rng(4).normal(size=(10, 200)).astype(np.float32)
    assert 0 <= frechet_distance(features, features) < 1e-9
    assert frechet_distance(np.ones((5, 4)), np.ones((7, 4))) == 0.0


def test_more_of_the_same_distribution_lies_nearer():
    features = np.random.default_rng(5).normal(size=(4000, 20))
    few, many = (frechet_distance(features[:n], features[n : 2 * n]) for n in (50, 2000))
    assert many < few / 10
