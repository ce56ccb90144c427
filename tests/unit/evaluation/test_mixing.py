"""Scores of mixing beside stored values of scib-metrics 0.6.1, worked out on the same made cells."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, f1_score, normalized_mutual_info_score

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.evaluation.local_diversity import local_diversity
from clustergan_core.evaluation.mixing import (
    bras,
    cilisi,
    clisi,
    graph_connectivity,
    ilisi,
    isolated_label_f1,
    kbet,
    pcr_comparison,
    score_mixing,
    unit_length,
)

Ints = NDArray[np.int64]

# scib_metrics.ilisi_knn, clisi_knn (90 neighbours with the cell itself), kbet (50), graph_connectivity (15),
# pcr_comparison(categorical=True) against the cells at shift 2, bras; lisi_knn within each label for cilisi.
STORED = {
    0.0: {
        "ilisi": 0.748172,
        "clisi": 0.916324,
        "cilisi": 0.77269,
        "kbet": 0.716374,
        "connectivity": 0.955152,
        "pcr": 0.871055,
        "bras": 0.925679,
    },
    1.0: {
        "ilisi": 0.582519,
        "clisi": 0.917556,
        "cilisi": 0.663136,
        "kbet": 0.374269,
        "connectivity": 0.953485,
        "pcr": 0.628035,
        "bras": 0.838131,
    },
    2.0: {
        "ilisi": 0.269941,
        "clisi": 0.894151,
        "cilisi": 0.39446,
        "kbet": 0.087719,
        "connectivity": 0.96722,
        "pcr": 0.0,
        "bras": 0.665571,
    },
}
STORED_LISI = {  # lisi_knn of batches, of every 30th cell
    0.0: [2.67449, 2.41814, 2.2711, 2.50592, 2.97525, 2.20081, 2.77261, 2.47526, 2.19263, 1.98822, 2.48171, 1.94107],
    2.0: [1.4961, 1.67093, 2.18379, 1.87035, 1.45955, 1.46438, 1.90962, 1.12867, 2.20416, 1.97744, 1.95676, 1.06876],
}


def make_cells(shift: float) -> tuple[NDArray[np.float32], Ints, Ints]:
    """(points of length 1, batches, labels): three batches `shift` apart; label 2 is in two of them, label 3 in one."""
    random = np.random.default_rng(8)
    counts = ((60, 50, 40), (30, 60, 25), (20, 35, 0), (22, 0, 0))
    labels = np.concatenate([np.full(sum(of), number) for number, of in enumerate(counts)]).astype(np.int64)
    batches = np.concatenate([np.repeat([0, 1, 2], of) for of in counts]).astype(np.int64)
    points = random.normal(0, 1, (len(labels), 8)) + 2.5 * np.eye(8)[labels] + shift * np.eye(8)[5 + batches]
    return unit_length(np.round(points, 3).astype(np.float32)), batches, labels


@pytest.mark.parametrize("shift", STORED)
def test_scores_are_those_of_scib_metrics(shift: float):
    points, batches, labels = make_cells(shift)
    scores = {
        "ilisi": ilisi(points, batches),
        "clisi": clisi(points, labels),
        "cilisi": cilisi(points, batches, labels),
        "kbet": kbet(points, batches),
        "connectivity": graph_connectivity(points, labels),
        "pcr": pcr_comparison(make_cells(2.0)[0], points, batches),
        "bras": bras(points, batches, labels),
    }
    assert scores == pytest.approx(STORED[shift], abs=1e-5)


@pytest.mark.parametrize("shift", STORED_LISI)
def test_the_diversity_around_each_cell_is_that_of_scib_metrics(shift: float):
    points, batches, _ = make_cells(shift)
    assert local_diversity(points, batches)[::30].tolist() == pytest.approx(STORED_LISI[shift], abs=1e-4)


def test_fewer_cells_than_neighbours_are_all_neighbours():
    points, batches, labels = make_cells(0.0)
    few = np.arange(0, len(labels), 16)
    assert 1 < float(np.median(local_diversity(points[few], batches[few]))) < 3
    assert local_diversity(points[:4], batches[:4]).tolist() == [1, 1, 1, 1]


def test_isolated_labels_are_found_by_the_cluster_that_fits_each_best():
    _, batches, labels = make_cells(0.0)
    clusters = np.where(labels == 3, 7, labels)
    clusters[:30] = 7
    expected = f1_score(labels == 3, clusters == 7)
    assert isolated_label_f1(labels, batches, clusters) == pytest.approx(expected)
    everywhere = labels < 2  # both labels are in all batches, so both count
    expected = np.mean([f1_score(labels[everywhere] == k, clusters[everywhere] == k) for k in (0, 1)])
    found = isolated_label_f1(labels[everywhere], batches[everywhere], clusters[everywhere])
    assert found == pytest.approx(expected)


def test_the_overall_score_weighs_types_by_six_and_mixing_by_four():
    points, batches, labels = make_cells(1.0)
    clusters = np.where(np.arange(len(labels)) % 5 == 0, 0, labels)
    scores = score_mixing(points, make_cells(2.0)[0], batches, labels, clusters)
    stored = STORED[1.0]
    mixing = np.mean([stored[name] for name in ("ilisi", "kbet", "connectivity", "pcr", "bras")])
    biology = np.mean(
        [
            stored["clisi"],
            f1_score(labels == 3, clusters == 3),
            normalized_mutual_info_score(labels, clusters),
            adjusted_rand_score(labels, clusters),
        ]
    )
    assert scores.overall == pytest.approx(0.6 * biology + 0.4 * mixing, abs=1e-5)


def test_cells_without_a_label_change_no_score_of_types():
    points, batches, labels = make_cells(1.0)
    partly = np.where(np.arange(len(labels)) % 4 == 0, UNLABELLED, labels)
    known = partly != UNLABELLED
    scores = score_mixing(points, points, batches, partly, labels)
    of_known = score_mixing(points[known], points[known], batches[known], labels[known], labels[known])
    for name in ("cilisi", "clisi", "connectivity", "bras", "isolated_f1", "nmi", "ari"):
        assert getattr(scores, name) == getattr(of_known, name), name
    assert scores.ilisi == ilisi(points, batches)


def test_one_batch_has_no_mixing_and_no_labels_no_types():
    points, batches, labels = make_cells(0.0)
    alone = score_mixing(points, points, np.zeros_like(batches), labels, labels)
    assert (alone.ilisi, alone.cilisi, alone.kbet, alone.pcr, alone.bras) == (None,) * 5
    assert alone.clisi == clisi(points, labels)
    unknown = score_mixing(points, points, batches, np.full_like(labels, UNLABELLED), labels)
    assert (unknown.cilisi, unknown.clisi, unknown.isolated_f1, unknown.nmi, unknown.overall) == (None,) * 5
    assert unknown.ilisi == ilisi(points, batches)
