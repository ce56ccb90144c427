"""Phases of the cell cycle: scanpy's scores by the published genes, and clusters that are a phase and no type."""

from dataclasses import replace

import anndata
import numpy as np
import pandas as pd
import pytest
import scanpy

from clustergan_core.cells.cell_cycle import PHASES, cycle_table, find_cycling, score_cycle
from clustergan_core.data.counts.cycle_genes import G2M_GENES, LATER_SYMBOLS, S_GENES
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.errors import DataError
from tests.small_cells import count_matrix

N_CELLS = 150
OTHERS = [f"SLC{gene}A1" for gene in range(200)]
SYMBOLS = [*S_GENES, *G2M_GENES, *OTHERS]
TRUTH = np.repeat([0, 1, 2], 50)  # G1, S, G2M


def cycling(symbols: list[str] = SYMBOLS) -> CountMatrix:
    """Counts in which the genes of a phase are six times as frequent in its cells."""
    rates = np.random.default_rng(0).gamma(2, 1, len(SYMBOLS))[None, :].repeat(N_CELLS, axis=0)
    rates[np.ix_(TRUTH == 1, np.arange(len(S_GENES)))] *= 6
    rates[np.ix_(TRUTH == 2, np.arange(len(S_GENES), len(S_GENES) + len(G2M_GENES)))] *= 6
    return count_matrix(np.random.default_rng(1).poisson(rates), symbols)


def test_the_lists_are_as_long_as_published_and_share_no_gene() -> None:
    assert (len(set(S_GENES)), len(set(G2M_GENES))) == (43, 54)
    assert not set(S_GENES) & set(G2M_GENES)


def test_scores_and_phases_are_scanpys() -> None:
    matrix = cycling()
    own = anndata.AnnData(matrix.counts.copy(), var=pd.DataFrame(index=pd.Index(SYMBOLS)))
    scanpy.pp.normalize_total(own, target_sum=1e4)
    scanpy.pp.log1p(own)
    scanpy.tl.score_genes_cell_cycle(own, s_genes=list(S_GENES), g2m_genes=list(G2M_GENES))
    found = score_cycle(matrix)
    np.testing.assert_allclose(found.s_score, own.obs["S_score"], atol=1e-4)
    np.testing.assert_allclose(found.g2m_score, own.obs["G2M_score"], atol=1e-4)
    assert found.names.tolist() == own.obs["phase"].tolist()
    assert (found.phases[TRUTH > 0] == TRUTH[TRUTH > 0]).mean() > 0.95


def test_mouse_genes_and_later_symbols_are_found() -> None:
    later = [str(LATER_SYMBOLS.get(symbol, symbol)) for symbol in SYMBOLS]
    mouse = [symbol.capitalize() for symbol in later]
    human = score_cycle(cycling())
    for symbols in (later, mouse):
        found = score_cycle(cycling(symbols))
        assert len(found.genes) == 97
        assert found.phases.tolist() == human.phases.tolist()


def test_a_cluster_of_one_phase_that_is_not_the_usual_one_is_told() -> None:
    found = score_cycle(cycling())
    only_s = np.flatnonzero(found.phases == 1)
    clusters = np.zeros(N_CELLS, dtype=np.int64)
    clusters[only_s] = 4
    found = replace(found, phases=np.where(np.isin(np.arange(N_CELLS), only_s), 1, 0))
    table = cycle_table(found, clusters)
    assert table["cluster"].tolist() == [0, 4]
    np.testing.assert_allclose(table[list(PHASES)].sum(axis=1), 1)
    assert find_cycling(found, table) == [(4, "S", 1.0)], "cluster 0 is wholly in the phase of most cells"
    assert find_cycling(found, cycle_table(found, np.zeros(N_CELLS, dtype=np.int64))) == []


def test_data_without_the_genes_is_refused_in_one_sentence() -> None:
    with pytest.raises(DataError, match=r"has 0 of the 43 genes of phase S, but 10 are needed: provide"):
        score_cycle(count_matrix(np.ones((4, 200)), OTHERS))
    few = [*S_GENES[:10], *G2M_GENES[:10]]
    counts = np.random.default_rng(0).poisson(1, (50, 20))
    with pytest.raises(DataError, match=r"has 0 genes beside those of the cell cycle, too few .*all genes"):
        score_cycle(count_matrix(counts, few))
    with pytest.raises(DataError, match="scaled values"):
        score_cycle(replace(cycling(), state="scaled"))
    fly = [f"FBgn{gene:07d}" for gene in range(200)]
    with pytest.raises(DataError, match="genes of fly"):
        score_cycle(count_matrix(np.ones((4, 200)), OTHERS, fly))
