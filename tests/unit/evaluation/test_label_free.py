"""Measures without labels, against hand-computed figures and plain transcriptions."""

import math
import tracemalloc

import numpy as np
import pytest

from clustergan_core.evaluation.clusterings import kmeans_clusters
from clustergan_core.evaluation.label_free import (
    information_of_neighbours,
    shared_with_neighbours,
    silhouette,
    usage,
    usage_entropy,
)
from clustergan_core.evaluation.neighbours import nearest_neighbours, sharing_neighbours


def two_blobs(n: int = 20, gap: float = 100.0) -> tuple[np.ndarray, np.ndarray]:
    """Samples (2n, 3) in two groups that lie `gap` apart, and their groups (2n,)."""
    samples = np.random.default_rng(0).normal(size=(2 * n, 3)).astype(np.float32)
    groups = np.repeat([0, 1], n)
    samples[groups == 1] += gap
    return samples, groups


def test_usage_counts_empty_clusters_as_nothing():
    assert usage(np.array([0, 0, 3, 3]), 5).tolist() == [0.5, 0, 0, 0.5, 0]


def test_usage_entropy_is_log_k_when_all_clusters_are_equally_used():
    assert usage_entropy(np.arange(12) % 4, 4) == pytest.approx(math.log(4))


def test_usage_entropy_of_uneven_use_is_in_nats():
    expected = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert usage_entropy(np.array([2, 2, 2, 7]), 10) == pytest.approx(expected)


def test_usage_entropy_of_one_cluster_is_zero():
    entropy = usage_entropy(np.full(5, 3), 10)
    assert entropy == 0.0
    assert math.copysign(1, entropy) == 1


def test_silhouette_follows_its_definition():
    latents = np.array([[0.0], [1.0], [4.0], [6.0]], dtype=np.float32)
    # (b − a) / max(a, b) with a the mean distance inside the cluster and b that to the other one.
    expected = np.mean([(5 - 1) / 5, (4 - 1) / 4, (3.5 - 2) / 3.5, (5.5 - 2) / 5.5])
    assert silhouette(latents, np.array([0, 0, 1, 1])) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("clusters", [[0, 0, 0, 0], [0, 1, 2, 3]])
def test_silhouette_is_none_where_it_has_no_meaning(clusters):
    assert silhouette(np.eye(4, dtype=np.float32), np.array(clusters)) is None


def test_silhouette_of_many_samples_draws_a_repeatable_share():
    samples, groups = two_blobs(200)
    drawn = silhouette(samples, groups, max_samples=100, seed=1)
    assert drawn == silhouette(samples, groups, max_samples=100, seed=1)
    assert drawn == pytest.approx(silhouette(samples, groups), abs=0.01)


def test_neighbours_are_the_nearest_others_even_among_duplicates():
    samples = np.array([[0.0], [0.0], [0.0], [5.0], [6.0]], dtype=np.float32)
    neighbours = nearest_neighbours(samples, 2)
    assert [set(row) for row in neighbours.tolist()[:3]] == [{1, 2}, {0, 2}, {0, 1}]
    assert neighbours[4, 0] == 3
    assert all(sample not in row for sample, row in enumerate(neighbours.tolist()))


def test_neighbours_of_images_survive_the_reduction_to_fifty_components():
    generator = np.random.default_rng(0)
    originals = generator.random((60, 1, 16, 16)).astype(np.float32)
    copies = originals + generator.normal(scale=1e-3, size=originals.shape).astype(np.float32)
    neighbours = nearest_neighbours(np.concatenate([originals, copies]), 1)
    assert neighbours[:, 0].tolist() == [*range(60, 120), *range(60)]


def test_fewer_samples_than_neighbours_give_fewer_columns():
    assert nearest_neighbours(np.eye(3, dtype=np.float32), 5).shape == (3, 2)
    assert nearest_neighbours(np.zeros((1, 4), dtype=np.float32)).shape == (1, 0)


def test_neighbours_that_share_the_most_come_first_and_the_nearest_among_equals():
    samples = np.random.default_rng(3).normal(size=(70, 3)).astype(np.float32)
    candidates = nearest_neighbours(samples, 6).tolist()
    circles = [{number, *row} for number, row in enumerate(candidates)]
    expected = [
        sorted(row, key=lambda other: (-len(circles[number] & circles[other]), row.index(other)))[:4]
        for number, row in enumerate(candidates)
    ]
    assert sharing_neighbours(samples, 4, 6).tolist() == expected
    assert expected != [row[:4] for row in candidates]


@pytest.mark.parametrize("n_candidates", [1, 5, 20, 79, 200])
def test_neighbours_shared_are_counted_as_by_comparing_every_two_members(n_candidates: int):
    # Whole numbers, so that many samples coincide and many counts are equal.
    samples = np.random.default_rng(n_candidates).integers(0, 3, size=(80, 4)).astype(np.float32)
    nearest = nearest_neighbours(samples, n_candidates)
    lists = np.column_stack([np.arange(80), nearest])
    is_shared = lists[nearest][:, :, :, None] == lists[:, None, None, :]
    order = np.argsort(-is_shared.sum(axis=(2, 3)), axis=1, kind="stable")[:, :5]
    assert np.array_equal(sharing_neighbours(samples, 5, n_candidates), np.take_along_axis(nearest, order, axis=1))


