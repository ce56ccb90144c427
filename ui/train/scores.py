"""Scores of a run: while it trains on validation samples, at its end on the test split."""

from __future__ import annotations

import streamlit as st

from clustergan_core.drawing.figures.curves import score_figure
from clustergan_core.methods import find_method
from clustergan_core.runs.metrics import Row
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.score_names import AGREEMENT_SCORES, NMI_MEANING, describe_kept_weights_briefly, keeps_last_weights
from clustergan_core.scoring.final import describe_labelled, explain_no_agreement
from clustergan_core.scoring.records import RunScores
from ui.frame.messages import plain
from ui.frame.theme import show_figure
from ui.loading.metrics import MetricsHistory
from ui.loading.summaries import NEEDS_LABELS
from ui.runs.generated import show_generation_scores

TITLES = {"purity": "Purity", "accuracy": "Accuracy", "nmi": "NMI", "ari": "ARI"}
SCORES_HEIGHT = 270  # pixels: beside the samples
HELP = {
    "purity": "Share of samples whose label is the most frequent one of their cluster; several clusters may share one.",
    "accuracy": "Share of samples that are right when each cluster is matched with one label of its own.",
    "nmi": NMI_MEANING,
    "ari": "Adjusted Rand index: agreement on pairs of samples beyond chance, 0 for chance, 1 when identical.",
}


def show_live_scores(run: Run, history: MetricsHistory) -> None:
    """The newest agreement with labels and its curve, or a note that it needs labels."""
    st.subheader("Agreement with the labels")
    if not history.evaluations:
        st.caption("Shown after the first evaluation.")
        return
    newest = history.evaluations[-1]
    if not (method := find_method(run.config.method)).encodes:
        st.caption(f"{method.title} has no encoder, so there are no clusters to compare with labels.")
        return
    settings = run.config.method_settings()
    if method.max_read_with(settings) is not None:
        st.caption(f"{method.title} takes long to read a sample, so clusters are compared with labels at the end only.")
        return
    if "purity" not in newest:
        held = "has one label only" if run.config.dataset.label_names else "has none"
        st.caption(f"Purity, accuracy, NMI and ARI: {NEEDS_LABELS}, and this data {held}.")
        return
    st.caption(f"{_where(run, newest)}, step {newest['step']:,}. Labels are used only for these scores.")
    tiles = st.columns(len(AGREEMENT_SCORES))
    for tile, name in zip(tiles, AGREEMENT_SCORES, strict=True):
        tile.metric(TITLES[name], f"{newest[name]:.3f}", help=HELP[name])
    if len(history.evaluations) < 2:
        return
    best = history.best_step(run.config.schedule, keeps_last_weights(method, settings, run.config.dataset.has_modes))
    courses = {TITLES[name]: history.scores(name) for name in AGREEMENT_SCORES}
    figure = score_figure(history.evaluation_steps(), courses, best=best)
    figure.update_layout(height=SCORES_HEIGHT)
    show_figure(figure, "scores", "Purity, accuracy, NMI and ARI over the steps of training")


def _where(run: Run, evaluation: Row) -> str:
    n_labelled = evaluation.get("n_labelled")
    labelled = "" if n_labelled is None else f", of which {n_labelled:,} have a label"
    if run.config.dataset.has_splits:
        return f"Validation split, n = {evaluation['n']:,}{labelled}"
    return f"n = {evaluation['n']:,} of the training samples{labelled}"


def show_final_scores(run: Run) -> None:
    """The final scores for both readings of the clusters, as a small table."""
    scores = read_scores(run)
    if scores is None:
        return
    st.subheader("Result")
    where = "all samples, which were also trained on" if scores["is_training_data"] else f"the {scores['split']} split"
    config = run.config
    weights = describe_kept_weights_briefly(
        find_method(config.method), config.method_settings(), config.dataset.has_modes
    )
    labelled = f" {describe_labelled(scores)}." if describe_labelled(scores) else ""
    st.caption(f"On {where}, n = {scores['n']:,}, with the weights of {weights}.{labelled}")
    agreement, generation = st.columns([0.5, 0.5], gap="large")
    with agreement:
        if scores["purity"] is None:
            st.caption(plain(explain_no_agreement(scores)))
        else:
            st.markdown(_score_table(scores))
    with generation:
        show_generation_scores(scores)


def _score_table(scores: RunScores) -> str:
    heading = "| Clusters read as | " + " | ".join(TITLES.values()) + " |"
    rows = [
        f"| {name} | " + " | ".join(f"{reading[score]:.3f}" for score in AGREEMENT_SCORES) + " |"
        for name, reading in (("argmax of the code", scores), ("k-means on the latents", scores["kmeans"]))
    ]
    return "\n".join([heading, "|---|" + "--:|" * len(TITLES), *rows])
