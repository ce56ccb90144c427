"""How well clusters agree with reference labels: purity, one-to-one accuracy, NMI and ARI.

The ClusterGAN paper's "ACC" is purity, where many clusters may share a label; most later work reports the one-to-one
(Hungarian) accuracy. Both are here under their own names. Labels and clusters are numbers in any order, with gaps
allowed; samples whose label is UNLABELLED are left out of every score.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.errors import DataError


@dataclass(frozen=True)
class Agreement:
    """The four scores of one clustering."""

    purity: float  # in (0, 1]
    accuracy: float  # one-to-one, in (0, 1], never above purity
    nmi: float  # in [0, 1], normalised by the arithmetic mean of the two entropies
    ari: float  # 1 at best, 0 for chance, negative for worse than chance
    n: int  # labelled samples scored


def can_score(labels: NDArray[np.int64]) -> bool:
    """Whether at least two classes are present: against a single one every clustering is pure."""
    return len(np.unique(labels[labels != UNLABELLED])) > 1


def contingency_table(
    labels: NDArray[np.int64],
    clusters: NDArray[np.int64],
    n_labels: int | None = None,
    n_clusters: int | None = None,
) -> NDArray[np.int64]:
    """Counts (n_labels, n_clusters) of labelled samples; rows and columns are label and cluster numbers.

    Sizes default to the largest number present. All zero where no sample is labelled.
    """
    labels, clusters = _labelled(labels, clusters)
    n_labels = int(labels.max(initial=-1)) + 1 if n_labels is None else n_labels
    n_clusters = int(clusters.max(initial=-1)) + 1 if n_clusters is None else n_clusters
    table = np.zeros((n_labels, n_clusters), dtype=np.int64)
    np.add.at(table, (labels, clusters), 1)
    return table


def purity(labels: NDArray[np.int64], clusters: NDArray[np.int64]) -> float:
    """The share of samples that carry the most common label of their cluster; the paper's "ACC".

    Raises DataError where no sample is labelled.
    """
    table = _compact_table(labels, clusters)
    return float(table.max(axis=0).sum() / table.sum())


def accuracy(labels: NDArray[np.int64], clusters: NDArray[np.int64]) -> float:
    """The share of samples in the right cluster under the best one-to-one matching of clusters to labels.

    Surplus clusters or labels stay unmatched and count as wrong. Raises DataError where no sample is labelled.
    """
    from scipy.optimize import linear_sum_assignment

    table = _compact_table(labels, clusters)
    matched = linear_sum_assignment(table, maximize=True)
    return float(table[matched].sum() / table.sum())


def nmi(labels: NDArray[np.int64], clusters: NDArray[np.int64]) -> float:
    """Normalised mutual information in [0, 1]: mutual information over the arithmetic mean of the two entropies."""
    from sklearn.metrics import normalized_mutual_info_score

    labels, clusters = _scorable(labels, clusters)
    # Rounding can carry a perfect match to 1 + 1e-16.
    return min(1.0, float(normalized_mutual_info_score(labels, clusters, average_method="arithmetic")))


def ari(labels: NDArray[np.int64], clusters: NDArray[np.int64]) -> float:
    """Adjusted Rand index: agreement over pairs of samples, corrected for chance."""
    from sklearn.metrics import adjusted_rand_score

    labels, clusters = _scorable(labels, clusters)
    return float(adjusted_rand_score(labels, clusters))


def score_agreement(labels: NDArray[np.int64], clusters: NDArray[np.int64]) -> Agreement:
    """All four scores of clusters (N,) against labels (N,). Raises DataError where no sample is labelled."""
    labels, clusters = _scorable(labels, clusters)
    return Agreement(
        purity=purity(labels, clusters),
        accuracy=accuracy(labels, clusters),
        nmi=nmi(labels, clusters),
        ari=ari(labels, clusters),
        n=len(labels),
    )


def _labelled(labels: NDArray[np.int64], clusters: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    assert labels.shape == clusters.shape == (len(labels),), (labels.shape, clusters.shape)
    is_labelled = labels != UNLABELLED
    return labels[is_labelled], clusters[is_labelled]


def _scorable(labels: NDArray[np.int64], clusters: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    n_samples = len(labels)
    labels, clusters = _labelled(labels, clusters)
    if len(labels) == 0:
        raise DataError(
            f"None of the {n_samples} samples has a label: choose a label column, or a split that has labels."
        )
    return labels, clusters


def _compact_table(labels: NDArray[np.int64], clusters: NDArray[np.int64]) -> NDArray[np.int64]:
    """The contingency table without its empty rows and columns, so that gaps in the numbering cost nothing."""
    labels, clusters = _scorable(labels, clusters)
    return contingency_table(np.unique(labels, return_inverse=True)[1], np.unique(clusters, return_inverse=True)[1])
