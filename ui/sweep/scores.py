"""The score by which a sweep is shown."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from clustergan_core.methods import find_method
from clustergan_core.runs.sweeps.plan import SweepPlan
from ui.frame.choices import segmented

SCORES = {"Purity": "purity", "Accuracy": "accuracy", "NMI": "nmi", "ARI": "ari"}
CLUSTER_ACCURACY = {"Cluster Accuracy": "cluster_accuracy"}  # offered where a table of a paper prints it
SCORE_KEY = "sweep_score"


@dataclass(frozen=True)
class ChosenScore:
    """A score by its name in reports and its title."""

    name: str
    title: str
    needs_labels: bool = True


def choose_score(plan: SweepPlan) -> ChosenScore:
    """A choice among the scores; without labels, a label-free score and no choice."""
    if not plan.config.dataset.label_names:
        st.caption("Purity, accuracy, NMI and ARI need labels, and this data has none.")
        if any(find_method(config.method).trains_on_neighbours for config in plan.configs):
            return ChosenScore("data_silhouette", "Silhouette in the data", needs_labels=False)
        return ChosenScore("criterion", "Information of neighbours", needs_labels=False)
    scores = offered_scores(plan)
    title = segmented(SCORE_KEY, list(scores), "Score", label_visibility="collapsed")
    return ChosenScore(scores[title], title)


def offered_scores(plan: SweepPlan) -> dict[str, str]:
    """The scores that need labels, by title."""
    is_printed = any(row.score == "cluster_accuracy" for row in plan.paper_rows())
    return SCORES | (CLUSTER_ACCURACY if is_printed else {})
