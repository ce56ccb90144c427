"""Running averages of weights, by hand, and batch statistics that are left alone."""

import torch
from torch import nn

from clustergan_core.nn.averaging import average_into, averaging_rate
from clustergan_core.nn.batch_norm import held_statistics


def test_weights_and_statistics_move_a_tenth_of_the_way_at_a_decay_of_nine_tenths():
    mean, network = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    nn.init.constant_(mean.weight, 1.0)
    nn.init.constant_(network.weight, 3.0)
    network.running_mean = torch.tensor([10.0, -10.0])
    average_into(mean, network, torch.tensor(0.1))
    assert torch.allclose(mean.weight, torch.full((2,), 1.2))
    assert mean.running_mean is not None and torch.allclose(mean.running_mean, torch.tensor([1.0, -1.0]))
    assert torch.equal(network.weight, torch.full((2,), 3.0))


def test_a_short_training_forgets_what_was_there_before_it():
    kept = 1.0
    for step in range(1, 201):
        kept *= 1 - averaging_rate(step, 0.999)
    assert kept < 1e-9


def test_a_long_training_averages_at_its_decay():
    assert averaging_rate(100_000, 0.999) == 1 - 0.999


def test_held_statistics_normalise_by_the_batch_and_stay():
    network = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).train()
    norm = network[1]
    assert isinstance(norm, nn.BatchNorm1d)
    samples = torch.randn(50, 3) + 5
    with held_statistics(network):
        out = network(samples)
    assert torch.allclose(out.mean(dim=0), torch.zeros(2), atol=1e-5)
    assert norm.running_mean is not None and torch.equal(norm.running_mean, torch.zeros(2))
    network(samples)
    assert not torch.equal(norm.running_mean, torch.zeros(2))
