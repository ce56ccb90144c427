"""A number of clusters suggested by criteria that need no labels, with the reasons.

Each criterion votes for the K at which its mean over seeds is best, unless the next best is closer than seeds differ:
then it is undecided and has no vote. So is a criterion with a single value at either K, of whose spread nothing is
known. Most votes win. The order of the criteria below decides a tie, then the smaller K.
No criterion is proof: the suggestion comes with every vote, and with every undecided criterion.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST_CANDIDATES = 2  # values of K to choose between


@dataclass(frozen=True)
class VotingCriterion:
    """A label-free score of a run, or of two runs, and which direction is better."""

    name: str
    title: str
    is_higher_better: bool
    meaning: str  # what its best value means, to follow "K = 10:"


CRITERIA = (
    VotingCriterion("seed_agreement", "Seed agreement", True, "runs of different seeds find the most similar clusters"),
    VotingCriterion(
        "data_silhouette", "Silhouette in the data", True, "clusters are best separated in the data's own components"
    ),
    VotingCriterion(
        "neighbour_information",
        "Information of neighbours",
        True,
        "a sample's cluster tells most about those of its neighbours, as a share of log K",
    ),
    VotingCriterion("frechet", "Fréchet distance, components", False, "generated samples are closest to real ones"),
)


@dataclass(frozen=True)
class Vote:
    """The K that one criterion votes for."""

    criterion: VotingCriterion
    n_clusters: int
    mean: float

    @property
    def reason(self) -> str:
        """The vote as a sentence."""
        return f"K = {self.n_clusters}: {self.criterion.meaning} ({self.criterion.title} {self.mean:.3g})."


@dataclass(frozen=True)
class Undecided:
    """A criterion whose two best K are closer to each other than seeds differ, or perhaps so."""

    best: Vote
    next_best: Vote
    sd: float | None  # over the seeds, pooled over the two K; None where either has a single value

    @property
    def reason(self) -> str:
        """Why the criterion did not vote, as a sentence."""
        first, second, title = self.best, self.next_best, self.best.criterion.title
        figures = f"{title} {first.mean:.3g} at K = {first.n_clusters} and {second.mean:.3g} at K = {second.n_clusters}"
        if self.sd is None:
            return f"No vote: {figures}, with a single value at one of them: more seeds would show how far they vary."
        return f"No vote: {figures} are closer than seeds differ (± {self.sd:.2g})."


@dataclass(frozen=True)
class Suggestion:
    """The K that most criteria vote for; None where all are undecided."""

    n_clusters: int | None
    votes: tuple[Vote, ...]
    undecided: tuple[Undecided, ...]
    is_at_end: bool  # whether it is the smallest or largest K that was tried, so that one beyond may be better still

    @property
    def n_for(self) -> int:
        """How many criteria voted for it."""
        return sum(vote.n_clusters == self.n_clusters for vote in self.votes)


def suggest_n_clusters(figures: Mapping[str, Mapping[int, Sequence[float]]]) -> Suggestion | None:
    """The suggestion from values by criterion and K, one per run (or pair of runs); None with fewer than two K.

    A criterion votes only where it has values for every K.
    """
    candidates = sorted({k for by_k in figures.values() for k in by_k})
    if len(candidates) < LEAST_CANDIDATES:
        return None
    votes: list[Vote] = []
    undecided: list[Undecided] = []
    for criterion in CRITERIA:
        by_k = figures.get(criterion.name, {})
        means = {k: statistics.fmean(by_k[k]) for k in candidates if by_k.get(k)}
        if len(means) < len(candidates) or not all(map(math.isfinite, means.values())):
            continue
        sign = 1 if criterion.is_higher_better else -1
        best, next_best = sorted(candidates, key=lambda k: (-sign * means[k], k))[:2]
        sd = _pooled_deviation(by_k[best], by_k[next_best])
        vote = Vote(criterion, best, means[best])
        if sd is None or abs(means[best] - means[next_best]) < sd:
            undecided.append(Undecided(vote, Vote(criterion, next_best, means[next_best]), sd))
        else:
            votes.append(vote)
    if not votes and not undecided:
        return None
    counts = Counter(vote.n_clusters for vote in votes)
    most = max(counts.values(), default=0)
    winner = next((vote.n_clusters for vote in votes if counts[vote.n_clusters] == most), None)
    return Suggestion(winner, tuple(votes), tuple(undecided), winner in (candidates[0], candidates[-1]))


def _pooled_deviation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """The pooled standard deviation of two samples; None where either has a single value."""
    if len(one) < 2 or len(other) < 2:
        return None
    squares = sum((len(values) - 1) * statistics.variance(values) for values in (one, other))
    return math.sqrt(squares / (len(one) + len(other) - 2))
