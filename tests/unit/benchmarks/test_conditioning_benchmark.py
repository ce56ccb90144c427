"""What the committed rows of benchmarks/conditioning.csv show, and how a counterfactual is judged."""

import statistics

import numpy as np
import pytest

from benchmarks.conditioning import KEY, ROWS, SCORES, _correlate_own
from benchmarks.train_all import read_rows


def median(dataset: str, told: str, score: str) -> float:
    rows = [row for row in read_rows(ROWS) if (row["dataset"], row["conditioned"]) == (dataset, told)]
    return statistics.median(float(row[score]) for row in rows)


def test_each_row_is_there_once_and_whole() -> None:
    rows = read_rows(ROWS)
    assert len({tuple(row[name] for name in KEY) for row in rows}) == len(rows)
    assert all(row[score] for row in rows if row["conditioned"] == "yes" for score in SCORES)


def test_a_generator_that_knows_samples_is_nearer_to_each_and_does_not_harm_clusters() -> None:
    for dataset in {row["dataset"] for row in read_rows(ROWS) if row["conditioned"] == "no"}:
        assert median(dataset, "yes", "frechet_by_sample") < median(dataset, "no", "frechet_by_sample")
        assert median(dataset, "yes", "nmi") >= median(dataset, "no", "nmi") - 0.02
        assert median(dataset, "yes", "noise_auc") < median(dataset, "no", "noise_auc")


def test_stimulated_control_cells_are_predicted_better_than_by_all_cells_and_no_better_than_within_clusters() -> None:
    predicted, baseline = (median("kang_ifnb", "yes", score) for score in ("predicted_mean", "all_cells"))
    assert baseline < predicted < median("kang_ifnb", "yes", "within_cluster")


def test_what_all_clusters_share_counts_for_nothing_in_own_correlations() -> None:
    random = np.random.default_rng(0)
    shared, own = 100 * random.standard_normal(50), random.standard_normal((3, 50))
    assert _correlate_own(list(shared + own), list(own)) == pytest.approx([1, 1, 1])
