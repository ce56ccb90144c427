"""Genes between conditions on pseudobulk: sums by sample, DESeq2 from three samples a condition on, never cells."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests

from clustergan_core.cells.pseudobulk import Pseudobulk, compare_genes, sum_counts
from clustergan_core.data.dataset import SampleFacts
from clustergan_core.errors import DataError
from tests.small_cells import count_matrix

N_GENES, N_RAISED = 90, 6


def make_samples(conditions: str, donors: str = "") -> tuple[SampleFacts, ...]:
    return tuple(
        SampleFacts(sample=f"s{row}", name=f"S{row}", condition=condition, donor=donors[row] if donors else "")
        for row, condition in enumerate(conditions)
    )


def make_bulk(conditions: str, donors: str = "", n_cells: int = 50) -> Pseudobulk:
    """Negative binomial counts of samples of different depths; the first six genes are four times as high in b."""
    random = np.random.default_rng(4)
    samples = make_samples(conditions, donors)
    rates = (40 + random.gamma(2, 60, N_GENES)) * random.uniform(0.6, 1.6, len(samples))[:, None]
    of_donor = {donor: np.exp(random.normal(0, 0.6, N_GENES)) for donor in sorted(set(donors))}
    rates = rates * np.array([of_donor.get(each.donor, np.ones(N_GENES)) for each in samples])
    rates[np.array([each.condition == "b" for each in samples]), :N_RAISED] *= 4
    counts = random.negative_binomial(20, 20 / (20 + rates))
    genes = pd.DataFrame({"gene": [f"g{gene}" for gene in range(N_GENES)], "gene_id": "id"})
    return Pseudobulk(counts, counts.sum(axis=1), np.full(len(samples), n_cells), samples, genes)


def size_factors(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Medians of ratios to the genes' geometric means (Anders & Huber 2010, equation 5)."""
    whole = counts[:, (counts > 0).all(axis=0)]
    return np.exp(np.median(np.log(whole) - np.log(whole).mean(axis=0), axis=1))


def test_counts_are_summed_by_sample_over_the_chosen_cells() -> None:
    matrix = count_matrix([[1, 0, 2], [3, 1, 0], [0, 5, 1], [7, 7, 7]])
    chosen = np.array([True, True, True, False])
    bulk = sum_counts(matrix, np.array([1, 1, 0, 0]), chosen, make_samples("ab"))
    assert bulk.counts.tolist() == [[0, 5, 1], [4, 1, 2]]
    assert bulk.n_cells.tolist() == [1, 2]
    assert bulk.per_10_000[1].tolist() == pytest.approx([40_000 / 7, 10_000 / 7, 20_000 / 7])
    with pytest.raises(DataError, match="holds log-normalised values, and conditions are compared on sums of raw"):
        sum_counts(replace(matrix, state="log"), np.array([1, 1, 0, 0]), chosen, make_samples("ab"))


@pytest.mark.parametrize(("conditions", "donors"), [("aaabbbb", ""), ("aaaabbbb", "wxyzwxyz")])
def test_fold_changes_are_those_of_a_negative_binomial_model_of_condition_and_donor(
    conditions: str, donors: str
) -> None:
    bulk = make_bulk(conditions, donors)
    found = compare_genes(bulk, "a", "b")
    assert found.is_tested
    columns = [np.ones(len(conditions)), [float(condition == "b") for condition in conditions]]
    columns += [[float(donor == name) for donor in donors] for name in sorted(set(donors))[1:]]
    design, factors = np.column_stack(columns), size_factors(bulk.counts)
    table = found.table.set_index("gene")
    for gene in range(0, N_GENES, 4):
        # DESeq2's dispersion lies between these two, and so does the effect that it gives.
        fits = [
            sm.GLM(
                bulk.counts[:, gene], design, sm.families.NegativeBinomial(alpha=alpha), offset=np.log(factors)
            ).fit()
            for alpha in (0.005, 0.5)
        ]
        effects = sorted(fit.params[1] / np.log(2) for fit in fits)
        own = table.loc[f"g{gene}"]
        assert effects[0] - 0.03 <= own["log2_fold_change"] <= effects[1] + 0.03
        assert own["statistic"] == pytest.approx(own["log2_fold_change"] / own["standard_error"])
    assert f"{', paired by donor' if donors else ''}: 90 genes with at least 10 counts" in found.notes[0]


def test_planted_genes_are_first_and_p_values_are_adjusted_over_genes() -> None:
    found = compare_genes(make_bulk("aaaabbbb"), "a", "b").table
    assert set(found["gene"][:N_RAISED]) == {f"g{gene}" for gene in range(N_RAISED)}
    assert (found["p_adjusted"][:N_RAISED] < 0.01).all() and (found["log2_fold_change"][:N_RAISED] > 1.3).all()
    assert (found["p_adjusted"][N_RAISED:] < 0.05).mean() < 0.05
    tested = found[found["p_adjusted"].notna()]
    expected = multipletests(tested["p"], method="fdr_bh")[1]
    assert tested["p_adjusted"].tolist() == pytest.approx(expected.tolist())


