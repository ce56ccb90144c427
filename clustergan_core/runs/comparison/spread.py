"""Scores of several runs: each value, and their mean and spread."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clustergan_core.score_names import AGREEMENT_SCORES, MODE_COUNT_SCORES

Reading = Literal["argmax", "kmeans"]


@dataclass(frozen=True)
class ScoreSpread:
    """One score over several runs."""

    values: tuple[float | None, ...]  # one per run; None where it has not been or cannot be measured

    @property
    def known(self) -> list[float]:
        """The values that are not None."""
        return [value for value in self.values if value is not None]

    @property
    def mean(self) -> float | None:
        """The mean of the known values; None without any."""
        return statistics.fmean(self.known) if self.known else None

    @property
    def sd(self) -> float | None:
        """The sample standard deviation (over n − 1); None for fewer than two values."""
        return statistics.stdev(self.known) if len(self.known) > 1 else None


def spread_score(scores: Sequence[Mapping[str, Any] | None], name: str, reading: Reading = "argmax") -> ScoreSpread:
    """One score of several runs; None in `scores` means a run that is not scored yet."""
    return ScoreSpread(tuple(None if row is None else read_score(row, name, reading) for row in scores))


def read_score(scores: Mapping[str, Any], name: str, reading: Reading = "argmax") -> float | None:
    """One of a run's scores. Only agreement with labels depends on the reading; records return their value."""
    if name in AGREEMENT_SCORES and reading == "kmeans":
        return scores["kmeans"][name]
    if name in MODE_COUNT_SCORES:
        return (scores.get("mode_count") or {}).get(name)
    value = scores.get(name)
    return value["value"] if isinstance(value, dict) else value
