"""Curves of a run: losses, mode usage, label-free measures, and the quality of generated samples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.drawing.figures.curves import (
    distance_figure,
    loss_figure,
    masses_figure,
    score_figure,
    usage_figure,
)
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.runs.metrics import Row
from clustergan_core.runs.run import Run
from clustergan_core.score_names import distance_title
from ui.frame.theme import show_figure
from ui.loading.metrics import MetricsHistory, usage_of
from ui.loading.runs import load_data
from ui.runs.generated import COVERAGE_HELP, FRECHET_HELP, VARIANCE_HELP, describe_variance
from ui.train.phases import generator_begins

MAX_SHARES = 12  # labels whose shares are lines; more would cover the masses
_LISTS = ("usage", "masses")  # scores that are a figure for each mode
USAGE_HEIGHT = 250  # pixels: beside the samples
CYCLES = {
    "sample_cycle": "‖x − G(E(x))‖², samples",
    "latent_cycle": "‖z − E(G(z))‖², latents",
}


def show_usage(run: Run, history: MetricsHistory) -> None:
    """The share of training samples in each mode at the newest evaluation."""
    st.subheader("Mode usage")
    if not history.evaluations:
        st.caption("Shown after the first evaluation.")
        return

    newest = history.evaluations[-1]
    usage = usage_of(newest)
    if not len(usage):
        st.caption("Its method gives samples no clusters.")
        return
    n_empty = int((usage == 0).sum())
    empty = f", {n_empty} of {len(usage)} modes empty" if n_empty else ""
    st.caption(f"Share of training samples in each mode, step {newest['step']:,}{empty}.")
    figure = usage_figure(usage, mode_colours(run.config.n_clusters))
    figure.update_layout(height=USAGE_HEIGHT)
    show_figure(figure, "usage", "Share of training samples in each mode")


def show_masses(run: Run, history: MetricsHistory) -> None:
    """The masses of a method that learns them, beside the shares of the labels where the data has some."""
    rows = [row for row in history.evaluations if "masses" in row]
    if len(rows) < 2:
        return
    masses = np.array([row["masses"] for row in rows])
    if not np.ptp(masses, axis=0).any():
        return  # given, not learned
    st.subheader("Mode masses")
    shares = _label_shares(run)
    beside = " Dotted: the labels' shares in the training split." if shares else ""
    st.caption(f"The share of samples that the method gives each mode, which it learns.{beside}")
    figure = masses_figure([row["step"] for row in rows], masses, mode_colours(masses.shape[1]), shares)
    show_figure(figure, "masses", "The mass of each mode over the steps of training")


def _label_shares(run: Run) -> dict[str, float]:
    """The share of each label among the labelled training samples, of up to MAX_SHARES labels."""
    dataset = load_data(run)
    if dataset is None or dataset.labels is None or len(dataset.label_names) > MAX_SHARES:
        return {}
    labels = dataset.labels[dataset.splits.train]
    counts = np.bincount(labels[labels != UNLABELLED], minlength=len(dataset.label_names))
    return dict(zip(dataset.label_names, (counts / max(1, counts.sum())).tolist(), strict=True))


def show_losses(run: Run, history: MetricsHistory) -> None:
    """Each loss on its own scale, with a line where the generator begins to learn."""
    if not history.n_rows:
        return

    st.subheader("Losses")
    begins = generator_begins(run)
    if begins:
        st.caption(f"Dotted: the generator begins to learn after step {begins:,}.")
    figure = loss_figure(history.thinned_losses(), mark=begins or None)
    show_figure(figure, "losses", "Each loss over the steps of training")


def show_without_labels(run: Run, history: MetricsHistory) -> None:
    """The criterion that chooses weights, the silhouette and the cycle losses."""
    if len(history.evaluations) < 2:
        return
    from clustergan_core.methods import find_method
    from clustergan_core.score_names import criterion_of, describe_kept_weights, keeps_last_weights

    method, settings = find_method(run.config.method), run.config.method_settings()
    has_modes = run.config.dataset.has_modes
    st.subheader("Without labels")
    criterion = criterion_of({"scores": row} for row in history.evaluations)
    kept = describe_kept_weights(method, settings, has_modes, criterion)
    st.caption(
        f"The best weights are {kept}. The silhouette is that of the method's own latents, which rises as codes "
        "saturate. Cycle losses are means over dimensions."
    )
    steps = history.evaluation_steps()
    left, right = st.columns([0.45, 0.55], gap="large")
    with left:
        courses = {name: history.scores(name) for name in ("criterion", "silhouette")}
        best = history.best_step(run.config.schedule, keeps_last_weights(method, settings, has_modes))
        show_figure(
            score_figure(steps, courses, best=best),
            "criterion",
            "Criterion and silhouette",
        )
    with right:
        rows = [
            {"step": row["step"], **{title: row[name] for name, title in CYCLES.items() if name in row}}
            for row in history.evaluations
        ]
        show_figure(loss_figure(rows, n_columns=2), "cycles", "Cycle losses of samples and latents")


def show_generated(history: MetricsHistory) -> None:
    """How far generated samples are from real ones during training."""
    measured = [row for row in history.evaluations if row.get("frechet")]
    if not measured:
        return

    newest = measured[-1]["frechet"]
    st.subheader("Fidelity of generated samples")
    metric, curve = st.columns([0.35, 0.65], gap="large")
    with metric:
        st.metric(distance_title("frechet", newest["n"]), f"{newest['value']:g}", help=FRECHET_HELP)
        st.caption(
            f"{newest['n']:,} generated against as many validation samples, step {measured[-1]['step']:,}. Two sets of "
            f"{newest['n']:,} real samples: {newest['real_halves']:g}, about the lowest that can be expected. "
            f"Features: {newest['features']}."
        )
    with curve:
        figure = distance_figure(
            [row["step"] for row in measured],
            [row["frechet"]["value"] for row in measured],
            newest["real_halves"],
        )
        show_figure(figure, "frechet", "Fréchet distance of generated samples over the steps of training")


def show_diversity(history: MetricsHistory) -> None:
    """How generated samples vary during training: within modes, and over the real samples as a whole."""
    names = {"mode_variance": "Variance within a mode", "coverage": "Coverage"}
    courses = {
        title: [(row.get(name) or {}).get("value") for row in history.evaluations]
        for name, title in names.items()
        if any(row.get(name) for row in history.evaluations)
    }
    if not courses:
        return

    newest = next(row for row in reversed(history.evaluations) if any(row.get(name) for name in names))
    variance, coverage = newest.get("mode_variance"), newest.get("coverage")
    st.subheader("Diversity of generated samples")
    metrics, curve = st.columns([0.35, 0.65], gap="large")
    with metrics:
        if variance:
            st.metric(names["mode_variance"], f"{variance['value']:g}", help=VARIANCE_HELP)
            st.caption(f"{describe_variance(variance)} Against training samples, step {newest['step']:,}.")
        if coverage:
            st.metric(names["coverage"], f"{coverage['value']:.3f}", help=COVERAGE_HELP)
            st.caption(
                f"Density {coverage['density']:.3f}; n = {coverage['n']:,} validation samples, k = {coverage['k']}. "
                f"Two sets of real samples: {coverage['real_halves']:.3f} and {coverage['real_halves_density']:.3f}."
            )
    with curve:
        figure = score_figure(history.evaluation_steps(), courses)
        show_figure(figure, "diversity", "Variance within a mode and coverage over the steps of training")


def show_table(run: Run, history: MetricsHistory) -> None:
    """Folded: the evaluations row by row, and a file with every row of losses and scores."""
    if not history.n_rows:
        return
    with st.expander("The figures as a table", icon=":material/table:"):
        if history.evaluations:
            rows = [
                _flat({name: value for name, value in row.items() if name not in _LISTS}) for row in history.evaluations
            ]
            st.dataframe(rows, hide_index=True, height=260)
        st.download_button(
            "Losses and scores (CSV)",
            lambda: metrics_csv(run),
            file_name=f"{run.name}-metrics.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def metrics_csv(run: Run) -> str:
    """Every row of metrics.jsonl with a column for each loss and score; mode usage as `usage_<mode>`, masses likewise.

    The Fréchet distance is `frechet`, with its details in `frechet_features`, `frechet_n`, `frechet_real_halves`;
    coverage and the variance within modes likewise.
    """

    rows = []
    for row in run.metrics().rows:
        scores = _flat(row.get("scores", {}))
        shares = {f"{name}_{mode}": share for name in _LISTS for mode, share in enumerate(scores.pop(name, []))}
        rows.append({"step": row["step"], "seconds": row["seconds"], **row["losses"], **scores, **shares})
    return pd.DataFrame(rows).to_csv(index=False)


def _flat(scores: Row) -> Row:
    """Scores with the parts of records in columns of their own; a list has none."""
    flat: Row = {}
    for name, value in scores.items():
        if isinstance(value, dict):
            parts = {part: figure for part, figure in value.items() if not isinstance(figure, list)}
            flat |= {name if part == "value" else f"{name}_{part}": figure for part, figure in parts.items()}
        else:
            flat[name] = value
    return flat
