"""A gene set of one's own among the markers of a selection: counted by hand, and by SciPy's Fisher test."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact, mannwhitneyu

from clustergan_core.cells.enrichment import MOST_GENES, measure_enrichment, read_gene_set
from clustergan_core.errors import DataError

N_GENES = 200
SCORES = np.random.default_rng(0).normal(size=N_GENES)
TABLE = pd.DataFrame(
    {
        "gene": [f"Gene{number}" for number in range(N_GENES)],
        "gene_id": [f"ENSG{number:011d}" for number in range(N_GENES)],
        "score": SCORES,
    }
)
BEST = TABLE.sort_values("score", ascending=False)["gene"].tolist()


def test_a_set_is_read_whatever_separates_its_genes() -> None:
    assert read_gene_set(" CD3D, CD3E;LYZ\n\tCD3D MS4A1 ") == ("CD3D", "CD3E", "LYZ", "MS4A1")
    with pytest.raises(DataError, match="holds 5,001 genes: enter at most 5,000"):
        read_gene_set(" ".join(f"g{number}" for number in range(MOST_GENES + 1)))


def test_overlap_and_p_are_those_of_fishers_exact_test() -> None:
    genes = [*BEST[:6], *BEST[100:104]]
    result = measure_enrichment(TABLE, genes, n_top=20)
    assert sorted(result.overlap) == sorted(BEST[:6])
    assert (result.n_tested, result.n_top, len(result.found), result.missing) == (200, 20, 10, ())
    assert result.expected == pytest.approx(20 * 10 / 200)
    assert result.p == pytest.approx(fisher_exact([[6, 4], [14, 176]], alternative="greater").pvalue)


def test_the_area_is_that_of_the_rank_sum_test() -> None:
    genes = BEST[::7]
    in_set = TABLE["gene"].isin(genes)
    statistic = mannwhitneyu(SCORES[in_set], SCORES[~in_set]).statistic
    assert measure_enrichment(TABLE, genes).area == pytest.approx(statistic / (in_set.sum() * (~in_set).sum()))


def test_ids_and_other_cases_are_found_and_missing_genes_are_named() -> None:
    result = measure_enrichment(TABLE, ["gene3", "ENSG00000000005", "CD3D"])
    assert (result.found, result.missing) == (("Gene3", "Gene5"), ("CD3D",))
    with pytest.raises(DataError, match=r"None of the set's genes \(CD3D\) was tested"):
        measure_enrichment(TABLE, ["CD3D"])


def test_genes_that_are_lower_in_the_selection_are_never_top_ones() -> None:
    lower = TABLE.assign(score=-np.abs(SCORES))
    assert measure_enrichment(lower, BEST[:5]).n_top == 0
