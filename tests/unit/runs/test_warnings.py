"""What a person is told before a run whose result would mislead."""

from dataclasses import replace

import numpy as np
import pytest

from clustergan_core.data.dataset import UNLABELLED, Dataset, share_samples
from clustergan_core.evaluation.crossing import Crossing
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.warnings import describe_crossing, list_warnings

N_SAMPLES = 90
SAMPLES = np.random.default_rng(0).random((N_SAMPLES, 3)).astype(np.float32)
THIRDS = np.arange(N_SAMPLES) % 3


def table(labels: np.ndarray | None = None) -> Dataset:
    names = () if labels is None else ("ape", "bee", "cod")
    return Dataset("zoo", "table", SAMPLES, share_samples(N_SAMPLES), labels, names)


def warn(dataset: Dataset, n_clusters: int = 3, **settings: int) -> list[str]:
    config = make_config(
        dataset, "zoo.csv", method="clustergan", preset="default", settings={"n_clusters": n_clusters, **settings}
    )
    return list_warnings(config, dataset)


def test_nothing_is_said_of_ordinary_data() -> None:
    assert warn(table(THIRDS), batch_size=32) == []
    assert warn(table(), batch_size=32) == []


@pytest.mark.parametrize(
    ("n_clusters", "said"),
    [(90, "K = 90 is no less than the 90 training samples"), (30, "K = 30 leaves fewer than 5 of the 90 scored")],
)
def test_a_k_that_leaves_modes_empty_is_named(n_clusters: int, said: str) -> None:
    (warning,) = warn(table(THIRDS), n_clusters, batch_size=32)
    assert warning.startswith(said)


def test_batches_larger_than_the_data_are_named() -> None:
    (warning,) = warn(table(THIRDS), batch_size=91)
    assert warning.startswith("Batches of 91")


def test_labels_of_one_class_cannot_be_scored() -> None:
    (warning,) = warn(table(np.ones(N_SAMPLES, dtype=np.int64)), batch_size=32)
    assert warning == "All labels are the same (bee): purity, accuracy, NMI and ARI cannot be scored with one class."


def test_labels_that_are_all_missing_are_told_from_labels_of_one_class() -> None:
    nothing = np.full(N_SAMPLES, UNLABELLED)
    assert warn(table(nothing), batch_size=32) == [
        "No sample has a label, so purity, accuracy, NMI and ARI will not be shown."
    ]


def test_how_many_samples_have_a_label_is_said_where_many_have_none() -> None:
    few = np.where(np.arange(N_SAMPLES) < 30, THIRDS, UNLABELLED)
    assert warn(table(few), batch_size=32) == ["30 of 90 samples have a label, and only these are scored with labels."]
    assert (
        warn(replace(table(few), labels=np.where(np.arange(N_SAMPLES) < 85, THIRDS, UNLABELLED)), batch_size=32) == []
    )


@pytest.mark.parametrize(
    ("method", "across", "share", "advice"),
    [
        ("paired-clustergan", "harmony", 0.03, "Training corrects for it (Partners across samples: harmony)."),
        ("paired-clustergan", "none", 0.03, "set Partners across samples to harmony to correct for it."),
        ("clustergan", None, 0.03, "This method does not correct for it"),
        ("paired-clustergan", "harmony", 0.48, "Correction is not needed: set Partners across samples to none"),
        ("paired-clustergan", "none", 0.48, "Correction is not needed, and there is none."),
    ],
)
def test_whether_samples_mix_by_themselves_comes_with_what_the_run_does(
    method: str, across: str | None, share: float, advice: str
) -> None:
    settings = {"n_clusters": 3} | ({} if across is None else {"partners_across": across})
    config = make_config(table(), "zoo.csv", method=method, settings=settings)
    said = describe_crossing(config, Crossing(share, 0.5))
    assert advice in said
    assert f"{share:.0%} of a cell's nearest neighbours are from another sample, where 50% would be" in said
    assert ("do not mix" in said) == (share < 0.4)
