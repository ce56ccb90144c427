"""The sets with rare groups, and how a group is said to be found."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from benchmarks.rare_types import N_ROWS, SETS, best_f1, draw_groups


@pytest.mark.parametrize("name", SETS)
def test_groups_have_the_shares_that_are_written(name: str) -> None:
    dataset = draw_groups(name)
    assert dataset.labels is not None
    shares = 100 * np.bincount(dataset.labels) / N_ROWS
    assert shares == pytest.approx(SETS[name][3])
    assert len(dataset.samples) == N_ROWS


def test_a_group_is_found_as_well_as_its_best_cluster_finds_it() -> None:
    random = np.random.default_rng(0)
    labels, clusters = random.integers(0, 4, 200), random.integers(0, 6, 200)
    expected = [max(f1_score(labels == label, clusters == cluster) for cluster in range(6)) for label in range(4)]
    assert best_f1(labels, clusters) == pytest.approx(expected)
