"""How stable clusters are over several clusterings of the same samples, such as those of several seeds, unlabelled."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from clustergan_core.evaluation.agreement import ari, contingency_table

UNMATCHED = -1


@dataclass(frozen=True)
class Stability:
    """R clusterings of the same N samples, matched to the one that agrees best with the others."""

    shares: NDArray[np.float64]  # (N,) in [1/R, 1]: the share of clusterings that agree on the sample's cluster
    clusters: NDArray[np.int64]  # (N,) the cluster they agree on, as the reference names it
    matched: NDArray[np.int64]  # (R, N) every clustering in the reference's names, UNMATCHED where it has none
    reference: int  # the clustering that gives the names: the one with the highest mean ARI with the others
    pairwise_ari: NDArray[np.float64]  # (R, R), ones on the diagonal

    @property
    def n_agreeing(self) -> NDArray[np.int64]:
        """How many of the R clusterings agree on each sample (N,)."""
        return np.rint(self.shares * len(self.matched)).astype(np.int64)

    @property
    def seed_agreement(self) -> float:
        """The mean ARI over all pairs of clusterings: 1 where all are the same, 0 for chance."""
        return float(self.pairwise_ari[np.triu_indices(len(self.matched), 1)].mean())


def measure_stability(clusterings: NDArray[np.int64]) -> Stability:
    """Stability over clusterings (R, N), R at least 2; numbering and K may differ between them.

    Clusters are matched one to one with the reference's so that most samples agree. A cluster that stays unmatched, or
    shares no sample with its match, agrees with none.
    """
    n_clusterings, n_samples = clusterings.shape
    assert n_clusterings >= 2 and n_samples > 0, f"{n_clusterings} clusterings of {n_samples} samples"
    # Numbers without gaps, because matching costs K².
    compact = np.stack([np.unique(row, return_inverse=True)[1] for row in clusterings])
    pairwise = np.eye(n_clusterings)
    for one, other in combinations(range(n_clusterings), 2):
        pairwise[one, other] = pairwise[other, one] = ari(compact[one], compact[other])
    reference = int(pairwise.mean(axis=1).argmax())
    matched = np.stack([_match(compact[reference], row) for row in compact])  # (R, N)
    counts = np.stack([(matched == cluster).sum(axis=0) for cluster in range(int(compact[reference].max()) + 1)])
    names = np.append(np.unique(clusterings[reference]), UNMATCHED)
    return Stability(
        shares=counts.max(axis=0) / n_clusterings,
        clusters=names[counts.argmax(axis=0)],
        matched=names[matched],
        reference=reference,
        pairwise_ari=pairwise,
    )


def _match(reference: NDArray[np.int64], clusters: NDArray[np.int64]) -> NDArray[np.int64]:
    """Clusters (N,) renamed to those of the reference (N,); UNMATCHED for those without a counterpart."""
    from scipy.optimize import linear_sum_assignment

    counts = contingency_table(reference, clusters)
    names = np.full(counts.shape[1], UNMATCHED)
    for name, cluster in zip(*linear_sum_assignment(counts, maximize=True), strict=True):
        if counts[name, cluster]:
            names[cluster] = name
    return names[clusters]
