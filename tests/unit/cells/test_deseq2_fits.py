"""DESeq2's fits for all genes at once are those of PyDESeq2, gene by gene."""

import warnings

import numpy as np
import pandas as pd
import pytest
from pydeseq2.dds import DeseqDataSet
from pydeseq2.ds import DeseqStats

from clustergan_core.cells.deseq2_fits import AllGenesAtOnce

N_GENES = 40


def make_counts(n_samples: int) -> pd.DataFrame:
    """Negative binomial counts; some genes vary no more than by chance, some are absent from a condition."""
    random = np.random.default_rng(2)
    rates = (random.gamma(0.6, 150, N_GENES) + 3) * random.uniform(0.5, 2, (n_samples, 1))
    rates[n_samples // 2 :, :5] *= 5
    rates[n_samples // 2 :, 5:8] = 0.01
    counts = random.negative_binomial(8, 8 / (8 + rates))
    counts[:, 8:12] = random.poisson(rates[:, 8:12])
    names = [f"s{row}" for row in range(n_samples)]
    return pd.DataFrame(counts, index=names, columns=[f"g{gene}" for gene in range(N_GENES)])


def fit(counts: pd.DataFrame, design: str, inference: AllGenesAtOnce | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(results, figures of genes) of PyDESeq2 with this inference, or its own."""
    half = len(counts) // 2
    facts = pd.DataFrame(
        {"condition": ["reference"] * half + ["other"] * half, "donor": [f"d{row % half}" for row in range(2 * half)]},
        index=counts.index,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = DeseqDataSet(counts=counts, metadata=facts, design=design, inference=inference, quiet=True, n_cpus=1)
        data.deseq2()
        stats = DeseqStats(
            data, contrast=["condition", "other", "reference"], inference=inference, quiet=True, n_cpus=1
        )
        stats.summary()
    return stats.results_df, data.var


@pytest.mark.parametrize(("n_samples", "design"), [(6, "~condition"), (8, "~donor + condition")])
def test_effects_errors_and_p_values_are_those_of_pydeseq2(n_samples: int, design: str) -> None:
    counts = make_counts(n_samples)
    (own, own_genes), (theirs, their_genes) = (fit(counts, design, each) for each in (AllGenesAtOnce(), None))
    assert own["pvalue"].notna().sum() > 30
    pd.testing.assert_frame_equal(own, theirs, rtol=1e-3, atol=1e-4)
    assert own_genes["dispersions"].to_numpy() == pytest.approx(their_genes["dispersions"].to_numpy(), rel=1e-3)
