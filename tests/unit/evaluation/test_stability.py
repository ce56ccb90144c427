"""Stability of samples over several clusterings, against figures worked out by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from clustergan_core.evaluation.agreement import ari
from clustergan_core.evaluation.stability import UNMATCHED, measure_stability

FIRST = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2]


def clusterings(*rows: list[int]) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64)


def test_the_same_clustering_under_other_names_is_wholly_stable() -> None:
    renamed = [[7, 3, 5][cluster] for cluster in FIRST]
    stability = measure_stability(clusterings(FIRST, renamed, FIRST))
    assert stability.shares.tolist() == [1.0] * 10
    assert stability.matched.tolist() == [FIRST] * 3
    assert stability.seed_agreement == pytest.approx(1)


def test_a_sample_that_moves_in_one_of_three_clusterings_is_agreed_on_by_two() -> None:
    moved = [0, 0, 1, 1, 1, 1, 2, 2, 2, 2]  # the third sample joins cluster 1
    stability = measure_stability(clusterings(FIRST, moved, FIRST))
    assert stability.shares.tolist() == pytest.approx([1, 1, 2 / 3, 1, 1, 1, 1, 1, 1, 1])
    assert stability.n_agreeing.tolist() == [3, 3, 2, 3, 3, 3, 3, 3, 3, 3]
    assert stability.reference == 0
    assert stability.clusters.tolist() == FIRST
    expected = (2 * ari(*clusterings(FIRST, moved)) + 1) / 3
    assert stability.seed_agreement == pytest.approx(expected)


def test_of_two_clusterings_half_agree_where_they_differ() -> None:
    stability = measure_stability(clusterings([0, 0, 1, 1], [0, 0, 1, 0]))
    assert stability.shares.tolist() == [1, 1, 1, 0.5]


def test_a_cluster_left_over_agrees_with_nobody() -> None:
    # Cluster 0 of the reference is split in two: the larger half is matched, the other has no counterpart.
    split = [0, 0, 3, 1, 1, 1, 2, 2, 2, 2]
    stability = measure_stability(clusterings(FIRST, split, FIRST))
    assert stability.matched[1].tolist() == [0, 0, UNMATCHED, 1, 1, 1, 2, 2, 2, 2]
    assert stability.shares[2] == pytest.approx(2 / 3)


def test_two_left_over_clusters_do_not_agree_with_each_other() -> None:
    # Two clusterings set the last sample apart, the third holds it with the rest: it is in nobody's cluster twice.
    rows = clusterings([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 2], [0, 0, 0, 1, 1, 2])
    stability = measure_stability(rows)
    assert stability.reference in (1, 2)
    assert stability.shares.tolist() == pytest.approx([1, 1, 1, 1, 1, 2 / 3])
    other = measure_stability(clusterings([0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]))
    assert other.matched[1].tolist() == [0, 0, 0, UNMATCHED]
    assert other.shares.tolist() == pytest.approx([1, 1, 1, 3 / 5])


def test_clusters_that_share_no_sample_are_not_matched_for_lack_of_others() -> None:
    # One to one, the second's cluster 1 could only be given the first's 1, which lies elsewhere.
    stability = measure_stability(clusterings([0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 1, 0]))
    assert stability.matched[1].tolist() == [0, 0, 0, 0, UNMATCHED, 0]


def test_names_of_clusters_play_no_part() -> None:
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 6, 300)
    rows = [np.where(generator.random(300) < 0.15, generator.integers(0, 6, 300), truth) for _ in range(4)]
    renamed = [generator.permutation(9)[row] for row in rows]
    one, other = measure_stability(np.stack(rows)), measure_stability(np.stack(renamed))
    assert one.shares.tolist() == other.shares.tolist()
    assert one.seed_agreement == pytest.approx(other.seed_agreement)
    assert one.reference == other.reference


def test_the_reference_is_the_clustering_that_agrees_best_with_the_others() -> None:
    odd = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
    assert measure_stability(clusterings(odd, FIRST, FIRST)).reference == 1
