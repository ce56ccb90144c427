"""Markers within samples, combined: genes that differ between samples mark no cluster by that alone."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.stats import combine_pvalues, mannwhitneyu

from clustergan_core.cells.markers import find_markers
from clustergan_core.cells.sample_markers import find_sample_markers
from clustergan_core.data.counts.matrix import CountMatrix, take_cells
from clustergan_core.data.counts.sparse import log1p_normalised
from clustergan_core.errors import DataError
from tests.small_cells import count_matrix

SIZES = ((20, 40), (45, 15), (12, 50))  # cells of cluster 0 and of cluster 1 in each of three samples


@pytest.fixture(scope="module")
def cells() -> tuple[CountMatrix, NDArray[np.int64], NDArray[np.int64]]:
    """(counts, clusters, samples): gene 0 marks cluster 0 in all samples, gene 1 in the first alone, gene 2 no cluster.

    Gene 2 is high in the second sample, where most cells are of cluster 0.
    """
    random = np.random.default_rng(3)
    clusters = np.concatenate([np.repeat([0, 1], sizes) for sizes in SIZES])
    batches = np.repeat([0, 1, 2], [sum(sizes) for sizes in SIZES])
    rates = np.full((len(clusters), 12), 2.0)
    rates[clusters == 0, 0] = 4
    rates[(clusters == 0) & (batches == 0), 1] = 6
    rates[batches == 1, 2] = 12
    return count_matrix(random.poisson(rates)), clusters, batches


def test_scores_are_stouffers_of_wilcoxons_within_samples(
    cells: tuple[CountMatrix, NDArray[np.int64], NDArray[np.int64]],
) -> None:
    matrix, clusters, batches = cells
    found = find_sample_markers(matrix, clusters, batches, ("s0", "s1", "s2")).table
    of_cluster = found[found["cluster"] == 0].set_index("gene")
    values = log1p_normalised(matrix).toarray().astype(np.float64)
    for gene in range(12):
        sides = [
            (values[(batches == batch) & (clusters == 0), gene], values[(batches == batch) & (clusters == 1), gene])
            for batch in range(3)
        ]
        p = [
            mannwhitneyu(*side, alternative="greater", use_continuity=False, method="asymptotic").pvalue
            for side in sides
        ]
        weights = [(n_in * n_out / (n_in + n_out)) ** 0.5 for n_in, n_out in SIZES]
        expected = combine_pvalues(p, "stouffer", weights)
        assert of_cluster.loc[f"g{gene}", "score"] == pytest.approx(expected.statistic, abs=1e-6)
        two_sided = 2 * min(expected.pvalue, 1 - expected.pvalue)
        assert of_cluster.loc[f"g{gene}", "p"] == pytest.approx(two_sided, rel=1e-5)


def test_a_gene_counts_as_found_in_the_samples_where_it_is_a_marker(
    cells: tuple[CountMatrix, NDArray[np.int64], NDArray[np.int64]],
) -> None:
    matrix, clusters, batches = cells
    found = find_sample_markers(matrix, clusters, batches, ("s0", "s1", "s2"))
    of_cluster = found.table[found.table["cluster"] == 0].set_index("gene")
    assert of_cluster.index[0] == "g0", "found in most samples comes first"
    assert (of_cluster["n_samples"] == 3).all()
    assert of_cluster["n_found"].to_dict() | {"g0": 3, "g1": 1, "g2": 0} == of_cluster["n_found"].to_dict()
    within = [find_markers(take_cells(matrix, batches == batch), clusters[batches == batch]) for batch in range(3)]
    changes = [own[own["cluster"] == 0].set_index("gene").loc["g0", "log2_fold_change"] for own in within]
    assert of_cluster.loc["g0", "log2_fold_change"] == pytest.approx(np.mean(changes))
    assert of_cluster.loc["g0", "least_change"] == pytest.approx(min(changes))
    # Pooled, the sample's gene passes for a marker of the cluster that the sample has more of.
    pooled = find_markers(matrix, clusters)
    assert pooled[pooled["cluster"] == 0].set_index("gene").loc["g2", "p_adjusted"] < 0.01
    assert of_cluster.loc["g2", "p_adjusted"] > 0.2


def test_a_sample_with_few_cells_of_a_cluster_is_left_out_there_and_named(
    cells: tuple[CountMatrix, NDArray[np.int64], NDArray[np.int64]],
) -> None:
    matrix, clusters, batches = cells
    rare = clusters.copy()
    rare[np.flatnonzero((batches == 2) & (clusters == 0))[:3]] = 1  # nine are left
    rare[np.flatnonzero((batches == 1) & (clusters == 0))[:9]] = 2
    found = find_sample_markers(matrix, rare, batches, ("s0", "s1", "s2"))
    assert found.left_out == {0: ("s2",), 1: ("s2",), 2: ("s0", "s1", "s2")}
    assert set(found.table["cluster"]) == {0, 1}
    assert set(found.table.loc[found.table["cluster"] == 0, "n_samples"]) == {2}


def test_what_cannot_be_compared_is_said(cells: tuple[CountMatrix, NDArray[np.int64], NDArray[np.int64]]) -> None:
    matrix, clusters, batches = cells
    with pytest.raises(DataError, match="has one sample: markers within samples need several"):
        find_sample_markers(matrix, clusters, np.zeros_like(batches), ("s0",))
    with pytest.raises(DataError, match="No cluster has 10 cells in a sample with as many others"):
        find_sample_markers(matrix, np.zeros_like(clusters), batches, ("s0", "s1", "s2"))


def test_cells_of_no_cluster_are_ignored(cells: tuple[CountMatrix, NDArray[np.int64], NDArray[np.int64]]) -> None:
    matrix, clusters, batches = cells
    known = clusters.copy()
    known[::7] = -1
    ignored = find_sample_markers(matrix, known, batches, ("s0", "s1", "s2")).table
    rows = known != -1
    taken = find_sample_markers(take_cells(matrix, rows), clusters[rows], batches[rows], ("s0", "s1", "s2")).table
    pd.testing.assert_frame_equal(ignored, taken)
