"""Composition by sample and condition, and propeller's test of it."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, polygamma
from scipy.stats import f as fisher
from scipy.stats import t as student
from statsmodels.stats.multitest import multipletests

from clustergan_core.cells.composition import Composition, compare_conditions, count_composition, estimate_prior
from clustergan_core.data.dataset import SampleFacts
from clustergan_core.errors import DataError


def make_samples(conditions: str, donors: str = "") -> tuple[SampleFacts, ...]:
    return tuple(
        SampleFacts(sample=str(row), name=str(row), condition=condition, donor=donors[row] if donors else "")
        for row, condition in enumerate(conditions)
    )


def make_composition(conditions: str, donors: str = "", n_clusters: int = 7) -> Composition:
    """Counts of about 300 cells a sample; cluster 0 is twice as frequent in condition b."""
    random = np.random.default_rng(6)
    shares = random.dirichlet(np.full(n_clusters, 5.0), len(conditions))
    shares[[condition == "b" for condition in conditions], 0] *= 2
    counts = np.array([random.multinomial(300, row / row.sum()) for row in shares])
    return Composition(counts, make_samples(conditions, donors), tuple(range(n_clusters)))


def logits(composition: Composition) -> NDArray[np.float64]:
    shares = (composition.counts + 0.5) / (composition.counts + 0.5).sum(axis=1, keepdims=True)
    return np.log(shares / (1 - shares))


def prior_of(variances: NDArray[np.float64], df: int) -> tuple[float, float]:
    """Smyth 2004, section 6.2, with the trigamma function inverted by bisection."""
    e = np.log(variances) - digamma(df / 2) + np.log(df / 2)
    excess = np.sum((e - e.mean()) ** 2) / (len(e) - 1) - polygamma(1, df / 2)
    if excess <= 0:
        return np.inf, float(variances.mean())
    d0 = 2 * brentq(lambda y: polygamma(1, y) - excess, 1e-6, 1e9)
    return d0, float(np.exp(e.mean() + digamma(d0 / 2) - np.log(d0 / 2)))


def test_counts_are_those_of_samples_and_clusters():
    batches, clusters = np.array([0, 0, 1, 1, 1, 2]), np.array([5, 5, 5, 2, 2, 2])
    composition = count_composition(batches, clusters, make_samples("aab"))
    assert composition.clusters == (2, 5)
    assert composition.counts.tolist() == [[0, 2], [2, 1], [1, 0]]
    assert composition.proportions[1].tolist() == pytest.approx([2 / 3, 1 / 3])
    # Every sample counts alike, whatever its size.
    assert composition.of_condition("a").tolist() == pytest.approx([1 / 3, 2 / 3])


@pytest.mark.parametrize(("conditions", "donors"), [("aaabbbb", ""), ("aaabbb", "xyzxyz"), ("aaaabbb", "wxyzxyz")])
def test_the_test_is_propellers(conditions: str, donors: str):
    composition = make_composition(conditions, donors)
    table = compare_conditions(composition, "a", "b").table
    design = pd.DataFrame({"constant": 1.0, "b": [float(condition == "b") for condition in conditions]})
    if donors:
        design = pd.concat([design, pd.get_dummies(list(donors), drop_first=True, dtype=float)], axis=1)
    fits = [sm.OLS(column, design.to_numpy()).fit() for column in logits(composition).T]
    assert table["logit_difference"].tolist() == pytest.approx([fit.params[1] for fit in fits])
    df = int(fits[0].df_resid)
    variances = np.array([fit.mse_resid for fit in fits])
    prior_df, prior_variance = prior_of(variances, df)
    if np.isinf(prior_df):
        moderated = np.full_like(variances, prior_variance)
    else:
        moderated = (prior_df * prior_variance + df * variances) / (prior_df + df)
    deviations = np.array([fit.bse[1] for fit in fits]) * np.sqrt(moderated / variances)
    expected = np.array([fit.params[1] for fit in fits]) / deviations
    p = 2 * student.sf(np.abs(expected), min(df + prior_df, df * len(fits)))
    assert table["t"].tolist() == pytest.approx(expected.tolist())
    assert table["p"].tolist() == pytest.approx(p.tolist())
    assert table["p_adjusted"].tolist() == pytest.approx(multipletests(p, method="fdr_bh")[1].tolist())


@pytest.mark.parametrize("prior_df", [3.0, 12.0])
def test_the_prior_of_drawn_variances_is_found_again(prior_df: float):
    # Variances of a scaled inverse χ² prior, divided by 0.7, follow Fisher's F (Smyth 2004, section 4).
    variances = 0.7 * fisher.rvs(5, prior_df, size=20_000, random_state=np.random.default_rng(1))
    found_df, found_variance = estimate_prior(variances, 5)
    assert found_df == pytest.approx(prior_df, rel=0.1)
    assert found_variance == pytest.approx(0.7, rel=0.03)
    assert estimate_prior(variances, 5) == pytest.approx(prior_of(variances, 5))


def test_variances_that_differ_by_chance_alone_are_pooled():
    variances = np.array([1.0, 1.1, 0.9, 1.05])
    assert estimate_prior(variances, 5) == (np.inf, pytest.approx(variances.mean()))


def test_a_difference_is_found_and_chance_is_not():
    composition = make_composition("aaaaaabbbbbb")
    table = compare_conditions(composition, "a", "b").table.set_index("cluster")
    assert table.loc[0, "p_adjusted"] < 0.05
    assert (table["p_adjusted"] < 0.05).sum() == 1
    assert table.loc[0, "logit_difference"] > 0
    turned = compare_conditions(composition, "b", "a").table.set_index("cluster")
    assert turned["logit_difference"].tolist() == pytest.approx((-table["logit_difference"]).tolist())


def test_one_loss_raises_the_other_shares_but_not_their_ratios():
    counts = np.array([[400, 200, 200, 200]] * 3 + [[100, 300, 300, 300]] * 3)
    table = compare_conditions(Composition(counts, make_samples("aaabbb"), (0, 1, 2, 3)), "a", "b").table
    assert (table["logit_difference"][1:] > 0.4).all()
    clr = np.log(counts + 0.5) - np.log(counts + 0.5).mean(axis=1, keepdims=True)
    assert table["clr_difference"].tolist() == pytest.approx((clr[3] - clr[0]).tolist(), abs=1e-6)


def test_below_three_samples_there_are_shares_and_no_test():
    result = compare_conditions(make_composition("aabbb"), "a", "b")
    assert "p" not in result.table
    assert result.note.startswith("a has 2 samples, and a test needs 3 of each condition")
    assert {"proportion_reference", "proportion_other", "logit_difference"} <= set(result.table)
    assert compare_conditions(make_composition("abbb"), "b", "a").note.startswith("a has 1 sample,")


def test_donors_that_leave_nothing_to_test_with_are_named():
    composition = make_composition("aaabbb", "xyzxuv")
    result = compare_conditions(composition, "a", "b")
    assert "p" not in result.table
    assert "donors" in result.note


def test_donors_of_one_condition_each_are_replicates():
    with_donors = compare_conditions(make_composition("aaabbb", "uvwxyz"), "a", "b")
    without = compare_conditions(make_composition("aaabbb"), "a", "b")
    assert with_donors.table.equals(without.table)
    assert "paired" not in with_donors.note


def test_a_condition_without_samples_is_refused():
    with pytest.raises(DataError, match="No sample has the condition 'c': the samples table has a, b"):
        compare_conditions(make_composition("aaabbb"), "a", "c")
