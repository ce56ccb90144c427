"""What is known of the mixing of a run's samples, and what is said of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict

from clustergan_core.cells.overcorrection import Alarm, NeighboursLost, OneSampleCluster
from clustergan_core.evaluation.crossing import Crossing
from clustergan_core.evaluation.mixing import MixingScores

LEAST_SHARED = 0.5  # of the cells from other samples that a cluster would hold, below which clusters follow samples
MUCH_WORSE = 0.1  # of the score of types, below which mixing has cost more than it gave

Verdict = Literal["mixed", "mixed in part", "not mixed", "mixed too much"]


class SpaceReport(BaseModel):
    """One space and its clusters."""

    model_config = ConfigDict(frozen=True)

    space: str  # what it is called
    n_clusters: int  # that hold a cell
    crossing: Crossing  # neighbours from other samples, against mixing within types
    mates: float  # the share of the cells of a cell's cluster that are from other samples
    nmi_sample: float  # of clusters with samples: 0 where clusters do not follow them
    scores: MixingScores


class MixingReport(BaseModel):
    """What is known of the mixing of a run's samples."""

    model_config = ConfigDict(frozen=True)

    key: str  # of the data and weights it belongs to
    n_cells: int
    n_scored: int
    n_samples: int
    has_labels: bool  # else Leiden's clusters on Harmony's components stand for types
    partners_across: str  # the run's setting, "" for a method without it
    before: SpaceReport
    harmony: SpaceReport
    run: SpaceReport
    alarms: tuple[Alarm, ...]
    lone_types: tuple[OneSampleCluster, ...]  # labels that one sample holds nearly alone

    @property
    def spaces(self) -> tuple[SpaceReport, ...]:
        """All three, the run's last."""
        return self.before, self.harmony, self.run

    @property
    def verdict(self) -> Verdict:
        """What a person asks first: whether samples share clusters, and how far cells mix within them."""
        crossing = self.run.crossing
        if self.run.mates < LEAST_SHARED * crossing.expected:
            return "not mixed"
        if self._has_lost_types() or any(isinstance(alarm, NeighboursLost) for alarm in self.alarms):
            return "mixed too much"
        return "mixed" if crossing.is_mixed else "mixed in part"

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        crossing, verdict = self.run.crossing, self.verdict
        if verdict == "not mixed":
            return (
                f"The samples do not mix, and clusters follow them: {self.run.mates:.0%} of the cells in a cell's "
                f"cluster are from another sample, where {crossing.expected:.0%} would be if they made no difference."
            )
        shares = f"{crossing.shares}; before training it was {self.before.crossing.share:.0%}"
        if verdict == "mixed":
            return f"The samples mix: {shares}."
        if verdict == "mixed in part":
            return (
                f"The samples share clusters and mix in part within them: {shares}. What is left may be a real "
                "difference between the samples, or one of how they were measured."
            )
        return f"The samples may be mixed too much, since cells of different types have come together: {shares}."

    @property
    def notes(self) -> tuple[str, ...]:
        """How to read the scores, one sentence each."""
        drawn = f"Scores are of {self.n_scored:,} of {self.n_cells:,} cells, drawn once."
        types = (
            "Types are the labels of the data."
            if self.has_labels
            else "Without labels, Leiden's clusters on Harmony's components stand for types of cells: scores of types "
            "then favour Harmony, and say nothing of which types are real."
        )
        return (
            *([drawn] if self.n_scored < self.n_cells else ()),
            "Unintegrated are principal components, Harmony are its components, both clustered by k-means; this run is "
            "the last hidden layer of its encoder, and its clusters.",
            types,
            "Scores lead from 0 to 1, the best, but for NMI with sample, of which 0 is best. Overall is 0.6 of types "
            "and 0.4 of mixing, as scIB weighs them.",
            "BRAS, a batch silhouette, can mislead where samples differ within conditions (Rautenstrauch & "
            "Ohler, 2025): read it last.",
        )

    def table(self) -> pd.DataFrame:
        """A row for each space with every score, missing where one has no meaning; batch ASW (BRAS) comes last."""
        rows = []
        for space in self.spaces:
            scores = asdict(space.scores)
            bras = scores.pop("bras")
            row = {"space": space.space, "clusters": space.n_clusters, "cells": self.n_scored}
            row |= {"crossing": space.crossing.share, "crossing_if_mixed": space.crossing.expected}
            row |= {"cluster_mates": space.mates, "nmi_sample": space.nmi_sample, **scores}
            row |= {"mixing": space.scores.mixing, "biology": space.scores.biology, "overall": space.scores.overall}
            rows.append(row | {"bras": bras})
        return pd.DataFrame(rows)

    def _has_lost_types(self) -> bool:
        before, after = self.before.scores.biology, self.run.scores.biology
        return self.has_labels and before is not None and after is not None and after < before - MUCH_WORSE
