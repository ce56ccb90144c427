"""Markers recover planted genes and agree with scanpy; dot plots and single genes are means one can reckon."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csc_matrix, csr_matrix
from scipy.stats import false_discovery_control, norm

from clustergan_core.cells.expression import dot_plot, gene_values
from clustergan_core.cells.markers import adjust_p, compare_selections, find_markers, wilcoxon
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.sparse import log1p_normalised
from clustergan_core.errors import DataError
from tests.small_cells import count_matrix, facs_matrix, planted_matrix


def test_planted_genes_are_the_first_markers_of_their_group() -> None:
    matrix, groups = planted_matrix()
    markers = find_markers(matrix, groups, n_top=5)
    for group in range(3):
        own = markers[markers["cluster"] == group]
        assert set(own["gene"]) == {f"g{5 * group + place}" for place in range(5)}
        assert (own["log2_fold_change"] > 2).all() and (own["p_adjusted"] < 1e-9).all()
        assert (own["fraction_in"] > own["fraction_out"]).all()


def test_ranks_p_values_and_shares_agree_with_scanpys() -> None:
    matrix, groups = planted_matrix(n_cells=90)
    clusters = groups + 3
    ours = find_markers(matrix, clusters)
    theirs = scanpy_markers(matrix, clusters, tie_correct=True)
    joined = ours.merge(theirs, left_on=["cluster", "gene"], right_on=["group", "names"], validate="one_to_one")
    assert len(joined) == len(ours) == 180
    assert joined["score"].to_numpy() == pytest.approx(joined["scores"], rel=1e-5, abs=1e-5)
    assert joined["p"].to_numpy() == pytest.approx(joined["pvals"], rel=1e-4)
    assert joined["p_adjusted"].to_numpy() == pytest.approx(joined["pvals_adj"], rel=1e-4)
    assert joined["fraction_in"].to_numpy() == pytest.approx(joined["pct_nz_group"])
    assert joined["fraction_out"].to_numpy() == pytest.approx(joined["pct_nz_reference"])


def test_a_fold_change_is_the_ratio_of_mean_counts_per_ten_thousand() -> None:
    matrix, groups = planted_matrix(n_cells=90)
    counts = matrix.counts.toarray().astype(np.float64)
    counts = 1e4 * counts / counts.sum(axis=1, keepdims=True)
    for markers, cluster in ((find_markers(matrix, groups), 1), (compare_selections(matrix, *halves(groups)), 0)):
        own = markers if "cluster" not in markers else markers[markers["cluster"] == cluster]
        inside, outside = counts[groups == cluster].mean(axis=0), counts[groups != cluster].mean(axis=0)
        expected = np.log2((inside + 0.1) / (outside + 0.1))[[int(gene[1:]) for gene in own["gene"]]]
        assert own["log2_fold_change"].to_numpy() == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_a_gene_that_a_few_cells_express_strongly_changes_as_its_mean_does_and_not_as_its_logarithms() -> None:
    """The first gene's counts per 10,000 are 0 or 40 in one group, always 10 in the other: their means are 20 and 10.

    The ratio of means of logarithms would be 5.4 to 10, a fall.
    """
    first = [[0], [40]] * 20 + [[10]] * 40
    matrix = count_matrix([[row[0], 10_000 - row[0]] for row in first])
    markers = find_markers(matrix, np.repeat([0, 1], 40))
    change = markers[(markers["cluster"] == 0) & (markers["gene"] == "g0")]["log2_fold_change"]
    assert change.item() == pytest.approx(np.log2(20.1 / 10.1), rel=1e-4)


def test_three_cells_against_none_are_no_millionfold_change() -> None:
    counts = np.full((200, 2), 5_000)
    counts[:3, 0], counts[3:, 0] = 1, 0
    counts[:, 1] = 10_000 - counts[:, 0]
    markers = find_markers(count_matrix(counts), np.repeat([0, 1], 100))
    change = markers[(markers["cluster"] == 0) & (markers["gene"] == "g0")]["log2_fold_change"].item()
    assert change == pytest.approx(np.log2(0.13 / 0.1), rel=1e-3)


def test_rank_sums_of_a_small_table_are_those_of_the_textbook() -> None:
    from scipy.stats import mannwhitneyu

    values = np.array([[0, 1.5], [0, 2], [3, 2], [1, 0], [0, 0], [2, 7.0]])
    groups = np.array([0, 0, 1, 1, 0, 1])
    sums = wilcoxon(csc_matrix(values), groups, 2)
    for gene in range(2):
        expected = mannwhitneyu(
            values[groups == 0, gene], values[groups == 1, gene], method="asymptotic", use_continuity=False
        )
        assert sums.p[:, gene] == pytest.approx([expected.pvalue] * 2)
    assert sums.mean.tolist() == [[0, pytest.approx(3.5 / 3)], [2, 3]]
    assert sums.fraction_rest[0].tolist() == [1, pytest.approx(2 / 3)]


def test_a_gene_that_is_the_same_everywhere_has_no_score() -> None:
    sums = wilcoxon(csc_matrix(np.ones((4, 1))), np.array([0, 0, 1, 1]), 2)
    assert sums.score.tolist() == [[0], [0]] and sums.p.tolist() == [[1], [1]]


def test_two_selections_are_compared_without_the_rest() -> None:
    matrix, groups = planted_matrix()
    table = compare_selections(matrix, groups == 0, groups == 2)
    assert set(table["gene"].head(5)) == {"g0", "g1", "g2", "g3", "g4"}
    assert set(table["gene"].tail(5)) == {"g10", "g11", "g12", "g13", "g14"}
    without_rest = compare_selections(count_matrix(matrix.counts.toarray()[groups != 1]), *halves(groups[groups != 1]))
    pd.testing.assert_frame_equal(table, without_rest)


def test_selections_that_cannot_be_compared_are_refused() -> None:
    matrix, groups = planted_matrix()
    with pytest.raises(DataError, match="Selections A and B share 40 cells"):
        compare_selections(matrix, groups == 0, groups < 2)
    with pytest.raises(DataError, match="Selection B holds 0 cells"):
        compare_selections(matrix, groups == 0, groups == 7)
    with pytest.raises(DataError, match="Markers need two clusters"):
        find_markers(matrix, np.zeros(120, dtype=np.int64))
    with pytest.raises(DataError, match="holds scaled values"):
        find_markers(count_matrix(matrix.counts.toarray(), state="scaled"), groups)


def test_cells_outside_all_clusters_and_clusters_of_one_cell_have_no_markers() -> None:
    matrix, groups = planted_matrix()
    clusters = np.where(groups == 1, -1, groups)
    clusters[0] = 9
    markers = find_markers(matrix, clusters)
    assert sorted(markers["cluster"].unique()) == [0, 2]
    top = markers[markers["cluster"] == 0].head(5)
    assert set(top["gene"]) == {"g0", "g1", "g2", "g3", "g4"}


def test_stored_zeros_change_nothing_and_the_matrix_is_left_alone() -> None:
    matrix, groups = planted_matrix()
    counts = matrix.counts.tocoo()
    zeros = np.arange(30)
    stored = csr_matrix(
        (
            np.r_[counts.data, np.zeros(30, dtype=np.float32)],
            (np.r_[counts.row, zeros], np.r_[counts.col, zeros]),
        ),
        shape=counts.shape,
    )
    assert stored.nnz >= matrix.counts.nnz
    with_zeros = CountMatrix(**{**vars(matrix), "counts": stored})
    before = stored.copy()
    pd.testing.assert_frame_equal(find_markers(with_zeros, groups), find_markers(matrix, groups))
    assert np.array_equal(stored.indices, before.indices) and np.array_equal(stored.data, before.data)


def test_a_dot_is_the_clusters_mean_and_share_of_cells() -> None:
    matrix = count_matrix([[0, 4], [2, 2], [4, 0], [0, 8]], ("CD4", "CD8A"))
    dots = dot_plot(matrix, np.array([0, 0, 2, 2]), ("CD8A", "cd4"), n_clusters=3)
    logs = np.log1p(1e4 * np.array([[1, 0], [0.5, 0.5], [0, 1], [1, 0]]))  # CD8A, CD4
    assert dots.mean == pytest.approx(np.array([logs[:2].mean(axis=0), [0, 0], logs[2:].mean(axis=0)]))
    assert dots.fraction.tolist() == [[1, 0.5], [0, 0], [0.5, 0.5]]


def test_genes_are_found_by_symbol_name_or_id_and_unknown_ones_named() -> None:
    matrix = count_matrix([[1, 2, 3]], ("CD4", "TBCE", "TBCE"), ("E1", "E2", "E3"), state="log")
    assert gene_values(matrix, ("E1", "TBCE", "TBCE (E3)")).tolist() == [[1, 2, 3]]
    with pytest.raises(DataError, match=r"small\.h5ad has no gene CD99, XIST: name genes as the file does \(CD4, "):
        gene_values(matrix, ("CD99", "CD4", "XIST"))


def test_log_normalised_values_are_scanpys() -> None:
    matrix, _ = planted_matrix(n_cells=20)
    expected = matrix.counts.toarray()
    expected = np.log1p(1e4 * expected / expected.sum(axis=1, keepdims=True))
    assert log1p_normalised(matrix).toarray() == pytest.approx(expected, rel=1e-5)


def test_p_values_are_those_of_scipys_functions() -> None:
    p = np.random.default_rng(0).random(500) ** 4
    p[:20] = p[20:40]  # some are equal
    assert np.array_equal(adjust_p(p), false_discovery_control(p))
    matrix, groups = planted_matrix()
    sums = wilcoxon(csc_matrix(log1p_normalised(matrix)), groups, 3)
    assert np.array_equal(sums.p, 2 * norm.sf(np.abs(sums.score)))


def test_known_markers_of_blood_are_found(data_folder: Path) -> None:
    matrix = facs_matrix(data_folder)
    names, clusters = np.unique(matrix.cells["celltype"].to_numpy(dtype=str), return_inverse=True)
    markers = find_markers(matrix, clusters.astype(np.int64), n_top=10)
    top = {str(name): set(markers.loc[markers["cluster"] == number, "gene"]) for number, name in enumerate(names)}
    assert {"CD74", "CD79A"} <= top["CD19+ B"]
    assert {"LYZ", "S100A9"} <= top["CD14+ Monocyte"]
    assert {"NKG7", "GNLY"} <= top["CD56+ NK"]


def halves(groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which cells are of group 0, and which of another."""
    return groups == 0, groups != 0


def scanpy_markers(matrix: CountMatrix, clusters: np.ndarray, tie_correct: bool) -> pd.DataFrame:
    """scanpy's own table, cluster names as numbers."""
    import scanpy

    cells = scanpy.AnnData(
        log1p_normalised(matrix).toarray(),
        obs=pd.DataFrame({"c": pd.Categorical(clusters.astype(str))}, index=matrix.cell_ids.astype(object)),
        var=pd.DataFrame(index=matrix.gene_ids.astype(object)),
    )
    with warnings.catch_warnings():
        # Columns added one by one, in scanpy's own table.
        warnings.simplefilter("ignore", pd.errors.PerformanceWarning)
        scanpy.tl.rank_genes_groups(cells, "c", method="wilcoxon", tie_correct=tie_correct, pts=True)
    table = scanpy.get.rank_genes_groups_df(cells, None)
    return table.assign(group=table["group"].astype(int))
