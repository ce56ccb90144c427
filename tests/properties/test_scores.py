"""What must hold of the scores for any labels and clusters."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustergan_core.evaluation.agreement import Agreement, accuracy, purity, score_agreement


@st.composite
def partitions(draw: st.DrawFn, most: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Labels and clusters (N,) for the same samples, with up to `most` of each."""
    n_samples = draw(st.integers(1, 40))
    labels = draw(st.lists(st.integers(0, most - 1), min_size=n_samples, max_size=n_samples))
    clusters = draw(st.lists(st.integers(0, most - 1), min_size=n_samples, max_size=n_samples))
    return np.array(labels, dtype=np.int64), np.array(clusters, dtype=np.int64)


def values(scores: Agreement) -> tuple[float, float, float, float]:
    return scores.purity, scores.accuracy, scores.nmi, scores.ari


@given(partitions(), st.permutations(range(7)), st.integers(0, 1000))
def test_relabelling_clusters_leaves_scores_unchanged(pair, names, offset):
    labels, clusters = pair
    renamed = np.array(names)[clusters] * 3 + offset
    assert values(score_agreement(labels, renamed)) == pytest.approx(values(score_agreement(labels, clusters)))


@given(partitions(), st.permutations(range(7)), st.integers(0, 1000))
def test_relabelling_labels_leaves_scores_unchanged(pair, names, offset):
    labels, clusters = pair
    renamed = np.array(names)[labels] * 3 + offset
    assert values(score_agreement(renamed, clusters)) == pytest.approx(values(score_agreement(labels, clusters)))


@given(partitions(), st.randoms(use_true_random=False))
def test_order_of_samples_leaves_scores_unchanged(pair, random):
    labels, clusters = pair
    order = list(range(len(labels)))
    random.shuffle(order)
    reordered = score_agreement(labels[order], clusters[order])
    assert values(reordered) == pytest.approx(values(score_agreement(labels, clusters)))


@given(partitions())
def test_accuracy_never_exceeds_purity_nor_purity_one(pair):
    scores = score_agreement(*pair)
    assert 0 < scores.accuracy <= scores.purity <= 1
    assert 0 <= scores.nmi <= 1
    assert -1 <= scores.ari <= 1


@given(partitions(), st.permutations(range(7)))
def test_scores_are_perfect_when_clusters_are_labels_by_another_name(pair, names):
    labels, _ = pair
    assert values(score_agreement(labels, np.array(names)[labels])) == pytest.approx((1, 1, 1, 1))


@given(partitions())
def test_purity_equals_a_count_of_majorities(pair):
    labels, clusters = pair
    majorities = 0
    for cluster in set(clusters.tolist()):
        inside = labels[clusters == cluster].tolist()
        majorities += max(inside.count(label) for label in inside)
    assert purity(labels, clusters) == pytest.approx(majorities / len(labels))


@given(partitions(most=5))
def test_accuracy_equals_the_best_of_all_matchings(pair):
    labels, clusters = pair
    best = max(int(np.sum(np.array(matching)[clusters] == labels)) for matching in permutations(range(5)))
    assert accuracy(labels, clusters) == pytest.approx(best / len(labels))
