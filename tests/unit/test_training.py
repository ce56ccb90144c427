"""train(): seeds, rhythm, labels, and continuing from a checkpoint."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from clustergan_core.data.dataset import (
    UNLABELLED,
    Batches,
    Dataset,
    PlantedModes,
    SampleFacts,
    share_samples,
    split_samples,
)
from clustergan_core.data.registry import load_dataset
from clustergan_core.errors import SettingsError
from clustergan_core.evaluation.neighbours import nearest_neighbours
from clustergan_core.method import Method
from clustergan_core.methods import build_method
from clustergan_core.methods.clustergan import ClusterGANSettings
from clustergan_core.methods.paired_clustergan import PairedClusterGAN, PairedClusterGANSettings
from clustergan_core.training import Checkpoint, Progress, Schedule, train

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")
SETTINGS = ClusterGANSettings.model_validate(
    {"n_clusters": 3, "n_normal": 2, "batch_size": 8, "n_critic_steps": 2, "width": 0.05}
)
SCHEDULE = Schedule(n_steps=12, log_every=2, evaluate_every=6)


def table(labels: np.ndarray | None = None) -> Dataset:
    """120 samples of 6 features around three corners."""
    random = np.random.default_rng(1)
    corners = np.repeat(np.arange(3), 40)
    samples = np.clip(corners[:, None] / 2 + random.normal(0, 0.05, (120, 6)), 0, 1).astype(np.float32)
    labels = corners.astype(np.int64) if labels is None else labels
    return Dataset("table", "table", samples, split_samples(120), labels, ("a", "b", "c"))


def method(seed: int = 0) -> Method:
    return build_method("clustergan", SETTINGS, "table", (6,), seed, CPU)


def trained(dataset: Dataset | None = None, seed: int = 0, schedule: Schedule = SCHEDULE) -> list[Progress]:
    return list(train(method(seed), dataset or table(), schedule, seed, CPU))


def losses(rows: list[Progress]) -> list[dict[str, float]]:
    return [progress.losses for progress in rows]


@pytest.fixture(scope="module")
def unbroken() -> list[Progress]:
    return trained()


def test_the_same_seed_gives_the_same_losses_and_another_does_not(unbroken: list[Progress]) -> None:
    assert losses(trained()) == losses(unbroken)
    assert losses(trained(seed=1)) != losses(unbroken)


def test_neighbours_are_the_same_where_libraries_see_more_cores() -> None:
    digits = load_dataset("digits")  # of which two samples had other neighbours on two threads than on one
    settings = PairedClusterGANSettings.model_validate({"width": 0.05, "pair_batch_size": 8})
    nearest_neighbours(digits.samples[:20])  # a limit holds for the libraries that are loaded by then
    found = []
    for n_cores in (1, 2):
        paired = build_method("paired-clustergan", settings, digits.kind, digits.shape, 0, CPU)
        assert isinstance(paired, PairedClusterGAN)
        with threadpool_limits(n_cores):
            torch.set_num_threads(1)  # as a run does, whatever the machine
            next(train(paired, digits, Schedule(n_steps=1, log_every=1, evaluate_every=1), 0, CPU))
        assert paired.partners.neighbours is not None
        found.append(paired.partners.neighbours)
    assert torch.equal(*found)


def test_a_method_is_told_the_batches_of_the_training_split_alone() -> None:
    plain = table()
    codes = np.arange(120) % 2
    facts = tuple(SampleFacts(sample=name, name=name) for name in ("control", "treated"))
    several = replace(plain, batches=Batches(codes, facts))
    settings = PairedClusterGANSettings.model_validate({"width": 0.05, "pair_batch_size": 8, "n_clusters": 3})
    paired = build_method("paired-clustergan", settings, "table", (6,), 0, CPU)
    assert isinstance(paired, PairedClusterGAN)
    next(train(paired, several, Schedule(n_steps=1, log_every=1, evaluate_every=1), 0, CPU))
    assert paired.batches is not None
    assert paired.batches.tolist() == codes[plain.splits.train].tolist()


def test_training_does_not_depend_on_torchs_own_seed(unbroken: list[Progress]) -> None:
    torch.manual_seed(12345)

    assert losses(trained()) == losses(unbroken)


@rules(max_examples=8)
@given(order=st.permutations(range(120)), n_unlabelled=st.integers(0, 120))
def test_labels_shuffled_or_missing_leave_every_loss_unchanged(
    unbroken: list[Progress], order: list[int], n_unlabelled: int
) -> None:
    labels = np.repeat(np.arange(3), 40)[order]
    labels[:n_unlabelled] = UNLABELLED
    rows = trained(table(labels))

    assert losses(rows) == losses(unbroken)
    assert [row.is_best for row in rows] == [row.is_best for row in unbroken]


def test_rows_come_at_every_log_and_evaluation_step_and_at_the_end() -> None:
    rows = trained(schedule=Schedule(n_steps=11, log_every=4, evaluate_every=6))

    assert [(row.step, row.scores is not None) for row in rows] == [(4, False), (6, True), (8, False), (11, True)]


def test_a_rows_losses_are_means_over_the_steps_since_the_last(unbroken: list[Progress]) -> None:
    every = trained(schedule=Schedule(n_steps=12, log_every=1, evaluate_every=6))
    critic = [row.losses["critic"] for row in every]

    assert unbroken[1].losses["critic"] == pytest.approx((critic[2] + critic[3]) / 2, rel=1e-5)


def test_the_best_weights_are_those_of_the_highest_criterion_and_labels_play_no_part() -> None:
    rows = trained(schedule=Schedule(n_steps=60, log_every=10, evaluate_every=10))
    highest = -np.inf
    for row in rows:
        assert row.scores is not None
        assert row.is_best == (row.scores["criterion"] > highest)
        highest = max(highest, row.scores["criterion"])


def test_where_the_data_has_modes_to_reach_the_last_weights_are_kept_whatever_the_clusters() -> None:
    modes = PlantedModes(np.repeat([[0.0], [0.5], [1.0]], 6, axis=1), 0.05)
    rows = trained(replace(table(), modes=modes), schedule=Schedule(n_steps=60, log_every=10, evaluate_every=10))
    assert all(row.is_best for row in rows)
    assert rows[-1].checkpoint().best["step"] == 60


def test_scores_that_need_labels_are_absent_without_them() -> None:
    dataset = table()
    for unlabelled in (
        Dataset("table", "table", dataset.samples, dataset.splits),
        Dataset("table", "table", dataset.samples, dataset.splits, np.full(120, UNLABELLED), ("a",)),
    ):
        scores = trained(unlabelled)[-1].scores
        assert scores is not None
        assert "purity" not in scores
        assert "silhouette" in scores


def test_a_handful_of_samples_can_be_trained_on() -> None:
    few = Dataset("few", "table", table().samples[:7], share_samples(7))

    assert trained(few)[-1].step == 12


@pytest.mark.parametrize("after", [0, 2, 4])
def test_a_checkpoint_of_any_row_continues_as_if_unbroken(unbroken: list[Progress], after: int) -> None:
    rows: Iterator[Progress] = train(method(), table(), SCHEDULE, 0, CPU)
    checkpoint = next(row for number, row in enumerate(rows) if number == after).checkpoint()
    rest = list(train(method(seed=99), table(), SCHEDULE, 0, CPU, resume=checkpoint))

    assert losses(rest) == losses(unbroken[after + 1 :])
    assert [row.scores for row in rest] == [row.scores for row in unbroken[after + 1 :]]
    assert [row.is_best for row in rest] == [row.is_best for row in unbroken[after + 1 :]]
    assert rest[-1].seconds > checkpoint.seconds


def test_a_checkpoint_does_not_change_when_training_goes_on() -> None:
    rows = train(method(), table(), SCHEDULE, 0, CPU)
    checkpoint = next(rows).checkpoint()
    weights = {name: tensor.clone() for name, tensor in checkpoint.weights.items()}
    next(rows)

    assert all(torch.equal(checkpoint.weights[name], tensor) for name, tensor in weights.items())


def test_looking_more_often_changes_nothing(unbroken: list[Progress]) -> None:
    wishes = iter([True, True, False, False, True, False])
    rows = list(train(method(), table(), SCHEDULE, 0, CPU, evaluate_now=lambda: next(wishes)))

    assert losses(rows) == losses(unbroken)
    assert [row.step for row in rows if row.scores] == [2, 4, 6, 10, 12]
    assert [row.step for row in rows if row.is_best] == [row.step for row in unbroken if row.is_best]
    assert list(wishes) == []  # asked once a row


def test_a_loss_that_is_no_number_ends_the_training_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = method()
    monkeypatch.setattr(broken, "train_step", lambda batches: {"critic": torch.tensor(float("nan"))})

    with pytest.raises(SettingsError, match=r"diverged at step 2 \(the critic loss is nan\): lower the learning rate"):
        next(train(broken, table(), SCHEDULE, 0, CPU))


def test_a_checkpoint_is_what_was_trained(unbroken: list[Progress]) -> None:
    model = method()
    last = list(train(model, table(), SCHEDULE, 0, CPU))[-1]
    checkpoint: Checkpoint = last.checkpoint()

    assert checkpoint.step == 12
    assert checkpoint.weights.keys() == model.state_dict().keys()
    # Two optimisers, and for each parameter Adam's two moments and its count.
    assert len(checkpoint.optimizers) == 3 * len(list(model.parameters()))