def test_many_candidates_take_little_memory():
    samples = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
    sharing_neighbours(samples[:20], 5, 10)  # what is imported and allocated once
    tracemalloc.start()
    sharing_neighbours(samples, 5, 100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50e6  # comparing every two members takes 260 MB here


def test_among_many_features_of_noise_neighbours_that_share_theirs_are_more_often_of_one_kind():
    kinds = np.repeat([0, 1], 150)
    samples = np.random.default_rng(0).normal(size=(300, 20)).astype(np.float32)
    samples[:, 0] += 3 * kinds
    nearest, sharing = nearest_neighbours(samples, 10), sharing_neighbours(samples, 10, 30)
    agreement = [float((kinds[found] == kinds[:, None]).mean()) for found in (nearest, sharing)]
    assert agreement[1] > agreement[0] + 0.02


def test_fewer_samples_than_candidates_are_all_candidates():
    assert sharing_neighbours(np.eye(3, dtype=np.float32), 5, 9).shape == (3, 2)
    assert sharing_neighbours(np.zeros((1, 4), dtype=np.float32), 2, 4).shape == (1, 0)


def _agreement(samples: np.ndarray, clusters: np.ndarray) -> float:
    return shared_with_neighbours(nearest_neighbours(samples), clusters)


def test_neighbour_agreement_is_one_when_neighbours_never_part():
    samples, groups = two_blobs()
    assert _agreement(samples, groups) == pytest.approx(1.0)


def test_neighbour_agreement_is_about_zero_for_random_clusters():
    samples, _ = two_blobs(1000)
    clusters = np.random.default_rng(1).integers(0, 7, len(samples))
    assert _agreement(samples, clusters) == pytest.approx(0.0, abs=0.02)


def test_neighbour_agreement_is_zero_in_one_cluster_rather_than_perfect():
    samples, _ = two_blobs()
    assert _agreement(samples, np.full(len(samples), 4)) == 0.0
    assert _agreement(samples[:1], np.array([0])) == 0.0


def test_shared_with_neighbours_is_kappa():
    neighbours = np.array([[1, 2], [0, 2], [3, 1], [2, 0]])
    clusters = np.array([0, 0, 1, 1])
    # Pairs that share: 0–1, 1–0, 2–3, 3–2 of 8; chance .5² + .5².
    assert shared_with_neighbours(neighbours, clusters) == pytest.approx((4 / 8 - 0.5) / 0.5)
    # With clusters 0, 1, 1, 1: 1–2, 2–3, 2–1, 3–2 of 8; chance .25² + .75².
    assert shared_with_neighbours(neighbours, np.array([0, 1, 1, 1])) == pytest.approx((4 / 8 - 0.625) / 0.375)


def test_information_of_neighbours_is_mutual_information_over_log_k():
    from sklearn.metrics import mutual_info_score

    generator = np.random.default_rng(0)
    neighbours = generator.integers(0, 400, size=(400, 5))
    clusters = generator.integers(0, 3, 400)
    clusters[neighbours[:, 0]] = clusters  # so that they share something
    own, others = np.repeat(clusters, 5), clusters[neighbours].ravel()
    # Each pair counts in both directions; (3 − 1)² / (2 · 2,000) is what three clusters have by chance.
    expected = mutual_info_score(np.concatenate([own, others]), np.concatenate([others, own])) - 4 / 4000
    assert information_of_neighbours(neighbours, clusters, 7) == pytest.approx(expected / np.log(7))


def test_a_mode_against_all_others_tells_less_than_the_true_classes():
    """The collapse that agreement beyond chance prefers: ten classes, of which neighbours part now and then."""
    generator = np.random.default_rng(0)
    classes = np.repeat(np.arange(10), 100)
    neighbours = 100 * classes[:, None] + generator.integers(0, 100, size=(1000, 5))
    strays = generator.random((1000, 5)) < 0.03
    strays[classes == 0] = False  # the first class lies apart
    neighbours[strays] = generator.integers(100, 1000, strays.sum())
    collapsed = (classes == 0).astype(np.int64)
    assert shared_with_neighbours(neighbours, collapsed) > shared_with_neighbours(neighbours, classes)
    assert information_of_neighbours(neighbours, classes, 10) > 0.9
    assert information_of_neighbours(neighbours, collapsed, 10) < 0.2


def test_clusters_that_ignore_neighbours_and_a_single_cluster_tell_nothing():
    samples, groups = two_blobs(1000)
    neighbours = nearest_neighbours(samples)
    drawn = np.random.default_rng(1).integers(0, 7, len(samples))
    assert information_of_neighbours(neighbours, drawn, 7) == pytest.approx(0.0, abs=0.002)
    assert information_of_neighbours(neighbours, np.full(len(samples), 4), 7) == 0.0
    assert information_of_neighbours(neighbours[:, :0], groups, 7) == 0.0
    assert information_of_neighbours(neighbours, groups, 2) == pytest.approx(1.0, abs=0.001)


def test_kmeans_finds_groups_that_lie_apart():
    samples, groups = two_blobs()
    clusters = kmeans_clusters(samples, 2, seed=3)
    assert clusters.dtype == np.int64
    assert len(set(zip(clusters.tolist(), groups.tolist(), strict=True))) == 2


def test_kmeans_repeats_itself_for_a_seed():
    samples, _ = two_blobs(gap=1.0)
    assert kmeans_clusters(samples, 6, seed=5).tolist() == kmeans_clusters(samples, 6, seed=5).tolist()


def test_kmeans_of_fewer_distinct_latents_than_clusters_gives_each_its_own():
    latents = np.array([[0.0], [1.0], [0.0], [1.0]], dtype=np.float32)
    clusters = kmeans_clusters(latents, 10)
    assert clusters[0] == clusters[2] != clusters[1] == clusters[3]
