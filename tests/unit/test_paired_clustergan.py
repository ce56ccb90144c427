"""Paired ClusterGAN's own parts: the conditioned critic, R1, its phases, partners and masses."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from clustergan_core.data.dataset import Dataset, share_samples
from clustergan_core.losses import non_saturating_critic_loss, non_saturating_generator_loss, zero_centred_penalty
from clustergan_core.method import Batch
from clustergan_core.methods.paired_clustergan import PairedClusterGAN, PairedClusterGANSettings
from clustergan_core.networks import ConditionedCritic, Critic
from clustergan_core.training import Checkpoint, Progress, Schedule, train

SMALL = {"n_clusters": 3, "n_normal": 2, "batch_size": 8, "pair_batch_size": 12, "width": 0.1, "n_neighbours": 4}


def build(**settings: Any) -> PairedClusterGAN:
    torch.manual_seed(0)
    return PairedClusterGAN(PairedClusterGANSettings.model_validate(SMALL | settings), "table", (6,))


def prepared(samples: Tensor | None = None, **settings: Any) -> PairedClusterGAN:
    method = build(**settings)
    method.prepare(draw_samples() if samples is None else samples, torch.Generator().manual_seed(1))
    return method


def draw_samples(count: int = 60) -> Tensor:
    return torch.rand(count, 6, generator=torch.Generator().manual_seed(2))


def train_some(method: PairedClusterGAN, samples: Tensor, steps: range, n_steps: int) -> list[dict[str, Tensor]]:
    losses = []
    for step in steps:
        method.begin_step(step, n_steps)
        sizes = method.batch_sizes
        losses.append(method.train_step([Batch(samples[:size], torch.arange(size)) for size in sizes]))
    return losses


def test_the_critic_adds_a_direction_of_the_cluster_to_its_score():
    first, last = nn.Linear(2, 3), nn.Linear(3, 1)
    critic = ConditionedCritic(Critic(nn.Sequential(first, nn.ReLU(), last)), n_clusters=2)
    samples, cluster = torch.randn(5, 2), torch.tensor([0, 1, 1, 0, 1])
    hidden = np.maximum(0, samples.numpy() @ first.weight.T.detach().numpy() + first.bias.detach().numpy())
    weights = last.weight.detach().numpy() + critic.directions.weight.detach().numpy()[cluster.numpy()]
    expected = (hidden * weights).sum(axis=1) + last.bias.detach().numpy()
    assert np.allclose(critic(samples, cluster).detach().numpy(), expected, atol=1e-5)


def test_the_game_is_the_original_one_in_logits():
    real, fake = torch.tensor([0.3, -1.0]), torch.tensor([2.0, 0.1])
    is_real = 1 / (1 + np.exp(-real.numpy()))
    is_fake_real = 1 / (1 + np.exp(-fake.numpy()))
    expected = -np.mean(np.log(is_real)) - np.mean(np.log(1 - is_fake_real))
    assert float(non_saturating_critic_loss(real, fake)) == pytest.approx(expected, rel=1e-5)
    assert float(non_saturating_generator_loss(fake)) == pytest.approx(-np.mean(np.log(is_fake_real)), rel=1e-5)


def test_the_penalty_of_a_linear_critic_is_its_squared_weight():
    weight = torch.tensor([3.0, 4.0])
    assert float(zero_centred_penalty(lambda x: x @ weight, torch.randn(7, 2))) == pytest.approx(25.0)


def test_the_warm_up_trains_the_encoder_alone():
    method, samples = prepared(warm_up_share=0.5), draw_samples()
    before = {name: value.clone() for name, value in method.state_dict().items()}
    losses = train_some(method, samples, range(1, 6), n_steps=10)
    moved = {name.split(".")[0] for name, value in method.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == {"encoder", "mean_encoder"}
    assert [list(row) for row in losses] == [["pairs"]] * 5


def test_temperature_and_strictness_fall_over_each_start_and_stay_in_the_game():
    method = prepared(warm_up_share=0.5, n_starts=2, first_temperature=1.0, temperature=0.2, strictness=0.6)
    seen = []
    for step in range(1, 13):
        method.begin_step(step, 12)
        seen.append((round(float(method.temperature), 3), round(float(method.strictness), 3)))
    start = [(0.733, 0.867), (0.467, 0.733), (0.2, 0.6)]
    assert seen == [*start, *start, *[(0.2, 0.6)] * 6]


def test_the_start_goes_on_whose_codes_tell_most_about_partners():
    samples = draw_samples()
    method = prepared(samples, warm_up_share=1.0, n_starts=3)
    ends, informations = [], []
    for step in range(1, 13):
        train_some(method, samples, range(step, step + 1), n_steps=12)
        if step % 4 == 0:
            ends.append({name: value.clone() for name, value in method.mean_encoder.state_dict().items()})
            informations.append(float(method.kept_information))
    assert informations == sorted(informations) and informations[0] > 0
    # The kept one changes only where a start was better, and in the end is what encodes.
    best = max(index for index in range(3) if index == 0 or informations[index] > informations[index - 1])
    weights = dict(method.encoder.named_parameters())
    for name, value in method.mean_encoder.named_parameters():
        assert torch.equal(value, method.kept_encoder.get_parameter(name)) and torch.equal(value, weights[name])
        if best < 2:
            assert torch.equal(value, ends[best][name])


def test_each_start_has_weights_of_its_own():
    samples = draw_samples()
    method = prepared(samples, warm_up_share=1.0, n_starts=2)
    train_some(method, samples, range(1, 5), n_steps=8)
    first = [parameter.clone() for parameter in method.encoder.parameters() if parameter.dim() > 1]
    train_some(method, samples, range(5, 6), n_steps=8)
    second = [parameter for parameter in method.encoder.parameters() if parameter.dim() > 1]
    assert all(torch.isclose(one, two).float().mean() < 0.1 for one, two in zip(first, second, strict=True))


@pytest.mark.parametrize("after", [3, 4, 8, 9])  # within a start, at its end, at the last one's end, in the game
def test_a_checkpoint_between_starts_continues_as_if_unbroken(after):
    samples = draw_samples().numpy()
    data = Dataset("few", "table", samples, share_samples(len(samples)))
    schedule = Schedule(n_steps=12, log_every=1, evaluate_every=12)

    def run(resume: Checkpoint | None = None) -> Iterator[Progress]:
        method = build(warm_up_share=2 / 3, n_starts=2)
        return train(method, data, schedule, 0, torch.device("cpu"), resume=resume)

    unbroken = list(run())
    checkpoint = next(row.checkpoint() for row in run() if row.step == after)
    rest = list(run(checkpoint))
    assert [row.losses for row in rest] == [row.losses for row in unbroken[after:]]
    assert rest[-1].scores == unbroken[-1].scores


def test_a_single_sample_is_its_own_partner():
    method = prepared(draw_samples(1))
    both = method._with_partners(Batch(draw_samples(1), torch.zeros(1, dtype=torch.int64)))
    assert torch.equal(both[0], both[1])


def test_pairs_and_penalty_join_every_fourth_step_of_the_game():
    method, samples = prepared(warm_up_share=0.0), draw_samples()
    losses = train_some(method, samples, range(1, 9), n_steps=8)
    assert [step for step, row in enumerate(losses, start=1) if "pairs" in row] == [4, 8]
    assert [step for step, row in enumerate(losses, start=1) if "penalty" in row] == [4, 8]


def test_a_partner_is_one_of_the_nearest_samples():
    groups = torch.arange(60) % 3
    samples = draw_samples() / 100 + groups[:, None] * 0.4
    method = prepared(samples)
    both = method._with_partners(Batch(samples, torch.arange(60)))
    distances = torch.cdist(samples, samples)
    nearest = distances.fill_diagonal_(np.inf).argsort(dim=1)[:, :4]
    for sample, partner in enumerate(both[60:]):
        assert any(torch.equal(partner, samples[near]) for near in nearest[sample])


def test_without_partners_there_is_no_warm_up_and_no_pair():
    method, samples = prepared(partners="none", warm_up_share=0.5), draw_samples()
    losses = train_some(method, samples, range(1, 9), n_steps=8)
    assert all("pairs" not in row and "generator" in row for row in losses)


def test_learned_masses_follow_the_codes_and_uniform_ones_stay():
    samples = draw_samples()
    for masses, is_still in (("uniform", True), ("learned", False)):
        method = prepared(masses=masses, warm_up_share=1.0)
        train_some(method, samples, range(1, 6), n_steps=5)
        assert torch.allclose(method.masses, torch.full((3,), 1 / 3), atol=1e-6) == is_still
        assert float(method.masses.sum()) == pytest.approx(1.0, abs=1e-5)


def test_modes_are_drawn_by_their_masses():
    method = prepared(batch_size=8000)
    method.masses.copy_(torch.tensor([0.7, 0.1, 0.2]))
    shares = torch.bincount(method._draw_modes(), minlength=3) / 8000
    assert torch.allclose(shares, torch.tensor([0.7, 0.1, 0.2]), atol=0.02)


def test_two_groups_get_two_codes_after_a_short_warm_up():
    random = torch.Generator().manual_seed(3)
    groups = torch.arange(200) % 2
    samples = torch.rand(200, 6, generator=random) / 5 + 0.7 * groups[:, None]
    method = prepared(samples, n_clusters=2, warm_up_share=1.0, pair_batch_size=64, width=0.25)
    for step in range(1, 61):
        method.begin_step(step, 60)
        indices = torch.randint(200, (64,), generator=random)
        method.train_step([Batch(samples[indices], indices)])
    clusters, _ = method.assign(samples)
    found = [set(clusters[groups == group].tolist()) for group in (0, 1)]
    assert found in ([{0}, {1}], [{1}, {0}])
