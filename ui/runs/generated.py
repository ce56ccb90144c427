"""A finished run's generated samples: how far they are from real ones, how they vary, what a classifier reads."""

from __future__ import annotations

import streamlit as st

from clustergan_core.score_names import DISTANCES, distance_title
from clustergan_core.scoring.records import ModeCountRecord, ModeVarianceRecord, RunScores

FRECHET_HELP = (
    "How far the features of generated samples are from those of real ones, in mean and spread; lower is better. It "
    "depends on the features and on the number of samples: compare figures where both are the same."
)
COVERAGE_HELP = (
    "Share of real samples that have a generated one nearer than their k-th nearest real one, for as many generated as "
    "real samples (Naeem et al., arXiv 2002.09797). It falls when generated samples miss part of the data, or vary too "
    "little."
)
DENSITY_HELP = (
    "How many real samples' neighbourhoods a generated sample lies in, over the expected number; above 1 where "
    "generated samples keep to the middle of the data. Read it beside coverage."
)
VARIANCE_HELP = (
    "Total variance of a mode's generated samples over that of the real samples assigned to it, in the first principal "
    "components of the real samples; the median over the modes. 0 means that each mode repeats one sample; right is "
    "about 1, or less where the real samples are few and have many features: as for one half of them over the other."
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
    """Modes reached, Fréchet distance, diversity and the paper's accuracies, each with how it was measured."""
    if count := scores.get("mode_count"):
        _show_mode_count(count)
    distances = [(distance_title(key, distance["n"]), distance) for key in DISTANCES if (distance := scores.get(key))]
    if not distances and not scores.get("classifier") and not scores.get("mode_variance"):
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
    _show_diversity(scores)
    if scores.get("classifier"):
        _show_accuracies(scores)


def _show_diversity(scores: RunScores) -> None:
    """Coverage, density and the variance within modes, as far as the run was scored with them."""
    coverage, variance = scores.get("coverage"), scores.get("mode_variance")
    if not coverage and not variance:
        return
    st.markdown("**Diversity of generated samples**")
    covered, dense, varied = st.columns(3)
    captions = []
    if coverage:
        covered.metric("Coverage", f"{coverage['value']:.3f}", help=COVERAGE_HELP)
        dense.metric("Density", f"{coverage['density']:.3f}", help=DENSITY_HELP)
        captions.append(
            f"Coverage and density: n = {coverage['n']:,}, k = {coverage['k']}; real against real "
            f"{coverage['real_halves']:.3f} and {coverage['real_halves_density']:.3f}."
        )
    if variance:
        varied.metric("Variance within a mode", f"{variance['value']:g}", help=VARIANCE_HELP)
        captions.append(describe_variance(variance))
    st.caption(" ".join(captions))


def describe_variance(variance: ModeVarianceRecord) -> str:
    """Where the ratio of variances was measured, and its range over the modes."""
    known, halves = [ratio for ratio in variance["ratios"] if ratio is not None], variance["real_halves"]
    return (
        f"Variance, generated over real: {min(known):g} to {max(known):g} over {len(known)} modes, in "
        f"{variance['n_components']} principal components of {variance['n_real']:,} real samples; "
        f"{variance['n_generated']:,} generated for each mode."
        + ("" if halves is None else f" One half of the real samples over the other: {halves:g}.")
    )


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
        help="Generated samples farther than 3 standard deviations from every mode. Of Gaussians in the plane 1.1 % "
        "are.",
    )
    divergence.metric(
        "KL to the true shares",
        "–" if count["divergence"] is None else f"{count['divergence']:.3f}",
        help="Of the modes' shares among good samples, in nats; 0 where every mode is generated as often as it occurs.",
    )
    shares = ", ".join(f"{share:.1%}" for share in count.get("shares", []))
    st.caption(f"{count['n']:,} generated samples." + (f" Shares of the modes: {shares}." if shares else ""))


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
