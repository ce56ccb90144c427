"""The benchmark of partners across samples, and what was chosen by it."""

import statistics

import numpy as np
import pytest

from benchmarks.mixing import ROWS, START_STEPS, choose_genes, share_apart
from benchmarks.train_all import read_rows
from clustergan_core.methods.paired_clustergan import PairedClusterGANSettings

STEPS_OF_PRESET = 8 * START_STEPS
DECIDING = ("kang_ifnb", "pbmc_3chemistries")


def median(name: str, way: str, score: str, n_steps: int) -> float:
    rows = [row for row in read_rows(ROWS) if (row["dataset"], row["way"]) == (name, way)]
    return statistics.median(float(row[score]) for row in rows if row["steps"] == str(n_steps))


@pytest.mark.parametrize("score", ["nmi", "cilisi", "overall"])
def test_the_default_scores_highest_over_the_sets_that_decide_with_the_starts_of_the_preset(score: str):
    of_way = {
        way: statistics.mean(median(name, way, score, STEPS_OF_PRESET) for name in DECIDING)
        for way in ("harmony", "mutual")
    }
    default = PairedClusterGANSettings.model_validate({}).partners_across
    assert max(of_way, key=lambda way: of_way[way]) == default


@pytest.mark.parametrize("name", DECIDING)
def test_clusters_follow_types_more_and_samples_hardly(name: str):
    assert median(name, "harmony", "nmi", START_STEPS) > median(name, "none", "nmi", START_STEPS) + 0.1
    assert median(name, "harmony", "nmi_sample", START_STEPS) <= 0.03


def test_the_default_costs_nothing_on_the_sets_that_report():
    for name in ("baron_mouse_pair", "pancreas_two_studies"):
        assert median(name, "harmony", "nmi", START_STEPS) >= median(name, "none", "nmi", START_STEPS)
    assert median("pancreas_two_studies", "harmony", "lone_apart", START_STEPS) >= 0.9


def test_genes_are_ranked_within_samples_and_must_be_in_two():
    random = np.random.default_rng(0)
    batches = np.repeat([0, 1, 2], 40)
    deviations = np.array([0.1, 5.0, 1.0, 3.0, 0.2])
    values = np.abs(random.normal(0, deviations, (120, 5))).astype(np.float32)
    values[:, 0] += 50 * batches  # differs between samples alone
    values[batches > 0, 1] = 0  # expressed in one sample alone
    assert choose_genes(values, batches, 2).tolist() == [2, 3]


def test_cells_of_lone_types_are_apart_where_most_of_their_cluster_is_of_such_types():
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    batches = np.array([0, 1, 0, 1, 0, 0, 0, 0])
    assert share_apart(labels, batches, np.array([0, 0, 0, 0, 1, 1, 1, 0])) == 0.75
    assert share_apart(labels, np.array([0, 1] * 4), labels) is None
