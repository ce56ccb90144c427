"""Neighbours across samples of an experiment."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from clustergan_core.data.opening import open_matrix
from clustergan_core.evaluation.integration import (
    drop_unsupported,
    harmony_components,
    mutual_pairs,
    pair_support,
    partners_across,
)
from clustergan_core.evaluation.neighbours import nearest_neighbours, project, sharing_neighbours

Ints = NDArray[np.int64]


def draw_points(sizes: tuple[int, ...] = (14, 9, 11)) -> tuple[NDArray[np.float32], Ints]:
    random = np.random.default_rng(4)
    batches = random.permutation(np.repeat(np.arange(len(sizes)), sizes)).astype(np.int64)
    return random.normal(size=(len(batches), 3)).astype(np.float32), batches


def draw_types(counts: tuple[tuple[int, int], ...]) -> tuple[NDArray[np.float32], Ints, Ints]:
    """(samples, types, batches): cells of each type in two batches, between which every cell is shifted alike."""
    random = np.random.default_rng(5)
    types = np.concatenate([np.full(sum(of), number) for number, of in enumerate(counts)]).astype(np.int64)
    batches = np.concatenate([np.repeat([0, 1], of) for of in counts]).astype(np.int64)
    samples = random.normal(0, 0.4, (len(types), 12)) + 3 * np.eye(12)[types]
    samples[:, -1] += 2 * batches
    return samples.astype(np.float32), types, batches


def nearest_of(distances: NDArray[np.floating], row: int, columns: Ints, n: int) -> set[int]:
    return set(columns[np.argsort(distances[row, columns])[:n]].tolist())


def test_mutual_pairs_are_those_of_all_distances():
    points, batches = draw_points()
    distances = cdist(points, points)
    expected = {
        (i, j)
        for i in range(len(points))
        for j in range(len(points))
        if batches[i] < batches[j]
        and j in nearest_of(distances, i, np.flatnonzero(batches == batches[j]), 3)
        and i in nearest_of(distances, j, np.flatnonzero(batches == batches[i]), 3)
    }
    pairs = [tuple(pair) for pair in mutual_pairs(points, batches, 3).tolist()]
    assert set(pairs) == expected
    assert len(pairs) == len(expected) > 10


def test_support_counts_the_pairs_between_two_neighbourhoods():
    points, batches = draw_points()
    distances = cdist(points, points)
    pairs = mutual_pairs(points, batches, 3)
    # Each point is the nearest to itself.
    around = [nearest_of(distances, row, np.flatnonzero(batches == batches[row]), 5) for row in range(len(points))]
    expected = [sum(a in around[i] and b in around[j] for a, b in pairs.tolist()) for i, j in pairs.tolist()]
    assert pair_support(points, batches, pairs, 4).tolist() == expected
    assert len(set(expected)) > 3


def test_the_quarter_of_pairs_with_the_least_support_is_dropped():
    points, batches = draw_points((40, 40))
    pairs = mutual_pairs(points, batches)
    support = pair_support(points, batches, pairs)
    kept = drop_unsupported(points, batches, pairs)
    assert len(kept) == len(pairs) - len(pairs) // 4
    assert pair_support(points, batches, pairs).sum() == support.sum()
    support_of = {tuple(pair): value for pair, value in zip(pairs.tolist(), support.tolist(), strict=True)}
    of_kept = [support_of[tuple(pair)] for pair in kept.tolist()]
    assert of_kept == sorted(support.tolist(), reverse=True)[: len(kept)]


def test_harmony_brings_batches_together_and_keeps_types_apart():
    samples, types, batches = draw_types(((60, 60), (60, 60), (60, 60)))
    before, after = (nearest_neighbours(points, 10) for points in (samples, harmony_components(samples, batches)))
    assert (batches[before] != batches[:, None]).mean() < 0.05
    assert (batches[after] != batches[:, None]).mean() > 0.4  # 0.5 where they are fully mixed
    assert (types[after] == types[:, None]).mean() > 0.99


def test_harmony_leaves_the_components_of_one_batch_as_they_are():
    samples = draw_points()[0]
    assert np.array_equal(harmony_components(samples, np.zeros(len(samples), dtype=np.int64)), samples)


def test_half_of_the_partners_are_from_other_batches():
    samples, types, batches = draw_types(((60, 60), (60, 60), (60, 60)))
    partners = partners_across(samples, batches, 6, lambda points: sharing_neighbours(points, 6, 12))
    is_across = batches[partners] != batches[:, None]
    assert set(is_across.sum(axis=1)) == {0, 3}
    assert is_across.any(axis=1).mean() > 0.6
    assert (types[partners] == types[:, None]).mean() > 0.99


def test_types_that_one_study_holds_keep_to_themselves(data_folder: Path):
    matrix = open_matrix(str(data_folder / "pancreas_two_studies" / "pancreas_two_studies.h5ad"))
    samples = matrix.counts.toarray()  # logarithms of 219 genes
    types = matrix.cells["cell_type"].to_numpy().astype(str)
    batches = (matrix.cells["study"].to_numpy().astype(str) == "xin").astype(np.int64)
    is_lone = np.isin(types, ["ductal", "stellate", "acinar"])
    assert not batches[is_lone].any()
    pairs = mutual_pairs(project(samples), batches)
    assert np.isin(np.flatnonzero(is_lone), pairs).mean() > 0.8  # and each of these pairs is wrong
    partners = partners_across(samples, batches, 20, lambda points: sharing_neighbours(points, 20, 40))
    is_across = batches[partners] != batches[:, None]
    assert is_across.any(axis=1)[is_lone].mean() < 0.25 < 0.7 < is_across.any(axis=1)[~is_lone].mean()
    assert (types[partners] == types[:, None])[is_across].mean() > 0.95


@pytest.mark.parametrize("sizes", [(1, 30), (2, 1), (1, 1), (3, 2, 1)])
def test_a_batch_of_few_samples_has_partners_too(sizes: tuple[int, ...]):
    samples, batches = draw_points(sizes)
    partners = partners_across(samples, batches, 4, lambda points: nearest_neighbours(points, 4))
    assert partners.shape == (len(samples), 4)
    assert partners.min() >= 0
    assert partners.max() < len(samples)
