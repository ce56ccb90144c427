"""Paired ClusterGAN on several samples of an experiment: its generator and critic know them, its encoder does not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from clustergan_core.generation import draw_latent, generate_all, generate_latents
from clustergan_core.method import Batch
from clustergan_core.methods import build_method, parse_settings
from clustergan_core.methods.paired_clustergan import PairedClusterGAN
from clustergan_core.methods.paired_clustergan.conditioning import BatchGenerator, SeenPairs, fit_pair_means
from clustergan_core.nn.networks import ConditionedCritic, Critic
from clustergan_core.nn.prior import Latent
from clustergan_core.runs.weights import load_weights, write_shipped_weights

CPU = torch.device("cpu")
SMALL = {"n_clusters": 3, "n_normal": 2, "batch_size": 8, "pair_batch_size": 12, "width": 0.1, "n_neighbours": 4}
N_SAMPLES = 60
BATCHES: NDArray[np.int64] = np.repeat([0, 1], N_SAMPLES // 2)


def build(n_batches: int = 2, **settings: Any) -> PairedClusterGAN:
    chosen = parse_settings("paired-clustergan", SMALL | settings)
    method = build_method("paired-clustergan", chosen, "table", (6,), 0, CPU, n_batches)
    assert isinstance(method, PairedClusterGAN)
    return method


def draw_samples() -> Tensor:
    return torch.rand(N_SAMPLES, 6, generator=torch.Generator().manual_seed(2))


def prepared(batches: NDArray[np.int64] | None = BATCHES, n_batches: int = 2, **settings: Any) -> PairedClusterGAN:
    method = build(n_batches, **settings)
    if batches is not None:
        method.receive_batches(batches)
    method.prepare(draw_samples(), torch.Generator().manual_seed(1))
    return method


def train_some(method: PairedClusterGAN, n_steps: int) -> list[dict[str, Tensor]]:
    samples, losses = draw_samples(), []
    for step in range(1, n_steps + 1):
        method.begin_step(step, n_steps)
        chosen = [
            torch.randint(N_SAMPLES, (size,), generator=torch.Generator().manual_seed(step))
            for size in method.batch_sizes
        ]
        losses.append(method.train_step([Batch(samples[indices], indices) for indices in chosen]))
    return losses


def give_codes(method: PairedClusterGAN, modes: NDArray[np.int64]) -> None:
    """Holds codes as if the warm-up had found these modes (N,)."""
    method.variant = "game"
    method.codes = torch.eye(3)[torch.from_numpy(modes)]


@pytest.mark.parametrize(("n_batches", "settings"), [(1, {}), (2, {"condition_on_samples": False})])
def test_one_sample_or_none_told_trains_as_without_any(n_batches: int, settings: dict[str, Any]):
    plain = prepared(batches=None, n_batches=0, partners_across="none")
    batches = np.zeros(N_SAMPLES, dtype=np.int64) if n_batches == 1 else BATCHES
    other = prepared(batches, n_batches, partners_across="none", **settings)
    assert plain.state_dict().keys() == other.state_dict().keys()
    for before, after in zip(train_some(plain, 10), train_some(other, 10), strict=True):
        assert before.keys() == after.keys()
        assert all(torch.equal(before[name], after[name]) for name in before)
    for name, value in plain.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name
    assert torch.equal(plain.random.get_state(), other.random.get_state())
    assert other.n_batches == 0
    assert other.seen_pairs is None


def test_the_critic_adds_a_direction_of_the_batch_to_its_score():
    first, last = nn.Linear(2, 3), nn.Linear(3, 1)
    critic = ConditionedCritic(Critic(nn.Sequential(first, nn.ReLU(), last)), n_clusters=2, n_batches=3)
    samples, cluster, batch = torch.randn(5, 2), torch.tensor([0, 1, 1, 0, 1]), torch.tensor([2, 2, 0, 1, 0])
    assert critic.batch_directions is not None
    parts = [first.weight, first.bias, last.weight, last.bias, critic.directions.weight, critic.batch_directions.weight]
    w1, b1, w2, b2, v, u = (part.detach().numpy() for part in parts)
    hidden = np.maximum(0, samples.numpy() @ w1.T + b1)
    expected = (hidden * (w2 + v[cluster.numpy()] + u[batch.numpy()])).sum(axis=1) + b2
    assert np.allclose(critic(samples, cluster, batch).detach().numpy(), expected, atol=1e-5)


def test_without_a_batch_cells_are_averaged_over_batches_as_their_mode_has_them():
    method = build()
    assert method.pairs is not None
    method.pairs.counts.copy_(torch.tensor([[30, 10], [0, 60], [0, 0]]))
    normal = torch.randn(4, 2, generator=torch.Generator().manual_seed(5))
    code = torch.tensor([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0]])
    first, second = (method.generate(Latent(normal, code, torch.full((4,), batch))).numpy() for batch in (0, 1))
    of_first = np.array([0.75, 0, 0.3, 0.375])[:, None]  # an empty mode as all cells: 30 of 100
    expected = of_first * first + (1 - of_first) * second
    assert np.allclose(method.generate(Latent(normal, code)).numpy(), expected, atol=1e-6)


def test_the_generator_takes_the_embedding_of_the_batch():
    body = nn.Linear(3 + 2, 4)
    generator = BatchGenerator(body, n_batches=3, n_dimensions=2)
    latent, batch = torch.randn(6, 3), torch.tensor([0, 2, 1, 1, 0, 2])
    weight, bias, embedding = (part.detach().numpy() for part in (body.weight, body.bias, generator.embedding.weight))
    expected = np.hstack([latent.numpy(), embedding[batch.numpy()]]) @ weight.T + bias
    assert np.allclose(generator(latent, batch).detach().numpy(), expected, atol=1e-5)


def test_an_embedding_has_eight_dimensions_at_most():
    for n_batches, n_dimensions in ((2, 2), (8, 8), (40, 8)):
        generator = build(n_batches).mean_generator
        assert isinstance(generator, BatchGenerator)
        assert generator.embedding.weight.shape == (n_batches, n_dimensions)


def test_modes_and_samples_of_latents_come_from_real_cells(monkeypatch: pytest.MonkeyPatch):
    method = prepared()
    modes = np.where(BATCHES == 0, np.arange(N_SAMPLES) % 2, 2)  # modes 0 and 1 in batch 0 alone, mode 2 in batch 1
    give_codes(method, modes)
    asked: list[tuple[int, int]] = []
    generate, score = method._generate, method.critic.forward

    def record(generator: nn.Module, latent: Latent) -> Tensor:
        assert latent.batch is not None
        asked.extend(zip(latent.cluster.argmax(dim=1).tolist(), latent.batch.tolist(), strict=True))
        return generate(generator, latent)

    def record_scored(samples: Tensor, cluster: Tensor, batch: Tensor | None = None) -> Tensor:
        assert batch is not None
        asked.extend(zip(cluster.tolist(), batch.tolist(), strict=True))
        return score(samples, cluster, batch)

    monkeypatch.setattr(method, "_generate", record)
    monkeypatch.setattr(method.critic, "forward", record_scored)
    indices = torch.arange(0, N_SAMPLES, 4)
    method.train_step([Batch(draw_samples()[indices], indices)])
    assert set(asked) == {(0, 0), (2, 1)}  # every fourth cell is of one of these


def test_latents_are_recovered_from_cells_of_other_samples():
    method = prepared()
    give_codes(method, np.zeros(N_SAMPLES, dtype=np.int64))
    latent = method.prior.sample(N_SAMPLES // 2, method.random, CPU, torch.zeros(N_SAMPLES // 2, dtype=torch.int64))
    latent = Latent(latent.normal, latent.cluster, torch.zeros(N_SAMPLES // 2, dtype=torch.int64))
    made: list[tuple[Tensor, Tensor]] = []
    read: list[Tensor] = []
    method.generator.register_forward_pre_hook(lambda _, inputs: made.append(inputs))
    method.encoder.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0]))
    method.generator_encoder_losses(latent)
    (joined, batch), n = made[0], N_SAMPLES // 2
    assert torch.equal(joined[:n], joined[n:])
    assert torch.equal(batch[:n], torch.zeros(n, dtype=torch.int64))
    assert 0.2 < float(batch[n:].float().mean()) < 0.8  # half of the training samples are of batch 1
    assert len(read) == 1 and len(read[0]) == n


def test_the_loss_of_means_is_the_squared_bias_of_pairs_with_enough_samples():
    random = np.random.default_rng(4)
    clusters, batches = np.repeat([0, 0, 1, 2], [20, 25, 30, 19]), np.repeat([0, 1, 0, 1], [20, 25, 30, 19])
    samples = (random.standard_normal((94, 6)) + 2 * clusters[:, None]).astype(np.float32)
    means = fit_pair_means(
        torch.from_numpy(samples), torch.from_numpy(clusters), torch.from_numpy(batches), n_clusters=3, n_batches=2
    )
    drawn = np.array([0, 0, 1, 2]), np.array([0, 1, 0, 1])
    first, second = random.standard_normal((2, 4, 6)).astype(np.float32)
    expected = [
        (first[row] - samples[own].mean(axis=0)) @ (second[row] - samples[own].mean(axis=0))
        for row, pair in enumerate(zip(*drawn, strict=True))
        if (own := (clusters == pair[0]) & (batches == pair[1])).sum() >= 20
    ]
    assert len(expected) == 3
    pairs = torch.from_numpy(drawn[0]), torch.from_numpy(drawn[1])
    loss = means.loss(torch.from_numpy(first), torch.from_numpy(second), *pairs)
    assert float(loss) == pytest.approx(sum(expected) / 4 / samples.var(axis=0, ddof=1).sum(), rel=1e-4)


def test_means_are_held_unless_their_weight_is_zero():
    assert "sample_means" in train_some(prepared(), 8)[-1]
    assert "sample_means" not in train_some(prepared(sample_mean_weight=0.0), 8)[-1]


def test_pairs_are_counted_by_the_encoder_that_is_saved():
    method = prepared()
    train_some(method, 8)
    method.calibrate(draw_samples())
    clusters = method.assign_all(draw_samples())[0].numpy()
    expected = np.zeros((3, 2), dtype=np.int64)
    np.add.at(expected, (clusters, BATCHES), 1)
    assert method.seen_pairs is not None
    assert np.array_equal(method.seen_pairs.numpy(), expected)


def test_scores_draw_samples_of_the_experiment_as_often_as_their_modes_have_them():
    pairs, random = SeenPairs(3, 2), torch.Generator().manual_seed(3)
    pairs.counts.copy_(torch.tensor([[30, 10], [0, 60], [0, 0]]))
    drawn = pairs.draw(torch.arange(3).repeat_interleave(4_000), random).view(3, 4_000).float().mean(dim=1)
    assert drawn.tolist() == pytest.approx([0.25, 1.0, 0.7], abs=0.03)  # an empty mode as all cells: 70 of 100
    method = build()
    assert method.pairs is not None
    method.pairs.counts.copy_(pairs.counts)
    latent = draw_latent(method, 500)
    assert latent.batch is not None
    assert bool((latent.batch[latent.cluster.argmax(dim=1) == 1] == 1).all())


def test_any_number_of_latents_keep_their_own_samples():
    method = build()
    latent, batch = draw_latent(method, 600), torch.arange(600) % 2
    made = generate_all(method, Latent(latent.normal, latent.cluster, batch)).numpy()
    for number in (0, 1):
        rows = (batch == number).numpy()
        alone = generate_latents(method, latent.cluster.numpy()[rows], latent.normal.numpy()[rows], batch.numpy()[rows])
        assert np.allclose(made[rows], alone, atol=1e-6)
    other = generate_latents(method, latent.cluster.numpy()[:1], latent.normal.numpy()[:1], np.array([1]))
    assert not np.allclose(made[0], other)


def test_shipped_weights_know_samples_and_seen_pairs(tmp_path: Path):
    method, again = prepared(), build()
    train_some(method, 8)
    method.calibrate(draw_samples())
    write_shipped_weights(method, tmp_path)
    load_weights(again, tmp_path, "best")
    assert torch.equal(again.seen_pairs, method.seen_pairs)  # type: ignore[arg-type]
    latent = draw_latent(method, 16)
    with torch.inference_mode():
        assert torch.allclose(method.generate(latent), again.generate(latent), atol=2e-3)  # half precision


@pytest.mark.slow
def test_a_planted_shift_between_samples_is_generated_and_leaves_codes_and_noise_alone():
    random = np.random.default_rng(0)
    modes, batches = random.integers(3, size=600), random.integers(2, size=600)
    centres = np.array([[0.1, 0.1, 0.5], [0.9, 0.1, 0.5], [0.5, 0.9, 0.5]])
    values = np.hstack([centres[modes], 0.3 + 0.4 * batches[:, None], np.full((600, 2), 0.5)])
    samples = torch.from_numpy((values + 0.03 * random.standard_normal(values.shape)).astype(np.float32))
    method = build(batch_size=64, pair_batch_size=64, width=0.25, energy_weight=20.0, partners="neighbours")
    method.receive_batches(batches)
    method.prepare(samples, torch.Generator().manual_seed(1))
    for step in range(1, 801):
        method.begin_step(step, 800)
        chosen = [torch.randint(600, (size,), generator=method.random) for size in method.batch_sizes]
        method.train_step([Batch(samples[indices], indices) for indices in chosen])
    latent = draw_latent(method, 300)
    made = [generate_all(method, Latent(latent.normal, latent.cluster, torch.full((300,), b))).numpy() for b in (0, 1)]
    change = (made[1] - made[0]).mean(axis=0)
    assert change[3] == pytest.approx(0.4, abs=0.08)
    assert np.abs(np.delete(change, 3)).max() < 0.08
    read = [method.encode_all(torch.from_numpy(part)).cluster.argmax(dim=1) for part in made]  # type: ignore[union-attr]
    assert float((read[0] == read[1]).float().mean()) > 0.95
