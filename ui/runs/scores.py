"""A run's scores for both readings of its clusters, and its labels against its modes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.drawing.figures.counts import MOST_FLAT, contingency_figure
from clustergan_core.score_names import NMI_MEANING
from clustergan_core.scoring.final import describe_labelled, explain_no_agreement
from clustergan_core.scoring.records import RunScores
from ui.frame.messages import plain
from ui.frame.theme import draw_figure_once, show_themed
from ui.loading.runs import load_data, load_latents
from ui.loading.summaries import RunSummary
from ui.runs.generated import show_generation_scores

_HEADINGS = {"purity": "Purity", "accuracy": "Accuracy", "nmi": "NMI", "ari": "ARI"}
_COUNT_WIDTH = 70  # pixels: room for a count of six digits
_GLOSSARY = (
    "*Purity*: share of samples whose mode's most frequent label is their own; it rises with the number of modes. "
    "*Accuracy*: the share of samples that agree when each mode is matched with a single label. *NMI* and *ARI* "
    "compare the two groupings as a whole. NMI is mutual information over the arithmetic mean of the two entropies; "
    "ARI is 0 for chance."
)


def show_scores(summary: RunSummary) -> None:
    """The table of scores with what they were measured on, then labels against modes where both are available."""
    scores = summary.scores
    if scores is None:
        reason = "while it trains" if summary.is_training else "because it is not finished"
        st.info(
            f"There are no final scores yet {reason}; the Train page shows the scores so far.", icon=":material/info:"
        )
        return
    # More modes than these need the page's width, or their counts and numbers are cut.
    is_wide = scores["n_clusters"] > MOST_FLAT
    numbers, counts = (st.container(), st.container()) if is_wide else st.columns(2, gap="medium")
    with numbers:
        _show_numbers(scores)
    with counts:
        _show_contingency(summary)


def _show_numbers(scores: RunScores) -> None:
    st.markdown(f"**Scores on {_measured_on(scores)}**")
    if labelled := describe_labelled(scores):
        st.caption(f"{labelled}.")
    if scores["purity"] is None:
        st.info(plain(f"{explain_no_agreement(scores)} Without labels:"), icon=":material/label:")
    else:
        readings = {"argmax": scores, "k-means": scores["kmeans"]}
        rows = [{"Reading": name, **_figures(row)} for name, row in readings.items()]
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            column_config={"NMI": st.column_config.NumberColumn(help=NMI_MEANING)},
            alt="Scores in both readings",
        )
        st.caption(
            "The encoder gives each sample a code. *argmax* takes its largest entry as the cluster, as all pages "
            "do; *k-means* groups the whole latents, as the authors' code reports it. Labels are used only for scores."
        )
        with st.popover("What the scores mean", type="tertiary"):
            st.markdown(_GLOSSARY)
    parts = [
        (
            "Silhouette",
            scores["silhouette"],
            "How well clusters are separated in the method's own latent space, −1 to 1. It rises as codes saturate.",
        ),
        ("Usage entropy", scores["usage_entropy"], "In nats; log K when all modes are used equally."),
    ]
    for column, (label, value, meaning) in zip(st.columns(len(parts)), parts, strict=True):
        column.metric(label, "–" if value is None else f"{value:.3f}", help=meaning)
    show_generation_scores(scores)


def _measured_on(scores: RunScores) -> str:
    if scores["is_training_data"]:
        return f"all {scores['n']:,} samples, which were also trained on"
    return f"the {scores['split']} split, {scores['n']:,} samples"


def _figures(row: dict[str, Any]) -> dict[str, str]:
    return {heading: "–" if row[name] is None else f"{row[name]:.3f}" for name, heading in _HEADINGS.items()}


def _show_contingency(summary: RunSummary) -> None:
    """Labels × modes of the test split, for the reading by argmax."""
    scores = summary.scores
    assert scores is not None, "called for scored runs"
    if scores["purity"] is None:
        return
    st.markdown("**Labels and modes**")
    data = load_data(summary.run)
    if data is None or data.labels is None:
        st.info(
            "Labels against modes need the data, which is not on this machine: see the Data page.",
            icon=":material/dataset:",
        )
        return
    from clustergan_core.evaluation.agreement import contingency_table

    latents = load_latents(summary.run, scores["split"])
    labels = data.labels[latents.indices]
    is_labelled = labels != UNLABELLED
    counts = contingency_table(
        labels[is_labelled], latents.clusters[is_labelled], len(data.label_names), scores["n_clusters"]
    )
    show_themed(
        draw_figure_once(contingency_figure, counts, data.label_names),
        "contingency",
        "Samples of each label in each mode, modes in the order of the labels they agree with",
    )
    table = {"label": data.label_names} | {f"mode {mode}": counts[:, mode] for mode in range(counts.shape[1])}
    narrow = {
        f"mode {mode}": st.column_config.NumberColumn(str(mode), width=_COUNT_WIDTH) for mode in range(counts.shape[1])
    }
    with st.expander("As a table"):
        st.caption("A column for each mode.")
        st.dataframe(
            pd.DataFrame(table),
            hide_index=True,
            column_config={"label": st.column_config.TextColumn(pinned=True)} | narrow,
            alt="Samples of each label in each mode",
        )
