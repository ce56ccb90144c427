"""A finished run's generated samples: how far they are from real ones, and what a classifier reads in them."""

from __future__ import annotations

import streamlit as st

from clustergan_core.scoring.records import ModeCountRecord, RunScores

FRECHET_HELP = (
    "How far the features of generated samples are from those of real ones, in mean and spread; lower is better. It "
    "depends on the features and on the number of samples: compare figures where both are the same."
)
_HELP = {
    "mode_accuracy": "Each mode is named by the label the classifier reads most often in its samples. "
    "Share of generated samples that show the name of their mode.",
    "reconstruction_accuracy": "Share of real samples in whose reconstruction, encoded and generated back, the "
    "classifier reads their own label.",
    "cluster_accuracy": "Share of real samples whose label is the name of the mode they are assigned to.",
}
_TITLES = {"mode_accuracy": "Mode", "reconstruction_accuracy": "Reconstruction", "cluster_accuracy": "Cluster"}


def show_generation_scores(scores: RunScores) -> None:
    """Fréchet distance and the paper's three accuracies, each with how it was measured; nothing if unmeasured."""
    distances = [
        (title, scores[key]) for key, title in (("frechet", "Fréchet distance"), ("fid", "FID")) if scores.get(key)
    ]
    if count := scores.get("mode_count"):
        _show_mode_count(count)
    if not distances and not scores.get("classifier"):
        return
    st.markdown("**Fidelity of generated samples**")
    for title, distance in distances:
        value, real = st.columns(2)
        value.metric(title, f"{distance['value']:g}", help=FRECHET_HELP)
        real.metric(
            "Real against real",
            f"{distance['real_halves']:g}",
            help="The distance between two disjoint sets of real samples: about the lowest that can be expected.",
        )
        of = "all samples" if scores["is_training_data"] else f"the {scores['split']} split"
        st.caption(
            f"{distance['n']:,} generated samples and as many real ones from {of}. Features: {distance['features']}."
        )
    if scores.get("classifier"):
        _show_accuracies(scores)


def _show_mode_count(count: ModeCountRecord) -> None:
    st.markdown("**Modes of the data that are reached**")
    reached, strays, divergence = st.columns(3)
    reached.metric(
        "Modes reached",
        f"{count['n_reached']} of {count['n_modes']}",
        help=f"Modes with at least one good sample; {count['n_reached_often']} have five or more.",
    )
    strays.metric(
        "Strays",
        f"{100 * count['stray_share']:.1f} %",
        help="Generated samples farther than 3 standard deviations from every mode. Of the data itself 1.1 % are.",
    )
    divergence.metric(
        "KL to the true shares",
        "–" if count["divergence"] is None else f"{count['divergence']:.3f}",
        help="Of the modes' shares among good samples, in nats; 0 where every mode is generated as often as it occurs.",
    )
    st.caption(f"{count['n']:,} generated samples.")


def _show_accuracies(scores: RunScores) -> None:
    st.markdown("**Accuracy of generated samples**")
    for column, (name, title) in zip(st.columns(len(_TITLES)), _TITLES.items(), strict=True):
        value = scores.get(name)
        column.metric(title, "–" if value is None else f"{value:.3f}", help=_HELP[name])
    classifier = scores.get("classifier")
    assert classifier is not None
    if (n_shown := classifier["n_labels_with_a_mode"]) < classifier["n_labels"]:
        st.warning(
            f"Modes show only **{n_shown} of {classifier['n_labels']}** labels. Mode Accuracy ignores missing "
            "labels: it would be 1 if all modes generated the same label.",
            icon=":material/warning:",
        )
    st.caption(
        f"Read by the {classifier['name']}, right on {100 * classifier['test_accuracy']:.1f} % of the test split; "
        f"{classifier['n_generated']:,} generated samples. "
        f"{classifier['n_labels_with_a_mode']} of {classifier['n_labels']} labels have a mode."
    )
