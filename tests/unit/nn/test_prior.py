"""The prior's distribution, its walks and its repeatability."""

import numpy as np
import pytest
import torch
from scipy.stats import chisquare, kstest

from clustergan_core.nn.prior import Latent, ModeWeights, Prior

CPU = torch.device("cpu")


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_modes_are_drawn_uniformly():
    latent = Prior(n_normal=2, n_clusters=10, sigma=0.1).sample(20_000, seeded(0), CPU)
    assert chisquare(latent.cluster.sum(dim=0).numpy()).pvalue > 0.01


def test_modes_are_drawn_by_their_masses():
    masses = ModeWeights(3)
    masses.shares.copy_(torch.tensor([0.7, 0.1, 0.2]))
    counts = torch.bincount(masses.draw(20_000, seeded(0)), minlength=3)
    assert chisquare(counts.numpy(), 20_000 * np.array([0.7, 0.1, 0.2])).pvalue > 0.01


def test_masses_begin_equal_and_cover_rounding():
    masses = ModeWeights(7)
    assert masses.shares.tolist() == pytest.approx([1 / 7] * 7)
    masses.shares.mul_(0.5)  # as if sums fell short of 1
    assert int(masses.draw(1000, seeded(0)).max()) == 6


def test_the_cluster_part_is_one_hot():
    cluster = Prior(n_normal=2, n_clusters=7, sigma=0.1).sample(500, seeded(0), CPU).cluster
    assert cluster.shape == (500, 7)
    assert set(cluster.unique().tolist()) == {0.0, 1.0}
    assert (cluster.sum(dim=1) == 1).all()


@pytest.mark.parametrize("sigma", [0.1, 1.5])
def test_the_normal_part_is_normal_with_standard_deviation_sigma(sigma):
    normal = Prior(n_normal=5, n_clusters=3, sigma=sigma).sample(4_000, seeded(1), CPU).normal
    assert normal.shape == (4_000, 5)
    assert kstest(normal.flatten().numpy() / sigma, "norm").pvalue > 0.01


def test_the_two_parts_are_drawn_independently():
    latent = Prior(n_normal=1, n_clusters=2, sigma=1.0).sample(20_000, seeded(2), CPU)
    means = [float(latent.normal[latent.cluster[:, mode] == 1].mean()) for mode in (0, 1)]
    assert means == pytest.approx([0, 0], abs=0.04)


def test_a_given_mode_is_kept():
    modes = torch.tensor([3, 0, 3, 1])
    latent = Prior(n_normal=2, n_clusters=4, sigma=0.1).sample(4, seeded(0), CPU, cluster=modes)
    assert latent.cluster.argmax(dim=1).tolist() == [3, 0, 3, 1]


def test_the_generator_decides_what_is_drawn_and_global_randomness_does_not():
    prior = Prior(n_normal=3, n_clusters=5, sigma=0.1)
    first = prior.sample(50, seeded(7), CPU).joined()
    torch.rand(11)
    assert torch.equal(first, prior.sample(50, seeded(7), CPU).joined())
    assert not torch.equal(first, prior.sample(50, seeded(8), CPU).joined())


def test_joined_puts_the_normal_part_first():
    latent = Latent(torch.full((2, 3), 0.5), torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    assert latent.joined().tolist() == [[0.5, 0.5, 0.5, 1, 0], [0.5, 0.5, 0.5, 0, 1]]


def test_a_walk_starts_at_mu_one_and_ends_at_mu_zero():
    walk = Prior(n_normal=2, n_clusters=4, sigma=0.1).walk(2, 0, torch.tensor([1.0, 0.75, 0.0]))
    assert walk.tolist() == [[0, 0, 1, 0], [0.25, 0, 0.75, 0], [1, 0, 0, 0]]


def test_a_walk_stays_on_the_simplex():
    walk = Prior(n_normal=2, n_clusters=6, sigma=0.1).walk(1, 5, torch.linspace(0, 1, 33))
    assert (walk >= 0).all()
    assert torch.allclose(walk.sum(dim=1), torch.ones(33))


def test_a_walk_from_a_mode_to_itself_stays_there():
    walk = Prior(n_normal=2, n_clusters=3, sigma=0.1).walk(1, 1, torch.tensor([0.0, 0.3, 1.0]))
    assert torch.allclose(walk, torch.tensor([[0.0, 1.0, 0.0]] * 3))


def test_a_mixture_scales_weights_to_the_simplex():
    prior = Prior(n_normal=2, n_clusters=4, sigma=0.1)
    mixed = prior.mixture(torch.tensor([[2.0, 0.0, 6.0, 0.0], [-1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]))
    assert mixed.tolist() == [[0.25, 0, 0.75, 0], [0, 1, 0, 0], [0.25, 0.25, 0.25, 0.25]]
