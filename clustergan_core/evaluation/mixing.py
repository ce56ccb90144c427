"""How well the samples of an experiment mix in a space, and whether types stay apart in it.

A sample of an experiment is a batch here, because a sample is one row of a data set in this code. The scores are those
of scIB (Luecken et al., Nature Methods 19:41, 2022) as scib-metrics 0.6 scales them: 1 is best, and 0 is worst. Points
are meant to have length 1 (`unit_length`), neighbours are exact, and cells without a label are left out of every score
that reads labels. A score is None where it has no meaning, such as a mixing of one batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.evaluation.agreement import ari, can_score, contingency_table, nmi
from clustergan_core.evaluation.local_diversity import local_diversity
from clustergan_core.evaluation.neighbours import search_nearest

Points = NDArray[np.float32]
Numbers = NDArray[np.int64]

# Neighbourhoods as in scib-metrics' benchmark, each with the cell itself.
N_LISI, N_KBET, N_CONNECTED = 90, 50, 15
KBET_LEVEL = 0.05
LEAST_TYPE = 10  # cells: CiLISI leaves smaller types out, as its authors do
BIOLOGY_WEIGHT = 0.6


@dataclass(frozen=True)
class MixingScores:
    """All scores of one space and one clustering; None where a score has no meaning."""

    ilisi: float | None
    cilisi: float | None  # not part of the mean: it judges mixing within types, where compositions differ
    kbet: float | None
    connectivity: float | None
    pcr: float | None
    bras: float | None
    clisi: float | None
    isolated_f1: float | None
    nmi: float | None
    ari: float | None

    @property
    def mixing(self) -> float | None:
        """The mean of the scores of mixing."""
        return _mean(self.ilisi, self.kbet, self.connectivity, self.pcr, self.bras)

    @property
    def biology(self) -> float | None:
        """The mean of the scores of types."""
        return _mean(self.clisi, self.isolated_f1, self.nmi, self.ari)

    @property
    def overall(self) -> float | None:
        """0.6 of biology and 0.4 of mixing, as scIB weighs them."""
        if self.mixing is None or self.biology is None:
            return None
        return BIOLOGY_WEIGHT * self.biology + (1 - BIOLOGY_WEIGHT) * self.mixing


def score_mixing(points: Points, before: Points, batches: Numbers, labels: Numbers, clusters: Numbers) -> MixingScores:
    """Scores of points (N, D) and clusters (N,) by batches (N,) and labels (N,); `before` (N, E) is uncorrected."""
    known = labels != UNLABELLED
    points_of_known, labels, batches_of_known = points[known], labels[known], batches[known]
    has_types = can_score(labels)
    return MixingScores(
        ilisi=ilisi(points, batches),
        cilisi=cilisi(points_of_known, batches_of_known, labels),
        kbet=kbet(points, batches),
        connectivity=graph_connectivity(points_of_known, labels) if len(labels) else None,
        pcr=pcr_comparison(before, points, batches),
        bras=bras(points_of_known, batches_of_known, labels),
        clisi=clisi(points_of_known, labels),
        isolated_f1=isolated_label_f1(labels, batches_of_known, clusters[known]) if has_types else None,
        nmi=nmi(labels, clusters[known]) if has_types else None,
        ari=ari(labels, clusters[known]) if has_types else None,
    )


def unit_length(points: Points) -> Points:
    """Points (N, D) divided by their length; a point at the origin stays there."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    return np.ascontiguousarray(points / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def ilisi(points: Points, batches: Numbers) -> float | None:
    """Mixing of batches (N,): the median number of batches around a point (N, D), scaled to [0, 1].

    LISI (Korsunsky et al., Nature Methods 16:1289, 2019) over 90 neighbours at perplexity 30.
    """
    n_batches = len(np.unique(batches))
    if n_batches < 2:
        return None
    return float((np.median(local_diversity(points, batches, N_LISI)) - 1) / (n_batches - 1))


def clisi(points: Points, labels: Numbers) -> float | None:
    """Purity of types: 1 where all around a point (N, D) have its label (N,), 0 where all labels are alike often."""
    n_labels = len(np.unique(labels))
    if n_labels < 2:
        return None
    return float((n_labels - np.median(local_diversity(points, labels, N_LISI))) / (n_labels - 1))


def cilisi(points: Points, batches: Numbers, labels: Numbers) -> float | None:
    """iLISI within each label's own points, scaled by the batches that it has, and averaged over points.

    Andreatta et al., Nature Communications 15:872, 2024: unlike iLISI it does not reward mixing types where batches
    hold different ones. Labels of one batch, or of fewer than 10 points, are left out.
    """
    scaled = []
    for label in np.unique(labels):
        own = labels == label
        n_batches = len(np.unique(batches[own]))
        if own.sum() >= LEAST_TYPE and n_batches > 1:
            scaled.append((local_diversity(points[own], batches[own], N_LISI) - 1) / (n_batches - 1))
    return float(np.concatenate(scaled).mean()) if scaled else None


