"""Modes for groups of the graph: what is split, what is merged, and what stays."""

import numpy as np
import pytest
import torch

from clustergan_core.data.dataset import Dataset, share_samples
from clustergan_core.evaluation.neighbours import nearest_neighbours
from clustergan_core.methods.paired_clustergan import PairedClusterGAN, PairedClusterGANSettings
from clustergan_core.methods.paired_clustergan.separation import (
    find_closest,
    find_cut,
    mutual_graph,
    separate_codes,
    separate_groups,
    weigh_small_modes,
)
from clustergan_core.schedule import Schedule
from clustergan_core.training import train

N_NEIGHBOURS = 15


def draw_groups(*sizes: int, distance: float = 40.0) -> tuple[np.ndarray, np.ndarray]:
    """Samples (N, 4) of Gaussians far from each other, and their groups (N,)."""
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(len(sizes)), sizes)
    centres = distance * np.stack(
        [np.arange(len(sizes)), np.arange(len(sizes)) % 2, *np.zeros((2, len(sizes)))], axis=1
    )
    return (centres[groups] + random.normal(0, 1, (len(groups), 4))).astype(np.float32), groups


def is_same_partition(first: np.ndarray, second: np.ndarray) -> bool:
    return len(np.unique(np.stack([first, second]), axis=1).T) == len(np.unique(first)) == len(np.unique(second))


def separated(samples: np.ndarray, clusters: np.ndarray, n_clusters: int, *, is_cut_up: bool = False) -> np.ndarray:
    graph = mutual_graph(nearest_neighbours(samples, N_NEIGHBOURS))
    return separate_groups(clusters.astype(np.int64), graph, n_clusters, is_cut_up=is_cut_up)


def test_an_edge_is_one_that_both_samples_have_or_leads_to_the_nearest() -> None:
    graph = mutual_graph(np.array([[1, 2], [0, 2], [3, 0], [2, 1], [3, 1]]))
    edges = {(0, 1), (0, 2), (2, 3), (3, 4)}
    assert {(int(i), int(j)) for i, j in zip(*graph.nonzero(), strict=True) if i < j} == edges
    assert (graph != graph.T).nnz == 0
    assert set(graph.data.tolist()) == {1.0}


def test_the_cut_of_two_cliques_is_the_edge_between_them() -> None:
    from scipy.sparse import csr_matrix

    dense = np.kron(np.eye(2), np.ones((12, 12))) - np.eye(24)
    dense[11, 12] = dense[12, 11] = 1
    cut = find_cut(csr_matrix(dense), np.ones(24, dtype=bool), least=10)
    assert set(cut.part.tolist()) in (set(range(12)), set(range(12, 24)))
    assert cut.conductance == pytest.approx(1 / (12 * 11 + 1))


def test_an_empty_mode_is_given_to_each_group_that_has_none() -> None:
    samples, groups = draw_groups(200, 60, 30, 12)
    assert is_same_partition(separated(samples, np.minimum(groups, 1), 4), groups)
    assert is_same_partition(separated(samples, np.zeros(len(groups)), 4), groups)


def test_a_small_group_that_lies_in_several_modes_gets_one() -> None:
    samples, groups = draw_groups(200, 60, 12)
    clusters = np.minimum(groups, 1)
    clusters[-12:-8] = 0
    assert is_same_partition(separated(samples, clusters, 3), groups)


def test_a_handful_of_strangers_is_no_group() -> None:
    samples, groups = draw_groups(200, 60, 9)
    clusters = np.minimum(groups, 1)
    assert np.array_equal(separated(samples, clusters, 3), clusters)


def test_one_group_stays_whole_though_modes_are_empty() -> None:
    samples, groups = draw_groups(300)
    assert np.array_equal(separated(samples, groups, 5), groups)


