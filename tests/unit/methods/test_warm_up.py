"""Where a step of the warm-up stands, and what a new start leaves of the last one."""

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_rand_score
from torch import nn

from clustergan_core.methods.paired_clustergan.typical_start import EndedStarts
from clustergan_core.methods.paired_clustergan.warm_up import (
    BestRestart,
    find_start,
    one_cycle,
    reinitialise,
    reset_optimizer_state,
)
from clustergan_core.nn.acceleration import build_adam


@pytest.mark.parametrize(
    ("n_steps", "n_starts", "lengths"), [(12, 3, [4, 4, 4]), (7, 2, [3, 4]), (5, 4, [2, 3]), (1, 3, [1])]
)
def test_starts_share_the_steps_and_follow_each_other(n_steps, n_starts, lengths):
    found = [find_start(step, n_steps, n_starts) for step in range(1, n_steps + 1)]
    expected = [(number, step) for number, length in enumerate(lengths) for step in range(1, length + 1)]
    assert [(start.number, start.step) for start in found] == expected
    assert [start.n_steps for start in found if start.is_final_step] == lengths
    assert {start.number for start in found if start.is_last} == {len(lengths) - 1}


def test_the_learning_rate_rises_and_falls_to_zero():
    assert one_cycle(0.1) == pytest.approx(0.5)
    assert one_cycle(0.2) == pytest.approx(1.0)
    assert one_cycle(0.6) == pytest.approx((1 + math.cos(math.pi / 2)) / 2)
    assert one_cycle(1.0) == pytest.approx(0.0)


def test_a_new_start_has_other_weights_and_fresh_statistics_in_the_same_place():
    linear, norm = nn.Linear(4, 8), nn.BatchNorm1d(8)
    network = nn.Sequential(linear, norm)
    network(torch.randn(16, 4))
    before, places = linear.weight.clone(), [value.data_ptr() for value in network.state_dict().values()]
    draws_elsewhere = torch.get_rng_state()
    reinitialise(network, torch.Generator().manual_seed(5))
    assert not torch.isclose(linear.weight, before).any()
    assert norm.running_mean is not None and norm.running_mean.abs().max() == 0
    assert [value.data_ptr() for value in network.state_dict().values()] == places
    assert torch.equal(torch.get_rng_state(), draws_elsewhere)


def test_the_same_generator_state_gives_the_same_weights():
    networks = [nn.Linear(4, 8), nn.Linear(4, 8)]
    for network in networks:
        reinitialise(network, torch.Generator().manual_seed(5))
    assert torch.equal(networks[0].weight, networks[1].weight)


def test_a_forgetful_optimizer_steps_like_a_new_one():
    start = torch.ones(3)
    old, new = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    used, fresh = build_adam([old], 0.1, (0.5, 0.9)), build_adam([new], 0.1, (0.5, 0.9))
    old.grad = torch.tensor([5.0, -1.0, 2.0])
    used.step()
    with torch.no_grad():
        old.copy_(start)
    reset_optimizer_state(used)
    for parameter, optimizer in ((old, used), (new, fresh)):
        parameter.grad = torch.tensor([0.3, 0.2, -0.1])
        optimizer.step()
    assert torch.equal(old, new)


def test_only_a_better_start_is_kept_and_a_diverged_one_never():
    start = BestRestart(nn.Linear(2, 2), torch.full((2,), 0.5))
    good, worse, diverged = (nn.Linear(2, 2) for _ in range(3))
    nn.init.constant_(diverged.weight, torch.nan)
    shares = torch.tensor([0.3, 0.7])
    start.offer(diverged, torch.full((2,), torch.nan), torch.tensor(torch.nan))
    start.offer(good, shares, torch.tensor(1.0))
    start.offer(worse, 1 - shares, torch.tensor(0.5))
    start.offer(diverged, 1 - shares, torch.tensor(torch.nan))
    assert torch.equal(start.encoder.get_parameter("weight"), good.weight)
    assert torch.equal(start.masses, shares) and float(start.merit) == 1.0


def test_the_start_that_agrees_best_with_the_others_is_handed_over_and_a_diverged_one_never():
    clusters = torch.tensor([[0, 0, 1, 1, 2, 2], [0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 2, 2], [2, 2, 1, 0, 0, 0]])
    encoders = [nn.Linear(2, 2) for _ in range(4)]
    masses = torch.rand(4, 3, generator=torch.Generator().manual_seed(0))
    kept, starts = BestRestart(nn.Linear(2, 2), torch.full((3,), 1 / 3)), EndedStarts(encoders[0], 3, 5)
    for number in range(4):
        score = torch.tensor(9.0 if number == 1 else 1.0)  # the one that agrees with none has the highest score
        starts.add(torch.tensor([number]), encoders[number], masses[number], score, clusters[number])
    starts.hand_over(kept)
    agreement = [sum(adjusted_rand_score(one, other) for other in clusters) for one in clusters]
    typical = int(np.argmax(agreement))
    assert typical == 0
    assert torch.equal(kept.encoder.get_parameter("weight"), encoders[typical].weight)
    assert torch.equal(kept.masses, masses[typical]) and float(kept.merit) == 1.0

    starts.add(torch.tensor([0]), encoders[0], masses[0], torch.tensor(torch.nan), clusters[0])
    starts.hand_over(kept)
    assert not torch.equal(kept.encoder.get_parameter("weight"), encoders[0].weight)
