"""What is said of single modes, against hand-computed figures and constructed examples."""

import numpy as np
import pytest
import torch

from clustergan_core.data.dataset import UNLABELLED, Dataset, share_samples
from clustergan_core.evaluation.modes import (
    Flip,
    code_flips,
    duplicate_modes,
    empty_modes,
    mode_distances,
    mode_labels,
)
from clustergan_core.methods.clustergan import ClusterGAN, ClusterGANSettings
from clustergan_core.scoring.latents import RunLatents
from clustergan_core.scoring.modes import NEEDS_DATA, NEEDS_LABELS, summarise_modes

RANDOM = np.random.default_rng(0)


def small_method(n_clusters: int = 4) -> ClusterGAN:
    torch.manual_seed(0)
    settings = ClusterGANSettings.model_validate({"n_clusters": n_clusters, "n_normal": 3, "width": 0.1})
    return ClusterGAN(settings, "table", (6,)).eval().requires_grad_(False)


def latents_of(clusters: list[int], n_clusters: int) -> RunLatents:
    numbers = np.array(clusters)
    n = len(numbers)
    code = np.eye(n_clusters, dtype=np.float32)[numbers]
    return RunLatents(np.arange(n), np.zeros((n, 3), np.float32), code, numbers, np.ones(n, np.float32))


def table_of(labels: list[int] | None) -> Dataset:
    n = 6
    given = None if labels is None else np.array(labels)
    samples = np.zeros((n, 6), np.float32)
    return Dataset("t", "table", samples, share_samples(n), given, ("cat", "dog") if labels else ())


def test_a_mode_below_half_a_percent_of_the_samples_is_empty() -> None:
    assert empty_modes(np.array([0.0, 0.0049, 0.005, 0.99])).tolist() == [True, True, False, False]


def test_a_modes_label_is_the_most_frequent_and_its_purity_that_labels_share() -> None:
    labels = np.array([0, 0, 1, 1, 1, UNLABELLED, UNLABELLED])
    clusters = np.array([0, 0, 0, 1, 1, 1, 2])
    nearest, purity = mode_labels(labels, clusters, n_clusters=4, n_labels=2)
    assert nearest.tolist() == [0, 1, UNLABELLED, UNLABELLED]
    assert purity[:2].tolist() == [2 / 3, 1.0]
    assert np.isnan(purity[2:]).all(), "a mode without labelled samples has no purity, not 0"


def test_the_distance_of_modes_is_counted_in_standard_deviations_along_the_line_between_them() -> None:
    # Both vary by ±1 along x, the line between them, and widely across it, which must not matter.
    first = np.array([[-1.0, -90.0], [1.0, 90.0], [-1.0, 90.0], [1.0, -90.0]])
    second = first + np.array([6.0, 0.0])
    distances = mode_distances(np.stack([first, second]))
    assert distances.tolist() == pytest.approx(np.array([[0, 6], [6, 0]]))


def test_unequal_spreads_count_by_their_root_mean_square() -> None:
    first = np.array([[-1.0], [1.0]])
    second = np.array([[10.0 - 7.0], [10.0 + 7.0]])
    assert mode_distances(np.stack([first, second]))[0, 1] == pytest.approx(10 / np.sqrt((1 + 49) / 2))


def test_two_modes_that_generate_nearly_the_same_are_duplicates_and_others_are_not() -> None:
    style = RANDOM.normal(scale=0.1, size=(64, 20))  # the same z_n in every mode
    centres = RANDOM.random((5, 20))
    centres[3] = centres[1] + 0.01
    samples = centres[:, None] + style
    assert duplicate_modes(mode_distances(samples)) == ((), (3,), (), (1,), ())


def test_collapsed_modes_that_look_different_are_no_duplicates_and_equal_ones_are() -> None:
    pictures = np.array([np.zeros(9), np.ones(9), np.zeros(9)])
    samples = np.repeat(pictures[:, None], 8, axis=1)  # no spread within a mode
    assert duplicate_modes(mode_distances(samples)) == ((2,), (), (0,))


def test_a_generator_that_knows_one_picture_only_has_nothing_but_duplicates() -> None:
    samples = 0.5 + RANDOM.normal(scale=1e-6, size=(3, 8, 9))
    assert duplicate_modes(mode_distances(samples)) == ((1, 2), (0, 2), (0, 1))


def test_flips_tell_where_the_most_probable_mode_changes() -> None:
    codes = np.array([[0.9, 0.1, 0.0], [0.6, 0.4, 0.0], [0.2, 0.3, 0.5], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    assert code_flips(codes) == [Flip(2, before=0, after=2), Flip(3, before=2, after=1)]
    assert code_flips(codes[-2:]) == []


def test_a_summary_flags_empty_modes_and_counts_usage_over_the_latents() -> None:
    summary = summarise_modes(small_method(), latents_of([0, 0, 0, 1, 1, 3], 4), table_of([0, 0, 1, 1, 1, UNLABELLED]))
    assert summary.usage is not None
    assert summary.purity is not None
    assert summary.usage.tolist() == [3 / 6, 2 / 6, 0, 1 / 6]
    assert summary.is_empty.tolist() == [False, False, True, False]
    assert summary.labels == ("cat", "dog", None, None)
    assert summary.purity[:2].tolist() == [2 / 3, 1.0]
    assert summary.flags(2)[0] == "empty"
    assert summary.order(by_usage=True).tolist() == [0, 1, 3, 2]


def test_without_labels_or_data_the_summary_says_what_it_needs_and_never_zero() -> None:
    method, latents = small_method(), latents_of([0, 1, 2, 3, 0, 0], 4)
    without_labels = summarise_modes(method, latents, table_of(None))
    without_data = summarise_modes(method, latents, None)
    without_anything = summarise_modes(method, None, None)
    assert [s.missing for s in (without_labels, without_data, without_anything)] == [
        NEEDS_LABELS,
        NEEDS_DATA,
        NEEDS_DATA,
    ]
    assert without_data.usage is not None
    assert without_anything.usage is None
    assert not without_anything.is_empty.any(), "unknown is not empty"
    table = without_anything.table()
    assert table["usage"].isna().all()
    assert table["samples"].isna().all()
    assert table["purity"].isna().all()
    assert set(table["label"]) == {NEEDS_DATA}


def test_modes_wired_alike_in_the_generator_are_found_in_a_summary() -> None:
    method = small_method()
    first_layer = next(module for module in method.generator.modules() if isinstance(module, torch.nn.Linear))
    n_normal = method.prior.n_normal
    # Inputs n_normal + k stand for mode k: far apart for all, and then the same for modes 1 and 2.
    first_layer.weight[:, n_normal:] = torch.randn(first_layer.weight.shape[0], 4) * 30
    first_layer.weight[:, n_normal + 2] = first_layer.weight[:, n_normal + 1]
    summary = summarise_modes(method, None, None)
    assert summary.duplicates[1] == (2,)
    assert summary.duplicates[2] == (1,)
    assert "like mode 2" in summary.flags(1)
