"""What share of each sample's cells every cluster has, and whether it differs between conditions.

The test is propeller's (Phipson et al., Bioinformatics 38:4720, 2022): samples are the replicates, never cells. Shares
are made logits, a linear model of condition and donor is fitted to each cluster, and variances are moderated over
clusters as in limma (Smyth, Statistical Applications in Genetics and Molecular Biology 3:3, 2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.markers import adjust_p
from clustergan_core.data.dataset import SampleFacts
from clustergan_core.errors import DataError

LEAST_SAMPLES = 3  # of a condition, below which nothing is tested
PSEUDO_COUNT = 0.5  # cells, so that the logit of an absent cluster is finite
MAX_NEWTON_STEPS = 50

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Composition:
    """How many cells of each sample are in each cluster."""

    counts: NDArray[np.int64]  # (S, K); each sample has a cell
    samples: tuple[SampleFacts, ...]
    clusters: tuple[int, ...]

    @property
    def proportions(self) -> Floats:
        """(S, K) shares of each sample's cells."""
        return self.counts / self.counts.sum(axis=1, keepdims=True)

    def of_condition(self, condition: str) -> Floats:
        """(K,) the mean over a condition's samples of their shares."""
        return self.proportions[self._rows(condition)].mean(axis=0)

    def _rows(self, condition: str) -> list[int]:
        return [row for row, facts in enumerate(self.samples) if facts.condition == condition]


@dataclass(frozen=True)
class CompositionTest:
    """Each cluster's share in one condition against another.

    Columns of `table`: cluster, proportion_reference, proportion_other (means over samples), logit_difference, t, df,
    p, p_adjusted (Benjamini–Hochberg), and clr_difference, whose log-ratio is to the mean of all clusters: if one
    cluster loses cells, the shares of all others rise, but not their ratios to each other.
    """

    table: pd.DataFrame  # a row for each cluster; no columns t to p_adjusted where nothing was tested
    note: str  # a sentence for people: what was compared, or why not


def count_composition(
    batches: NDArray[np.int64], clusters: NDArray[np.int64], samples: Sequence[SampleFacts]
) -> Composition:
    """Counts cells by sample, `batches` (N,) numbers into `samples`, and by cluster (N,)."""
    numbers, columns = np.unique(clusters, return_inverse=True)
    counts = np.zeros((len(samples), len(numbers)), dtype=np.int64)
    np.add.at(counts, (batches, columns), 1)
    return Composition(counts, tuple(samples), tuple(numbers.tolist()))


def compare_conditions(composition: Composition, reference: str, other: str) -> CompositionTest:
    """Tests each cluster's share in `other` against `reference`, from three samples each; below that, shares alone.

    Donors are part of the model where some have samples in both conditions. Raises DataError for a condition without
    samples.
    """
    sizes = {condition: len(composition._rows(condition)) for condition in (reference, other)}
    for condition, size in sizes.items():
        if not size:
            known = ", ".join(sorted({facts.condition for facts in composition.samples if facts.condition})) or "none"
            raise DataError(f"No sample has the condition '{condition}': the samples table has {known}.")
    rows = composition._rows(reference) + composition._rows(other)
    is_other = np.array([composition.samples[row].condition == other for row in rows])
    shares = composition.counts[rows] + PSEUDO_COUNT
    shares /= shares.sum(axis=1, keepdims=True)  # (n, K)
    logarithms = np.log(shares)
    design, with_donors = _design(is_other, [composition.samples[row].donor for row in rows])
    table = pd.DataFrame(
        {
            "cluster": composition.clusters,
            "proportion_reference": composition.of_condition(reference),
            "proportion_other": composition.of_condition(other),
            "logit_difference": _fit(design, np.log(shares / (1 - shares))).effect,
            "clr_difference": _fit(design, logarithms - logarithms.mean(axis=1, keepdims=True)).effect,
        }
    )
    few = min(sizes, key=lambda condition: sizes[condition])
    if sizes[few] < LEAST_SAMPLES:
        n_samples = f"{sizes[few]} sample{'s' if sizes[few] > 1 else ''}"
        return CompositionTest(
            table,
            f"{few} has {n_samples}, and a test needs {LEAST_SAMPLES} of each condition: shares are shown without a "
            "test, because cells of one sample are not replicates.",
        )
    fit = _fit(design, np.log(shares / (1 - shares)))
    if not fit.df:
        return CompositionTest(
            table, "Fitting the donors uses up every sample, and none is left to test with: leave donors out."
        )
    tested = _moderate(fit)
    return CompositionTest(
        table.assign(**tested),
        f"{sizes[other]} samples of {other} against {sizes[reference]} of {reference}"
        f"{', paired by donor' if with_donors else ''}: t-tests of the logits of shares, with variances moderated over "
        "clusters (propeller).",
    )