def kbet(points: Points, batches: Numbers) -> float | None:
    """The share of points (N, D) whose 50 neighbours hold the batches (N,) as often as all points do.

    A χ² test at 0.05 for each point (Büttner et al., Nature Methods 16:43, 2019), with the point itself among them.
    """
    from scipy.stats import chi2

    batches = np.unique(batches, return_inverse=True)[1]
    n_batches = int(batches.max()) + 1
    if n_batches < 2:
        return None
    n_neighbours = min(N_KBET, len(points))
    around = np.column_stack([np.arange(len(points)), search_nearest(points, n_neighbours - 1)[0]])  # (N, 50)
    counts = np.stack([(batches[around] == batch).sum(axis=1) for batch in range(n_batches)], axis=1)
    expected = np.bincount(batches) / len(batches) * n_neighbours
    statistics = ((counts - expected) ** 2 / expected).sum(axis=1)
    return float((chi2.sf(statistics, n_batches - 1) >= KBET_LEVEL).mean())


def graph_connectivity(points: Points, labels: Numbers) -> float:
    """The mean over labels (N,) of the share of its points (N, D) in its largest strongly connected part.

    The graph leads from each point to its 14 nearest.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    neighbours = search_nearest(points, min(N_CONNECTED, len(points)) - 1)[0]
    rows = np.repeat(np.arange(len(points)), neighbours.shape[1])
    graph = csr_matrix((np.ones(len(rows)), (rows, neighbours.ravel())), shape=(len(points), len(points)))
    shares = []
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        parts = connected_components(graph[own][:, own], connection="strong")[1]
        shares.append(np.bincount(parts).max() / len(own))
    return float(np.mean(shares))


def isolated_label_f1(labels: Numbers, batches: Numbers, clusters: Numbers) -> float:
    """The mean over isolated labels of the highest F1 that one cluster (N,) reaches as a guess of the label (N,).

    Isolated are the labels that are in the fewest batches (N,).
    """
    numbers = np.unique(labels, return_inverse=True)[1]
    is_present = contingency_table(numbers, np.unique(batches, return_inverse=True)[1]) > 0
    n_batches = is_present.sum(axis=1)  # of each label
    table = contingency_table(numbers, np.unique(clusters, return_inverse=True)[1])
    f1 = 2 * table / (table.sum(axis=1, keepdims=True) + table.sum(axis=0))
    return float(f1.max(axis=1)[n_batches == n_batches.min()].mean())


def pcr_comparison(before: Points, after: Points, batches: Numbers) -> float | None:
    """How much less of the variance of `after` (N, D) than of `before` (N, E) lies between batches (N,); 0 if no less.

    Principal component regression (Büttner et al., Nature Methods 16:43, 2019) over all components, which together
    are the variance between batches as a share of all variance.
    """
    if len(np.unique(batches)) < 2 or not (share_before := _share_between(before, batches)):
        return None
    return max(0.0, (share_before - _share_between(after, batches)) / share_before)


def bras(points: Points, batches: Numbers, labels: Numbers) -> float | None:
    """The mean over labels (N,) of 1 − |silhouette| of the batches (N,) within it; cosine distance of points (N, D).

    The distance between batches is the mean over all others', since the nearest other batch may be unlike the rest
    (Rautenstrauch & Ohler, Nature Biotechnology, 2025). Labels of one batch, or of one point a batch, are left out.
    """
    means = []
    for label in np.unique(labels):
        own = labels == label
        n_batches = len(np.unique(batches[own]))
        if 1 < n_batches < own.sum():
            means.append(1 - np.abs(_cosine_silhouettes(unit_length(points[own]), batches[own])).mean())
    return float(np.mean(means)) if means else None


def _cosine_silhouettes(points: Points, batches: Numbers) -> NDArray[np.float64]:
    """(N,) silhouettes of batches (N,) with the mean over all other batches, from points (N, D) of length 1."""
    exact = points.astype(np.float64)
    codes = np.unique(batches, return_inverse=True)[1]
    sizes = np.bincount(codes)
    sums = np.zeros((len(sizes), exact.shape[1]))
    np.add.at(sums, codes, exact)
    to_batch = sizes - exact @ sums.T  # (N, batches) sums of distances 1 − cosine
    rows = np.arange(len(points))
    own, others = to_batch[rows, codes], to_batch.sum(axis=1) - to_batch[rows, codes]
    n_own, n_others = sizes[codes] - 1, len(points) - sizes[codes]
    within, between = own / np.maximum(n_own, 1), others / n_others
    largest = np.maximum(within, between)
    is_defined = (n_own > 0) & (largest > 0)
    return np.where(is_defined, (between - within) / np.where(is_defined, largest, 1), 0)


def _share_between(points: Points, batches: Numbers) -> float:
    """The variance between the batches' means as a share of all variance."""
    centred = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    total = float((centred**2).sum())
    between = sum(
        float((batches == batch).sum() * (centred[batches == batch].mean(axis=0) ** 2).sum())
        for batch in np.unique(batches)
    )
    return between / total if total else 0.0


def _mean(*scores: float | None) -> float | None:
    present = [score for score in scores if score is not None]
    return float(np.mean(present)) if present else None
