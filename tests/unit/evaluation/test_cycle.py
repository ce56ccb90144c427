"""Cycle losses against their definition."""

import numpy as np
import pytest

from clustergan_core.evaluation.cycle import latent_cycle_loss, sample_cycle_loss


def test_sample_cycle_loss_averages_over_samples_and_pixels():
    samples = np.zeros((2, 1, 2, 2), dtype=np.float32)
    reconstructions = np.array([[[[1, 0], [0, 0]]], [[[0, 2], [0, 1]]]], dtype=np.float32)
    assert sample_cycle_loss(samples, reconstructions) == pytest.approx((1 + 4 + 1) / 8)


def test_squared_length_is_the_value_times_the_dimensions():
    generator = np.random.default_rng(0)
    samples, reconstructions = generator.random((2, 50, 3, 4, 4), dtype=np.float32)
    lengths = [float(np.linalg.norm((x - y).ravel()) ** 2) for x, y in zip(samples, reconstructions, strict=True)]
    assert sample_cycle_loss(samples, reconstructions) * 48 == pytest.approx(np.mean(lengths), rel=1e-5)


def test_latent_cycle_loss_reads_the_code_as_probabilities():
    latents = np.array([[0.5, 1, 0]], dtype=np.float32)
    recovered = np.array([[0.25, 0.8, 0.2]], dtype=np.float32)
    assert latent_cycle_loss(latents, recovered) == pytest.approx((0.0625 + 0.04 + 0.04) / 3)


def test_a_perfect_cycle_costs_nothing():
    latents = np.random.default_rng(0).random((5, 7), dtype=np.float32)
    assert latent_cycle_loss(latents, latents.copy()) == 0.0


def test_arrays_of_different_shapes_are_not_broadcast():
    with pytest.raises(AssertionError):
        sample_cycle_loss(np.zeros((4, 1, 2, 2), dtype=np.float32), np.zeros((1, 1, 2, 2), dtype=np.float32))