@dataclass(frozen=True)
class _Fit:
    effect: Floats  # (K,) of the condition
    variance: Floats  # (K,) of the residuals
    scale: float  # the standard deviation of an effect is this times that of the residuals
    df: int


def _design(is_other: NDArray[np.bool_], donors: Sequence[str]) -> tuple[Floats, bool]:
    """(the design (n, columns), whose second column is the condition; whether it has donors)."""
    columns = [np.ones(len(is_other)), is_other.astype(np.float64)]
    names = sorted(set(donors))
    in_both = [name for name in names if len({bool(of) for of, donor in zip(is_other, donors) if donor == name}) > 1]
    if "" in names or not in_both:
        return np.column_stack(columns), False
    columns += [np.array([donor == name for donor in donors], dtype=np.float64) for name in names[1:]]
    return np.column_stack(columns), True


def _fit(design: Floats, values: Floats) -> _Fit:
    """Least squares of values (n, K); donors of one condition only may leave the design short of full rank."""
    coefficients, _, rank, _ = np.linalg.lstsq(design, values, rcond=None)
    df = len(design) - int(rank)
    residuals = values - design @ coefficients
    variance = (residuals**2).sum(axis=0) / df if df else np.zeros(values.shape[1])
    scale = float(np.sqrt(np.linalg.pinv(design.T @ design)[1, 1]))
    return _Fit(coefficients[1], variance, scale, df)


def _moderate(fit: _Fit) -> dict[str, Floats]:
    """t, df, p and p_adjusted with variances drawn towards those of all clusters."""
    from scipy.stats import t as student

    prior_df, prior_variance = estimate_prior(fit.variance, fit.df)
    total = fit.df * len(fit.variance)  # no more than all clusters' residuals together
    if np.isinf(prior_df):
        variance, df = np.full_like(fit.variance, prior_variance), float(total)
    else:
        variance = (prior_df * prior_variance + fit.df * fit.variance) / (prior_df + fit.df)
        df = min(prior_df + fit.df, float(total))
    deviation = fit.scale * np.sqrt(variance)
    statistic = np.divide(fit.effect, deviation, out=np.zeros_like(fit.effect), where=deviation > 0)
    p = 2 * student.sf(np.abs(statistic), df)
    return {"t": statistic, "df": np.full_like(p, df), "p": p, "p_adjusted": adjust_p(p)}


def estimate_prior(variances: Floats, df: int) -> tuple[float, float]:
    """(degrees of freedom, variance) of the prior behind the residual variances (K,) of `df` degrees each.

    Smyth 2004, section 6.2: the moments of log variances. Infinite degrees where they differ no more than by chance;
    the variance is then their mean, as in limma.
    """
    from scipy.special import digamma, polygamma

    positive = variances[variances > 0]
    if len(positive) < 2:
        return 0.0, float(positive.mean()) if len(positive) else 0.0
    logarithms = np.log(positive) - digamma(df / 2) + np.log(df / 2)
    excess = float(logarithms.var(ddof=1) - polygamma(1, df / 2))
    if excess <= 0:
        return float("inf"), float(positive.mean())
    half = _invert_trigamma(excess)
    return 2 * half, float(np.exp(logarithms.mean() + digamma(half) - np.log(half)))


def _invert_trigamma(value: float) -> float:
    """The y with trigamma(y) = value, by Newton's steps on 1 / trigamma, which is nearly linear."""
    from scipy.special import polygamma

    y = 0.5 + 1 / value
    for _ in range(MAX_NEWTON_STEPS):
        trigamma = float(polygamma(1, y))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, y))
        y += step
        if -step / y < 1e-10:
            break
    return y
