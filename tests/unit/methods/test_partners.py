"""Partners: near samples, other views, and samples that have no other."""

import numpy as np
import torch

from clustergan_core.evaluation.neighbours import nearest_neighbours
from clustergan_core.methods.paired_clustergan.partners import Partners

RANDOM = torch.Generator().manual_seed(1)


def draw_samples(count: int = 60) -> torch.Tensor:
    return torch.rand(count, 6, generator=torch.Generator().manual_seed(2))


def test_a_partner_is_one_of_the_nearest_samples():
    samples = draw_samples() / 100 + (torch.arange(60) % 3)[:, None] * 0.4
    neighbours = torch.from_numpy(nearest_neighbours(samples.numpy(), 4))
    both = Partners(samples, neighbours, False, RANDOM).pair(torch.arange(60))
    assert torch.equal(both[:60], samples)
    nearest = torch.cdist(samples, samples).fill_diagonal_(np.inf).argsort(dim=1)[:, :4]
    for sample, partner in enumerate(both[60:]):
        assert any(torch.equal(partner, samples[near]) for near in nearest[sample])


def test_a_single_sample_is_its_own_partner():
    neighbours = torch.from_numpy(nearest_neighbours(draw_samples(1).numpy(), 4))
    both = Partners(draw_samples(1), neighbours, False, RANDOM).pair(torch.tensor([0, 0]))
    assert torch.equal(both, draw_samples(1).repeat(4, 1))


def test_without_neighbours_a_partner_is_another_view_of_the_sample():
    images = torch.rand(3, 1, 16, 16, generator=torch.Generator().manual_seed(2))
    both = Partners(images, None, True, RANDOM).pair(torch.tensor([1]))
    assert both.shape == (2, 1, 16, 16)
    assert not torch.equal(both[0], both[1]) and not torch.equal(both[0], images[1])


def test_without_neighbours_and_views_a_partner_is_the_sample_itself():
    samples = draw_samples(3)
    assert torch.equal(Partners(samples, None, False, RANDOM).pair(torch.tensor([2])), samples[[2, 2]])
