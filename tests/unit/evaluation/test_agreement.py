"""Purity, one-to-one accuracy, NMI and ARI on figures small enough to be worked out by hand."""

import math

import numpy as np
import pytest

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.errors import DataError
from clustergan_core.evaluation.agreement import accuracy, ari, contingency_table, nmi, purity, score_agreement

# Manning, Raghavan & Schütze, Introduction to Information Retrieval, figure 16.4: 17 points in three clusters, which
# hold (x, o, diamond) = (5, 1, 0), (1, 4, 1) and (2, 0, 3). The book gives purity .71, NMI .36 and Rand index .68.
BOOK_LABELS = np.repeat([0, 1, 0, 1, 2, 0, 2], [5, 1, 1, 4, 1, 2, 3])
BOOK_CLUSTERS = np.repeat([0, 1, 2], [6, 6, 5])


def test_contingency_counts_labels_by_rows_and_clusters_by_columns():
    table = contingency_table(BOOK_LABELS, BOOK_CLUSTERS)
    assert table.tolist() == [[5, 1, 2], [1, 4, 0], [0, 1, 3]]
    assert table.dtype == np.int64


def test_contingency_keeps_rows_and_columns_for_absent_labels_and_empty_clusters():
    table = contingency_table(np.array([0, 2, 2]), np.array([1, 1, 3]), n_labels=4, n_clusters=5)
    assert table.shape == (4, 5)
    assert table.sum() == 3
    assert table[2].tolist() == [0, 1, 0, 1, 0]


def test_contingency_of_unlabelled_samples_is_all_zero():
    table = contingency_table(np.full(3, UNLABELLED), np.array([0, 1, 2]), n_labels=2, n_clusters=3)
    assert table.tolist() == [[0, 0, 0], [0, 0, 0]]


def test_purity_counts_the_majority_label_of_each_cluster():
    assert purity(BOOK_LABELS, BOOK_CLUSTERS) == pytest.approx((5 + 4 + 3) / 17)


def test_nmi_divides_mutual_information_by_the_mean_entropy():
    assert nmi(BOOK_LABELS, BOOK_CLUSTERS) == pytest.approx(0.36, abs=0.005)


def test_nmi_is_arithmetic_and_not_geometric():
    # Labels hold 1 bit; clusters split each label in two and hold 2 bits: 1 / 1.5 against 1 / √2.
    assert nmi(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3])) == pytest.approx(2 / 3)


def test_ari_corrects_pairs_for_chance():
    # Pairs together in both: 20; within labels: 28 + 10 + 6 = 44; within clusters: 15 + 15 + 10 = 40; all: 136.
    expected = 44 * 40 / 136
    assert ari(BOOK_LABELS, BOOK_CLUSTERS) == pytest.approx((20 - expected) / ((44 + 40) / 2 - expected))


def test_ari_falls_below_zero_for_worse_than_chance():
    assert ari(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])) == pytest.approx(-0.5)


def test_purity_forgives_two_clusters_of_one_label_but_accuracy_does_not():
    labels, clusters = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 2, 2, 1, 1])
    assert purity(labels, clusters) == 1.0
    assert accuracy(labels, clusters) == pytest.approx(4 / 6)


def test_accuracy_is_the_best_matching_and_not_the_greedy_one():
    # The greedy choice of the largest cell (3) leaves 0; the other diagonal gives 2 + 2.
    labels = np.array([0, 0, 0, 0, 0, 1, 1])
    clusters = np.array([0, 0, 0, 1, 1, 0, 0])
    assert accuracy(labels, clusters) == pytest.approx(4 / 7)


def test_fewer_clusters_than_labels_leave_labels_unmatched():
    labels, clusters = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 1, 1])
    assert accuracy(labels, clusters) == pytest.approx(4 / 6)
    assert purity(labels, clusters) == pytest.approx(4 / 6)


def test_one_cluster_for_everything_says_nothing():
    labels, clusters = np.array([0, 0, 0, 1, 2]), np.zeros(5, dtype=np.int64)
    scores = score_agreement(labels, clusters)
    assert (scores.purity, scores.accuracy, scores.nmi, scores.ari) == pytest.approx((0.6, 0.6, 0.0, 0.0))


def test_gaps_in_the_numbering_change_nothing():
    near = score_agreement(BOOK_LABELS, BOOK_CLUSTERS)
    far = score_agreement(BOOK_LABELS * 10**9 + 7, BOOK_CLUSTERS * 10**12)
    assert far == near


def test_unlabelled_samples_are_left_out():
    labels = np.concatenate([BOOK_LABELS, np.full(4, UNLABELLED)])
    clusters = np.concatenate([BOOK_CLUSTERS, np.array([0, 1, 2, 9])])
    assert score_agreement(labels, clusters) == score_agreement(BOOK_LABELS, BOOK_CLUSTERS)
    assert score_agreement(labels, clusters).n == 17


@pytest.mark.parametrize("score", [purity, accuracy, nmi, ari, score_agreement])
def test_scores_without_any_label_name_the_remedy(score):
    with pytest.raises(DataError, match="None of the 3 samples has a label: choose"):
        score(np.full(3, UNLABELLED), np.arange(3))


def test_a_single_labelled_sample_is_a_perfect_match():
    scores = score_agreement(np.array([UNLABELLED, 4]), np.array([0, 3]))
    assert (scores.purity, scores.accuracy, scores.nmi, scores.ari, scores.n) == (1.0, 1.0, 1.0, 1.0, 1)


def test_scores_are_plain_numbers():
    scores = score_agreement(BOOK_LABELS, BOOK_CLUSTERS)
    assert all(type(value) is float and math.isfinite(value) for value in (scores.purity, scores.accuracy, scores.nmi))
