"""Paired ClusterGAN's own parts: the conditioned critic, R1, its phases, partners and masses."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_rand_score
from torch import Tensor, nn

from clustergan_core.data.dataset import Dataset, share_samples
from clustergan_core.evaluation.neighbours import nearest_neighbours, sharing_neighbours
from clustergan_core.generation import draw_latent
from clustergan_core.method import Batch
from clustergan_core.methods.paired_clustergan import PairedClusterGAN, PairedClusterGANSettings
from clustergan_core.nn.losses import non_saturating_critic_loss, non_saturating_generator_loss, zero_centred_penalty
from clustergan_core.nn.networks import ConditionedCritic, Critic
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


def rates(method: PairedClusterGAN) -> dict[str, float]:
    return {name: float(optimizer.param_groups[0]["lr"]) for name, optimizer in method.optimizers().items()}


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
    weight = torch.tensor([3.0, 4.0])  # which is its gradient everywhere
    assert float(zero_centred_penalty(weight.expand(7, 2))) == pytest.approx(25.0)


def test_the_penalty_is_taken_at_real_samples_of_their_clusters():
    method, random = prepared(), torch.Generator().manual_seed(7)
    real, fake = torch.rand(5, 6, generator=random), torch.rand(5, 6, generator=random)
    cluster = torch.tensor([0, 2, 1, 1, 0])
    method.variant = "game with penalty and codes"
    losses = method.critic_losses(real, fake, cluster)
    points = real.clone().requires_grad_(True)
    (gradients,) = torch.autograd.grad(method.critic(points, cluster).sum(), points)
    assert float(losses["penalty"].detach()) == pytest.approx(float(gradients.square().sum(dim=1).mean()), rel=1e-4)
    method.variant = "game"
    without = method.critic_losses(real, fake, cluster)
    assert without.keys() == {"critic"}
    assert float(without["critic"].detach()) == pytest.approx(float(losses["critic"].detach()), rel=1e-5)


def test_the_warm_up_trains_the_encoder_alone():
    method, samples = prepared(warm_up_share=0.5), draw_samples()
    before = {name: value.clone() for name, value in method.state_dict().items()}
    losses = train_some(method, samples, range(1, 6), n_steps=10)
    moved = {name.split(".")[0] for name, value in method.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == {"encoder", "mean_encoder", "kept_start"}
    assert [list(row) for row in losses] == [["pairs"]] * 5


def test_temperature_and_strictness_fall_over_each_start():
    method = prepared(warm_up_share=0.5, n_starts=2, first_temperature=1.0, temperature=0.2, strictness=0.6)
    seen = []
    for step in range(1, 7):
        method.begin_step(step, 12)
        seen.append((round(float(method.temperature), 3), round(float(method.strictness), 3)))
    start = [(0.733, 0.867), (0.467, 0.733), (0.2, 0.6)]
    assert seen == [*start, *start]


def test_strictness_begins_where_it_is_told_to():
    method = prepared(warm_up_share=0.5, n_starts=2, first_strictness=0.2, strictness=0.5)
    seen = []
    for step in range(1, 7):
        method.begin_step(step, 12)
        seen.append(round(float(method.strictness), 3))
    assert seen == [0.3, 0.4, 0.5] * 2


def test_partners_share_neighbours_where_there_are_candidates_and_are_the_nearest_where_not():
    samples = draw_samples()
    nearest = nearest_neighbours(samples.numpy(), 4)
    sharing = sharing_neighbours(samples.numpy(), 4, 12)
    assert not np.array_equal(sharing, nearest)
    for n_candidates, expected in ((0, nearest), (4, nearest), (12, sharing)):
        chosen = prepared(samples, n_candidates=n_candidates).partners.neighbours
        assert chosen is not None
        assert np.array_equal(chosen.numpy(), expected)


@pytest.mark.parametrize("across", ["none", "harmony", "mutual"])
def test_partners_of_one_batch_are_those_without_batches(across: str):
    samples = draw_samples()
    expected = prepared(samples, n_candidates=12).partners.neighbours
    method = build(n_candidates=12, partners_across=across)
    method.receive_batches(np.zeros(len(samples), dtype=np.int64))
    method.prepare(samples, torch.Generator().manual_seed(1))
    assert expected is not None
    assert method.partners.neighbours is not None
    assert torch.equal(method.partners.neighbours, expected)


def test_partners_cross_batches_unless_they_may_not():
    batches = np.repeat([0, 1], 30)
    samples = draw_samples()
    samples[:, 0] += 0.5 * torch.from_numpy(batches)
    shares = {}
    for across in ("none", "harmony", "mutual"):
        method = build(n_candidates=12, partners_across=across)
        method.receive_batches(batches)
        method.prepare(samples, torch.Generator().manual_seed(1))
        assert method.partners.neighbours is not None
        shares[across] = float((batches[method.partners.neighbours.numpy()] != batches[:, None]).mean())
    assert shares["none"] + 0.1 < shares["harmony"]
    assert shares["none"] + 0.1 < shares["mutual"] <= 0.5


def test_of_few_samples_partners_are_fewer_than_half_of_a_clusters_share():
    samples = draw_samples()
    share = len(samples) // 4
    for n_neighbours, n_candidates in ((2 * share, 0), (2 * share, 3 * share)):
        chosen = prepared(
            samples, n_clusters=4, n_neighbours=n_neighbours, n_candidates=n_candidates
        ).partners.neighbours
        assert chosen is not None
        assert chosen.shape == (len(samples), share // 2)


def test_learning_rates_fall_to_zero_over_the_game():
    method = prepared(warm_up_share=0.5, learning_rate=0.1, encoder_learning_rate=0.02)
    train_some(method, draw_samples(), range(1, 7), n_steps=10)
    assert rates(method) == pytest.approx({"critic": 0.1, "generator": 0.1, "encoder": 0.02})
    method.begin_step(10, 10)
    pace = (1 + np.cos(np.pi * 4 / 5)) / 2  # four of the game's five steps are over
    assert rates(method) == pytest.approx({"critic": 0.1 * pace, "generator": 0.1 * pace, "encoder": 0.02 * pace})


def test_of_two_starts_the_one_goes_on_whose_codes_tell_most_about_partners():
    samples = draw_samples()
    method = prepared(samples, warm_up_share=1.0, n_starts=2)
    ends, informations = [], []
    for step in range(1, 9):
        train_some(method, samples, range(step, step + 1), n_steps=8)
        if step % 4 == 0:
            ends.append({name: value.clone() for name, value in method.mean_encoder.state_dict().items()})
            informations.append(float(method.kept_start.merit))
    assert informations == sorted(informations) and informations[0] > 0
    # The kept one changes only where a start was better, and in the end is what encodes.
    best = max(index for index in range(2) if index == 0 or informations[index] > informations[index - 1])
    weights = dict(method.encoder.named_parameters())
    for name, value in method.mean_encoder.named_parameters():
        assert torch.equal(value, method.kept_start.encoder.get_parameter(name)) and torch.equal(value, weights[name])
        assert torch.equal(value, ends[best][name])


def test_of_several_starts_the_one_goes_on_that_agrees_best_with_the_others():
    samples = draw_samples()
    method = prepared(samples, n_clusters=4, warm_up_share=1.0, n_starts=5)
    ends, clusters = [], []
    for step in range(1, 21):
        train_some(method, samples, range(step, step + 1), n_steps=20)
        if step in (4, 8, 12, 16):  # the last start's end has already handed over
            ends.append({name: value.clone() for name, value in method.mean_encoder.state_dict().items()})
            codes = method.encode(samples).cluster
            assert codes is not None
            clusters.append(codes.argmax(dim=1).numpy())
    assert method.ended_starts is not None
    last = method.ended_starts.clusters[4, : len(samples)].numpy()
    for number, found in enumerate(clusters):
        assert np.array_equal(method.ended_starts.clusters[number, : len(samples)].numpy(), found)
    agreement = [sum(adjusted_rand_score(one, other) for other in [*clusters, last]) for one in [*clusters, last]]
    typical = int(method.ended_starts.find_typical())
    assert agreement[typical] == pytest.approx(max(agreement))  # several may agree as well
    for name, value in method.mean_encoder.named_parameters():
        assert torch.equal(value, method.kept_start.encoder.get_parameter(name))
        if typical < 4:  # sums in another order on another machine may choose another start
            assert torch.equal(value, ends[typical][name])


def test_a_resumed_warm_up_knows_the_starts_that_have_ended():
    samples = draw_samples()
    unbroken, resumed = (prepared(samples, warm_up_share=1.0, n_starts=3) for _ in range(2))
    train_some(unbroken, samples, range(1, 10), n_steps=12)
    resumed.load_state_dict({name: value.clone() for name, value in unbroken.state_dict().items()})
    assert unbroken.ended_starts is not None and resumed.ended_starts is not None
    assert resumed.ended_starts.scores.isfinite().tolist() == [True, True, False]
    assert torch.equal(resumed.ended_starts.clusters, unbroken.ended_starts.clusters)


def test_the_end_of_a_start_may_be_repeated_as_an_estimate_of_the_duration_does():
    samples = draw_samples()
    method = prepared(samples, warm_up_share=1.0, n_starts=3)
    train_some(method, samples, range(1, 5), n_steps=12)
    for _ in range(5):
        train_some(method, samples, range(4, 5), n_steps=12)
    assert method.ended_starts is not None
    assert method.ended_starts.scores.isfinite().tolist() == [True, False, False]


def test_a_checkpoint_from_before_starts_were_compared_is_read():
    samples = draw_samples()
    method = prepared(samples, warm_up_share=0.5, n_starts=3)
    train_some(method, samples, range(1, 13), n_steps=12)
    older = {name: value for name, value in method.state_dict().items() if not name.startswith("ended_starts.")}
    resumed = prepared(samples, warm_up_share=0.5, n_starts=3)
    resumed.load_state_dict(older)
    assert torch.equal(resumed.kept_start.masses, method.kept_start.masses)


def test_a_training_tells_how_much_the_codes_of_its_best_start_say_of_partners():
    samples = draw_samples()
    method = prepared(samples, warm_up_share=1.0, n_starts=2)
    assert method.label_free_figures() == {}
    train_some(method, samples, range(1, 9), n_steps=8)
    told = method.label_free_figures()
    assert told == {"pair_information": float(method.kept_start.merit)}
    assert 0 < told["pair_information"] <= np.log(3)


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


def test_codes_and_penalty_join_every_fourth_step_of_the_game():
    method, samples = prepared(warm_up_share=0.2), draw_samples()
    losses = train_some(method, samples, range(1, 11), n_steps=10)
    assert [step for step, row in enumerate(losses, start=-1) if "codes" in row] == [4, 8]
    assert [step for step, row in enumerate(losses, start=-1) if "penalty" in row] == [4, 8]


def test_the_game_holds_the_codes_that_the_best_start_gave():
    samples = draw_samples()
    method = prepared(samples, warm_up_share=0.5)
    train_some(method, samples, range(1, 6), n_steps=10)
    found = method.encode(samples).cluster
    train_some(method, samples, range(6, 10), n_steps=10)
    assert method.codes is not None and found is not None
    assert torch.allclose(method.codes, found, atol=1e-6)
    # The critic meets each real sample as a member of the cluster it was given, whatever the encoder says by now.
    assert torch.equal(method._find_clusters(Batch(samples, torch.arange(60))), found.argmax(dim=1))
    logits = method._code_logits(samples)
    expected = -(found * logits.log_softmax(dim=1)).sum(dim=1).mean()
    assert float(method.codes_loss(Batch(samples, torch.arange(60))).detach()) == pytest.approx(
        float(expected.detach()), rel=1e-4
    )


@pytest.mark.parametrize(("partners", "is_moved"), [("neighbours", False), ("none", True)])
def test_codes_of_generated_samples_teach_the_encoder_only_where_none_are_held(partners, is_moved):
    samples = draw_samples()
    method = prepared(samples, partners=partners, warm_up_share=0.1, normal_weight=0.0, code_weight=0.0)
    train_some(method, samples, range(1, 2), n_steps=10)
    for row in train_some(method, samples, range(2, 3), n_steps=10):
        assert row["cluster_recovery"] > 0
    gradients = [parameter.grad for parameter in method.encoder.parameters()]
    assert any(gradient is not None and bool(gradient.any()) for gradient in gradients) == is_moved


def test_without_partners_there_is_no_warm_up_and_no_pair():
    method, samples = prepared(partners="none", warm_up_share=0.5), draw_samples()
    losses = train_some(method, samples, range(1, 9), n_steps=8)
    assert all(not row.keys() & {"pairs", "codes"} and "generator" in row for row in losses)


def test_without_partners_statistics_are_those_of_real_samples():
    method = prepared(partners="none")
    samples = draw_samples() + 5
    before = {name: value.clone() for name, value in method.mean_encoder.named_buffers() if "running" in name}
    train_some(method, samples, range(1, 9), n_steps=8)
    assert before
    for name, value in before.items():
        assert not torch.equal(method.mean_encoder.get_buffer(name), value)


def test_learned_masses_follow_the_codes_and_uniform_ones_stay():
    samples = draw_samples()
    for masses, is_still in (("uniform", True), ("learned", False)):
        method = prepared(masses=masses, warm_up_share=1.0)
        train_some(method, samples, range(1, 6), n_steps=5)
        assert torch.allclose(method.masses.shares, torch.full((3,), 1 / 3), atol=1e-6) == is_still
        assert float(method.masses.shares.sum()) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("masses", ["uniform", "learned"])
def test_generated_samples_are_drawn_by_learned_masses(masses):
    method = build(masses=masses)
    method.masses.shares.copy_(torch.tensor([0.7, 0.1, 0.2]))
    shares = draw_latent(method, 8000).cluster.mean(dim=0)
    expected = [0.7, 0.1, 0.2] if masses == "learned" else [1 / 3] * 3
    assert torch.allclose(shares, torch.tensor(expected), atol=0.02)


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


def test_each_step_says_which_networks_train() -> None:
    settings = PairedClusterGANSettings.model_validate({"n_starts": 4, "warm_up_share": 0.5})
    describe = PairedClusterGAN.describe_step
    assert "The generator begins after step 50." in describe(settings, 0, 100)
    for step, start in ((1, 1), (13, 2), (50, 4)):
        said = describe(settings, step, 100)
        assert f"the encoder alone learns, from pairs of real samples, in start {start} of 4" in said
    for step in (51, 100, 150):
        assert describe(settings, step, 100).startswith("Phase 2 of 2: generator and critic train")
    assert "start" not in describe(settings.model_copy(update={"n_starts": 1}), 10, 100)
    assert describe(settings.model_copy(update={"partners": "none"}), 10, 100) == ""
