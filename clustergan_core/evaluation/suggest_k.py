"""A number of clusters suggested by criteria that need no labels, with the reasons.

Each criterion votes for the K at which its mean over seeds is best; most votes win. A tie is decided by the criteria in
their order below, and then by the smaller K. None of them is a proof: the suggestion comes with every vote.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST_CANDIDATES = 2  # values of K between which there is something to choose


@dataclass(frozen=True)
class VotingCriterion:
    """A label-free figure of a run, or of two runs, and which way is better."""

    name: str
    title: str
    is_higher_better: bool
    meaning: str  # what its best value tells, to follow "K = 10:"


CRITERIA = (
    VotingCriterion("seed_agreement", "Seed agreement", True, "runs of different seeds find the most similar clusters"),
    VotingCriterion("silhouette", "Silhouette", True, "clusters are set apart best in the latent space"),
    VotingCriterion("neighbour_agreement", "Neighbour agreement", True, "near samples share a cluster most often"),
    VotingCriterion("frechet", "Fréchet distance", False, "generated samples are closest to real ones"),
)


@dataclass(frozen=True)
class Vote:
    """What one criterion is for."""

    criterion: VotingCriterion
    n_clusters: int
    mean: float

    @property
    def reason(self) -> str:
        """The vote as a sentence."""
        return f"K = {self.n_clusters}: {self.criterion.meaning} ({self.criterion.title} {self.mean:.3g})."


@dataclass(frozen=True)
class Suggestion:
    """The K that most criteria are for."""

    n_clusters: int
    votes: tuple[Vote, ...]
    is_at_end: bool  # whether it is the smallest or largest K that was tried, so that one beyond might be better still

    @property
    def n_for(self) -> int:
        """How many votes the suggestion has."""
        return sum(vote.n_clusters == self.n_clusters for vote in self.votes)


def suggest_n_clusters(figures: Mapping[str, Mapping[int, Sequence[float]]]) -> Suggestion | None:
    """The suggestion from figures by criterion and K, one value a run (or pair of runs); None with nothing to choose.

    A criterion votes only where it is known for every K, as it could not be compared otherwise.
    """
    candidates = sorted({k for by_k in figures.values() for k in by_k})
    if len(candidates) < LEAST_CANDIDATES:
        return None
    votes = []
    for criterion in CRITERIA:
        by_k = figures.get(criterion.name, {})
        means = {k: statistics.fmean(by_k[k]) for k in candidates if by_k.get(k)}
        if len(means) == len(candidates) and all(map(math.isfinite, means.values())):
            sign = 1 if criterion.is_higher_better else -1
            best = max(candidates, key=lambda k: (sign * means[k], -k))
            votes.append(Vote(criterion, best, means[best]))
    if not votes:
        return None
    counts = Counter(vote.n_clusters for vote in votes)
    most = max(counts.values())
    winner = next(vote.n_clusters for vote in votes if counts[vote.n_clusters] == most)
    return Suggestion(winner, tuple(votes), winner in (candidates[0], candidates[-1]))