def test_modes_that_cut_up_a_group_become_one_only_where_masses_are_equal() -> None:
    samples, groups = draw_groups(400, 40, 20)
    # Equal masses: the large group in two modes, both small ones in a third.
    clusters = np.where(groups == 0, (samples[:, 2] > 0).astype(int), 2)
    assert is_same_partition(separated(samples, clusters, 3, is_cut_up=True), groups)
    assert np.array_equal(separated(samples, clusters, 3), clusters)


def test_modes_of_two_groups_that_only_touch_stay_two() -> None:
    """K is one too few: which groups share a mode is the encoder's choice, and a merger would only move the fault."""
    random = np.random.default_rng(0)
    apart = np.array([0.0, 4.0, 40.0, 80.0])  # the first two touch
    groups = np.repeat(np.arange(4), 150)
    samples = random.normal(0, 1, (600, 4)).astype(np.float32)
    samples[:, 0] += apart[groups]
    clusters = np.minimum(groups, 2)
    graph = mutual_graph(nearest_neighbours(samples, N_NEIGHBOURS))
    *closest, conductance = find_closest(graph, clusters, 3)
    assert sorted(closest) == [0, 1]
    assert 0.01 < conductance < 0.1
    assert np.array_equal(separated(samples, clusters, 3, is_cut_up=True), clusters)


def test_nothing_changes_where_each_group_has_its_mode() -> None:
    samples, groups = draw_groups(100, 100, 50)
    assert np.array_equal(separated(samples, groups, 3, is_cut_up=True), groups)


def test_codes_change_only_for_samples_that_get_another_mode() -> None:
    samples, groups = draw_groups(200, 60, 12)
    codes = torch.tensor([[0.8, 0.1, 0.1], [0.3, 0.6, 0.1]])[np.minimum(groups, 1)]
    neighbours = torch.from_numpy(nearest_neighbours(samples, N_NEIGHBOURS))
    changed = separate_codes(codes, neighbours, is_cut_up=False)
    assert torch.equal(changed[:260], codes[:260])
    assert torch.equal(changed[260:], torch.tensor([0.0, 0.0, 1.0]).expand(12, 3))
    assert separate_codes(codes, neighbours[:, :10], is_cut_up=False) is codes


def test_a_small_mode_weighs_as_much_as_the_mean_one() -> None:
    codes = torch.eye(3)[[0] * 24 + [1] * 4 + [2] * 2]
    weights = weigh_small_modes(codes)
    assert weights[:24].tolist() == [1.0] * 24
    assert weights[24:28].sum() == pytest.approx(10.0)
    assert weights[28:].sum() == pytest.approx(10.0)


@pytest.mark.usefixtures("one_thread")
def test_a_trained_encoder_finds_every_group_of_a_table_of_unequal_ones() -> None:
    """A group of 12 among 400 and one of 30, for which equal masses cut the large one in three."""
    samples, groups = draw_groups(358, 30, 12, distance=8.0)
    samples = (samples - samples.min()) / (samples.max() - samples.min())
    torch.manual_seed(0)
    settings = {"n_clusters": 3, "n_normal": 2, "width": 0.1, "n_neighbours": N_NEIGHBOURS, "batch_size": 16}
    of_a_short_training = {"warm_up_share": 0.3, "encoder_learning_rate": 5e-3}
    method = PairedClusterGAN(PairedClusterGANSettings.model_validate(settings | of_a_short_training), "table", (4,))
    schedule = Schedule(n_steps=400, log_every=400, evaluate_every=400)
    dataset = Dataset("table", "table", samples, share_samples(len(samples)), groups.astype(np.int64), ("a", "b", "c"))
    for _ in train(method, dataset, schedule, 0, torch.device("cpu")):
        pass
    assert is_same_partition(method.assign_all(torch.from_numpy(samples))[0].numpy(), groups)

    held, method.codes = method.codes, None  # as a resumed training begins
    method.begin_step(400, 400)
    assert held is not None and method.codes is not None
    assert torch.equal(method.codes, held)