def test_pairing_by_donor_finds_what_differences_between_donors_hide() -> None:
    bulk = make_bulk("aaaabbbb", "wxyzwxyz")
    unpaired = bulk.take(range(8))
    unpaired = replace(unpaired, samples=tuple(each.model_copy(update={"donor": ""}) for each in bulk.samples))
    with_donors, without = (compare_genes(each, "a", "b").table.set_index("gene") for each in (bulk, unpaired))
    raised = [f"g{gene}" for gene in range(N_RAISED)]
    assert with_donors.loc[raised, "standard_error"].median() < 0.6 * without.loc[raised, "standard_error"].median()


def test_below_three_samples_there_are_fold_changes_of_means_and_no_test() -> None:
    bulk = make_bulk("aabbb")
    found = compare_genes(bulk, "a", "b")
    assert not found.is_tested and "p" not in found.table
    assert found.notes[-1].startswith("a has 2 samples, and a test needs 3 of each condition")
    shares = 1e4 * bulk.counts / bulk.counts.sum(axis=1, keepdims=True)
    changes = np.log2((shares[2:].mean(axis=0) + 0.1) / (shares[:2].mean(axis=0) + 0.1))
    table = found.table.set_index("gene")
    assert table.loc[list(bulk.genes["gene"]), "log2_fold_change"].tolist() == pytest.approx(changes.tolist())
    assert found.table["log2_fold_change"].abs().is_monotonic_decreasing


def test_samples_with_few_cells_of_the_cluster_are_left_out_and_named() -> None:
    bulk = make_bulk("aaabbbb")
    n_cells = np.array([50, 50, 50, 9, 50, 50, 50])
    found = compare_genes(replace(bulk, n_cells=n_cells), "a", "b")
    assert found.notes[0] == "Left out, with fewer than 10 cells of this cluster: S3 (9)."
    assert found.is_tested and [each.name for each in found.compared.samples] == ["S0", "S1", "S2", "S4", "S5", "S6"]
    expected = compare_genes(bulk.take([0, 1, 2, 4, 5, 6]), "a", "b").table
    pd.testing.assert_frame_equal(found.table, expected)
    n_cells[:2] = 3
    assert not compare_genes(replace(bulk, n_cells=n_cells), "a", "b").is_tested, "cells do not stand in for samples"
    n_cells[2] = 3
    with pytest.raises(DataError, match="No sample of a has 10 cells of this cluster"):
        compare_genes(replace(bulk, n_cells=n_cells), "a", "b")
    with pytest.raises(DataError, match="No sample has the condition 'c': the samples table has a, b"):
        compare_genes(bulk, "a", "c")


def test_donors_that_cannot_be_modelled_are_left_out_with_the_reason() -> None:
    found = compare_genes(make_bulk("aaabbb", "xyzxyu"), "a", "b")
    assert "Donors are not part of the model, because donor u has samples of one condition only." in found.notes
    found = compare_genes(make_bulk("aaabbb", "xxyuvw"), "a", "b")
    assert "x gave 2 samples of these, which count as replicates although they are alike." in found.notes


def test_genes_with_few_counts_are_not_tested() -> None:
    bulk = make_bulk("aaabbb")
    bulk.counts[:, 10] = [9, 9, 9, 9, 10, 10]  # enough in two samples, and the smaller condition has three
    bulk.counts[:, 11] = [10, 10, 10, 0, 0, 0]
    genes = set(compare_genes(bulk, "a", "b").table["gene"])
    assert "g10" not in genes and "g11" in genes
    with pytest.raises(DataError, match="No gene has 10 counts in 3 samples of this cluster"):
        compare_genes(replace(bulk, counts=np.zeros_like(bulk.counts)), "a", "b")


@pytest.mark.skipif("CLUSTERGAN_DATA" not in os.environ, reason="CLUSTERGAN_DATA is not set")
def test_interferon_raises_its_genes_in_every_type() -> None:
    # Kang et al. 2018. The donors of this file are not told apart, so that fold changes are all there is.
    import anndata

    file = anndata.read_h5ad(Path(os.environ["CLUSTERGAN_DATA"]) / "kang_ifnb" / "kang_ifnb.h5ad")
    matrix = count_matrix(file.X.toarray(), symbols=list(file.var_names))
    is_stimulated = (file.obs["condition"] == "STIM").to_numpy()
    samples = tuple(SampleFacts(sample=name, name=name, condition=name) for name in ("CTRL", "STIM"))
    for kind in ("CD14 Mono", "CD4 Naive T", "B", "NK"):
        bulk = sum_counts(matrix, is_stimulated.astype(np.int64), (file.obs["cell_type"] == kind).to_numpy(), samples)
        found = compare_genes(bulk, "CTRL", "STIM")
        assert not found.is_tested
        assert {"ISG15", "IFIT1", "IFIT3"} <= set(found.table["gene"][:15]), kind
        assert {"IFI6", "MX1"} <= set(found.table["gene"][:50]), kind
