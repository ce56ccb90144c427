"""Mode, Reconstruction and Cluster Accuracy against figures counted by hand."""

import numpy as np
import pytest

from clustergan_core.evaluation.agreement import purity
from clustergan_core.evaluation.generation import (
    cluster_accuracy,
    mode_accuracy,
    name_modes,
    reconstruction_accuracy,
)

# Three modes, five generated samples each: the first shows label 4, the second mostly 1, the third as often 0 as 4.
READ = np.array([[4, 4, 4, 4, 4], [1, 1, 1, 0, 4], [0, 4, 0, 4, 2]])


def test_a_mode_is_named_by_what_is_read_most_often_in_its_samples():
    assert name_modes(READ).tolist() == [4, 1, 0]


def test_mode_accuracy_is_the_share_of_samples_that_show_their_modes_label():
    assert mode_accuracy(READ) == pytest.approx((5 + 3 + 2) / 15)


def test_modes_may_share_a_label():
    assert mode_accuracy(np.full((10, 6), 3)) == 1.0
    assert len(np.unique(name_modes(np.full((10, 6), 3)))) == 1


def test_reconstruction_accuracy_counts_labelled_samples_alone():
    labels, read = np.array([0, 1, 2, -1]), np.array([0, 2, 2, 1])
    assert reconstruction_accuracy(labels, read) == pytest.approx(2 / 3)
    assert reconstruction_accuracy(np.array([-1]), np.array([0])) is None


def test_cluster_accuracy_names_clusters_by_what_their_mode_generates():
    labels, clusters = np.array([4, 4, 1, 0, 0, -1]), np.array([0, 1, 1, 2, 0, 0])
    # By the generated samples modes 0, 1, 2 are labels 4, 1, 0: samples 0, 2 and 3 of the five labelled are right.
    assert cluster_accuracy(labels, clusters, name_modes(READ)) == pytest.approx(3 / 5)


def test_a_good_clustering_whose_modes_generate_other_labels_has_low_cluster_accuracy():
    labels = np.repeat(np.arange(3), 10)
    assert purity(labels, labels) == 1.0
    assert cluster_accuracy(labels, labels, np.array([1, 2, 0])) == 0.0


def test_cluster_accuracy_is_never_above_purity():
    random = np.random.default_rng(0)
    for _ in range(20):
        labels, clusters, names = random.integers(0, 4, 50), random.integers(0, 6, 50), random.integers(0, 4, 6)
        assert (cluster_accuracy(labels, clusters, names) or 0) <= purity(labels, clusters)
