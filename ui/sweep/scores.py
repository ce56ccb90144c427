"""The score by which a sweep is shown."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from clustergan_core.methods import find_method
from clustergan_core.runs.sweeps.plan import SweepPlan
from ui.frame.choices import segmented

SCORES = {"Purity": "purity", "Accuracy": "accuracy", "NMI": "nmi", "ARI": "ari"}
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
        if find_method(plan.config.method).trains_on_neighbours:
            return ChosenScore("silhouette", "Silhouette", needs_labels=False)
        return ChosenScore("criterion", "Neighbour agreement", needs_labels=False)
    title = segmented(SCORE_KEY, list(SCORES), "Score", label_visibility="collapsed")
    return ChosenScore(SCORES[title], title)
