"""Quality control: figures, rules in order, presets, and values that are no counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.counts.gene_sets import NO_MITOCHONDRIAL, is_mitochondrial, is_ribosomal
from clustergan_core.data.counts.genes import unique_gene_names
from clustergan_core.data.counts.matrix import CountState
from clustergan_core.data.counts.quality import DETECTED, MITO, RIBO, TOTAL, cell_figures, check_quality
from clustergan_core.data.counts.settings import QUALITY_PRESETS, QualitySettings
from clustergan_core.data.counts.sparse import gene_moments, parts, take_dense
from clustergan_core.errors import DataError
from tests.small_cells import count_matrix, facs_matrix

COUNTS = [
    [4, 0, 1, 5],  # 10 counts, 3 genes, mito 1/10, ribo 5/10
    [0, 0, 2, 0],  # 2 counts, 1 gene, mito 1
    [3, 1, 0, 0],  # 4 counts, 2 genes, mito 0
    [9, 9, 1, 1],  # 20 counts, 4 genes, mito 1/20, ribo 1/20
    [0, 0, 0, 0],
]
SYMBOLS = ("CD3E", "CD19", "MT-CO1", "RPL7")
NO_RULE = QUALITY_PRESETS["paper"]


def test_figures_of_each_cell_are_what_one_counts_by_hand() -> None:
    figures = cell_figures(count_matrix(COUNTS, SYMBOLS))
    assert figures[TOTAL].tolist() == [10, 2, 4, 20, 0]
    assert figures[DETECTED].tolist() == [3, 1, 2, 4, 0]
    assert figures[MITO].tolist() == pytest.approx([0.1, 1, 0, 0.05, 0])
    assert figures[RIBO].tolist() == pytest.approx([0.5, 0, 0, 0.05, 0])
    assert figures.index.tolist() == ["c0", "c1", "c2", "c3", "c4"]


def test_every_rule_removes_what_lies_beyond_its_threshold_and_says_how_much_in_order() -> None:
    settings = QualitySettings(min_counts=3, min_genes=2, max_genes=4, max_mito_share=0.1, min_cells=1)
    report = check_quality(count_matrix(COUNTS, SYMBOLS), settings)
    assert [(rule.rule, rule.n_removed, rule.n_left) for rule in report.rules] == [
        ("fewer than 3 counts", 2, 3),
        ("fewer than 2 genes detected", 0, 3),
        ("4 genes detected or more", 1, 2),
        ("mitochondrial share of 10% or more", 1, 1),
        ("detected in fewer than 1 cells", 2, 2),
    ]
    assert report.cell_mask.tolist() == [False, False, True, False, False]
    assert report.gene_mask.tolist() == [True, True, False, False]


def test_other_settings_bring_back_what_was_removed() -> None:
    matrix = count_matrix(COUNTS, SYMBOLS)
    figures = cell_figures(matrix)
    assert check_quality(matrix, QualitySettings(min_genes=4, min_cells=0), figures).n_cells == 1
    assert check_quality(matrix, NO_RULE, figures).n_cells == 5


def test_deviations_are_counted_in_medians_of_the_logarithm() -> None:
    totals = [e - 1 for e in np.exp([1.0, 1.1, 1.2, 1.3, 1.4, 3.0])]
    matrix = count_matrix([[total] for total in totals])
    # log1p: median 1.25, deviations .25 .15 .05 .05 .15 1.75, their median .15; 5 × .15 = .75.
    report = check_quality(matrix, QualitySettings(min_genes=0, n_mads=5, min_cells=0))
    assert report.rules[0].n_removed == 1 and not report.cell_mask[5]
    assert report.rules[1].skipped.startswith("at least half of the cells have the same value")


def test_mitochondrial_deviations_count_only_above_the_median() -> None:
    shares = [0.0, 0.04, 0.05, 0.06, 0.05, 0.2]
    matrix = count_matrix([[1000 * (1 - share), 1000 * share] for share in shares], ("CD4", "mt-Co1"))
    report = check_quality(matrix, QualitySettings(min_genes=0, n_mito_mads=3, min_cells=0))
    # Median .05, deviations .05 .01 0 .01 0 .15, their median .01: above .08 is out, 0 stays.
    assert report.cell_mask.tolist() == [True, True, True, True, True, False]
    assert report.rules[0].rule == "mitochondrial share more than 3 MADs above the median (above 0.08)"


def test_a_share_without_its_genes_is_left_out_and_its_rule_says_why() -> None:
    report = check_quality(count_matrix(COUNTS), QualitySettings(min_genes=0, max_mito_share=0.05, min_cells=0))
    assert MITO not in report.figures and report.n_cells == 5
    assert report.rules[0].skipped == NO_MITOCHONDRIAL


@pytest.mark.parametrize(
    ("state", "figures"),
    [("normalised", {DETECTED, MITO, RIBO}), ("log", {DETECTED}), ("scaled", set())],
)
def test_values_that_are_no_counts_skip_the_rules_they_no_longer_answer(state: CountState, figures: set[str]) -> None:
    matrix = count_matrix(COUNTS, SYMBOLS, state=state)
    report = check_quality(matrix, QualitySettings(min_counts=3, min_genes=0, min_cells=0))
    assert set(report.figures) == figures
    assert report.n_cells == 5 and report.rules[0].n_removed == 0
    assert "from which it cannot be computed" in report.rules[0].skipped
    genes = check_quality(matrix, QualitySettings(min_genes=0, min_cells=3)).rules[-1]
    assert bool(genes.skipped) == (state == "scaled")


def test_thresholds_that_leave_nothing_are_refused_with_the_rule() -> None:
    matrix = count_matrix(COUNTS, SYMBOLS)
    with pytest.raises(DataError, match=r"leaves none of 5 cells .'fewer than 100 genes detected'.: relax"):
        check_quality(matrix, QUALITY_PRESETS["permissive"])
    with pytest.raises(DataError, match="leaves none of 4 genes"):
        check_quality(matrix, QualitySettings(min_genes=0, min_cells=6))


def test_presets_hold_the_thresholds_people_know() -> None:
    assert (QUALITY_PRESETS["permissive"].min_genes, QUALITY_PRESETS["permissive"].min_cells) == (100, 3)
    classic = QUALITY_PRESETS["classic"]
    assert (classic.min_genes, classic.min_cells, classic.max_genes, classic.max_mito_share) == (200, 3, 2500, 0.05)
    mad = QUALITY_PRESETS["MAD"]
    assert (mad.n_mads, mad.n_mito_mads, mad.max_mito_share) == (5, 3, 0.08)
    assert QUALITY_PRESETS["paper"] == QualitySettings(min_genes=0, min_cells=0)


def test_symbols_tell_mitochondrial_and_ribosomal_genes_of_human_and_mouse() -> None:
    symbols = np.array(["MT-ND1", "mt-Nd1", "MTOR", "RPS3", "Rpl7", "RPS6KA1", "CD4"])
    assert is_mitochondrial(symbols).tolist() == [True, True, False, False, False, False, False]
    assert is_ribosomal(symbols).tolist() == [False, False, False, True, True, False, False]


def test_genes_that_share_a_symbol_are_named_with_their_ids() -> None:
    matrix = count_matrix([[1, 2, 3, 4]], ("TBCE", "CD4", "TBCE", ""), ("E1", "E2", "E3", "E4"))
    assert unique_gene_names(matrix) == ("TBCE (E1)", "CD4", "TBCE (E3)", "E4")


def test_a_matrix_seen_in_parts_gives_what_it_gives_at_once() -> None:
    generator = np.random.default_rng(1)
    dense = generator.poisson(0.4, size=(50, 20)).astype(np.float32)
    dense[7] = 0
    matrix = count_matrix(dense)
    seen = list(parts(matrix.counts, n_entries=30))
    assert len(seen) > 5 and [rows.start for rows, _ in seen[1:]] == [rows.stop for rows, _ in seen[:-1]]
    assert np.array_equal(np.vstack([part.toarray() for _, part in seen]), dense)
    mask = generator.random(50) < 0.7
    moments = gene_moments(matrix.counts, mask, lambda values, cells: np.log2(1 + values))
    logs = np.log2(1 + dense[mask].astype(np.float64))
    assert moments.mean == pytest.approx(logs.mean(axis=0), rel=1e-6)
    assert moments.variance == pytest.approx(logs.var(axis=0), rel=1e-5, abs=1e-7)
    assert moments.n_cells.tolist() == (dense[mask] > 0).sum(axis=0).tolist()
    genes = np.array([3, 11, 2])
    assert np.array_equal(take_dense(matrix.counts, mask, genes), dense[mask][:, genes])


def test_blood_cells_lose_few_to_the_classic_thresholds(data_folder: Path) -> None:
    matrix = facs_matrix(data_folder)
    report = check_quality(matrix, QUALITY_PRESETS["classic"])
    dense_genes = (matrix.counts > 0).sum(axis=1).A1
    assert report.rules[0].n_removed == int((dense_genes < 200).sum())
    assert 3600 < report.n_cells < 3774 and report.n_genes > 13_000
