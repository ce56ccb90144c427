"""A method that is given a few labels gets just those, is scored on other samples, and is said to have used them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import Field
from torch import Tensor

from clustergan_core.data.dataset import UNLABELLED, Dataset, split_samples
from clustergan_core.errors import DataError
from clustergan_core.method import LabelledMethod, LabelledSubset
from clustergan_core.method_facts import LabelledSettings
from clustergan_core.methods import METHODS, build_method
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.worker import execute
from clustergan_core.schedule import Schedule
from clustergan_core.scoring.final import score_method
from clustergan_core.scoring.label_free import score_without_labels
from clustergan_core.training import train
from tests.methods.lacking_methods import FewSettings, PCAKMeans
from tests.small_runs import new_run, small_config

CPU = torch.device("cpu")
N_LABELLED = 30


class LabelledMeansSettings(FewSettings, LabelledSettings):
    n_labelled: int = Field(N_LABELLED, ge=1, le=10_000, title="Labels", description="Samples with a label.")


class LabelledMeans(PCAKMeans, LabelledMethod):
    """Centres that are the means of the samples of each label."""

    name = "labelled-means"
    title = "Labelled means"
    Settings = LabelledMeansSettings

    def prepare(self, samples: Tensor, generator: torch.Generator, labelled: LabelledSubset | None = None) -> None:
        self.labelled = labelled
        super().prepare(samples, generator)

    def calibrate(self, samples: Tensor) -> None:
        if self.labelled is None:
            super().calibrate(samples)
            return
        components = self.encode(samples[self.labelled.indices]).normal
        for label in self.labelled.labels.unique():
            self.centres[label] = components[self.labelled.labels == label].mean(dim=0)


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METHODS, LabelledMeans.name, LabelledMeans)


def toy(n_samples: int = 200, is_shared: bool = False) -> Dataset:
    """Four groups in the corners of a square, of which every other sample is labelled."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 4, n_samples)
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], dtype=np.float32)
    samples = (corners[labels] + 0.05 * random.normal(size=(n_samples, 3))).astype(np.float32)
    labels[1::2] = UNLABELLED
    splits = split_samples(n_samples)
    if is_shared:
        everything = np.arange(n_samples)
        splits = replace(splits, train=everything, validation=everything, test=everything)
    return Dataset("toy", "table", samples, splits, labels, ("a", "b", "c", "d"))


def trained(dataset: Dataset, **settings: str) -> LabelledMeans:
    method = build_method(
        LabelledMeans.name, LabelledMeansSettings.model_validate(settings), dataset.kind, dataset.shape, 0, CPU
    )
    assert isinstance(method, LabelledMeans)
    list(train(method, dataset, Schedule(n_steps=2, log_every=1, evaluate_every=2), 0, CPU))
    return method


def test_it_is_given_as_many_labels_as_it_asks_for_and_they_are_the_samples_own() -> None:
    dataset = toy()
    labelled = trained(dataset).labelled
    assert labelled is not None and dataset.labels is not None
    assert len(labelled.indices.unique()) == len(labelled.labels) == N_LABELLED
    assert np.array_equal(dataset.labels[dataset.splits.train[labelled.indices.numpy()]], labelled.labels.numpy())


def test_another_labelling_changes_what_it_learns() -> None:
    dataset = toy()
    assert dataset.labels is not None
    turned = np.where(dataset.labels == UNLABELLED, UNLABELLED, (dataset.labels + 1) % 4)
    first, second = trained(dataset), trained(replace(dataset, labels=turned))
    assert torch.allclose(first.centres, second.centres.roll(-1, dims=0))
    assert not torch.allclose(first.centres, second.centres)


def test_samples_whose_labels_it_used_are_in_no_score() -> None:
    dataset = toy(is_shared=True)
    method = trained(dataset)
    scores = score_method(method, dataset, "test")
    assert (scores["n"], scores.get("n_labelled"), scores.get("n_labels_used")) == (170, 70, N_LABELLED)
    assert score_without_labels(method, dataset).n == 170


def test_too_few_labels_are_said_before_training() -> None:
    dataset = toy(n_samples=40)
    with pytest.raises(DataError, match="uses 30 labels, but toy has only"):
        trained(dataset)
    with pytest.raises(DataError, match="has only 0 in its training split"):
        trained(replace(toy(), labels=None, label_names=()))


def test_labels_given_by_hand_take_the_place_of_the_datas_own() -> None:
    dataset = toy(is_shared=True)
    method = trained(dataset, given="upper=3,1; lower=8-9")
    assert method.labelled is not None
    assert dict(zip(method.labelled.indices.tolist(), method.labelled.labels.tolist(), strict=True)) == {
        1: 0,
        3: 0,
        8: 1,
        9: 1,
    }
    scores = score_method(method, dataset, "test")
    # Of these four, 8 is labelled in the data.
    assert (scores["n"], scores.get("n_labelled"), scores.get("n_labels_used")) == (196, 99, 4)
    assert trained(replace(dataset, labels=None, label_names=()), given="upper=1; lower=8").labelled is not None


def test_labels_of_samples_that_are_not_trained_on_are_refused() -> None:
    dataset = toy()
    inside, outside = dataset.splits.train[0], np.sort(dataset.splits.test)[:2].tolist()
    with pytest.raises(DataError, match=f"2 of the 3 labels given by hand .* first of them sample {outside[0]}"):
        trained(dataset, given=f"upper={inside}; lower={outside[0]},{outside[1]}")


def test_its_run_and_its_card_say_how_many_labels_it_used(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", small_config("synthetic", n_steps=10, evaluate_every=5, method=LabelledMeans.name))
    execute(run)
    assert run.config.method_title == "Labelled means, used 30 labels"
    assert "Labelled means, used 30 labels" in (run.folder / "card.md").read_text()
    assert "training used 30 other labels" in (run.folder / "card.md").read_text()
    scores = read_scores(run)
    assert scores is not None and scores.get("n_labels_used") == 30
