"""Final scores of the runs, with their spread over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from clustergan_core.drawing.figures.score_dots import ScorePanel, score_dots_figure
from clustergan_core.drawing.theme import apply_theme
from clustergan_core.runs.comparison.groups import Comparison, SeedGroup
from clustergan_core.runs.comparison.spread import Reading, ScoreSpread, read_score, spread_score
from clustergan_core.runs.run import Run
from clustergan_core.score_names import AGREEMENT_SCORES, distance_title
from clustergan_core.scoring.records import RunScores
from ui.compare.sections import section
from ui.compare.settings import describe_repetitions
from ui.frame.choices import segmented
from ui.frame.messages import plain
from ui.frame.theme import show_themed, theme_name
from ui.loading.summaries import describe_no_agreement, summarise
from ui.train.scores import TITLES

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

READINGS: dict[str, Reading] = {"argmax": "argmax", "k-means": "kmeans"}
LABEL_FREE = {
    "silhouette": "Silhouette",
    "usage_entropy": "Usage entropy",
    "mode_variance": "Mode variance",
    "coverage": "Coverage",
    "frechet": "Fréchet",
}
MODE_COUNTS = {"n_reached": "Modes reached", "stray_share": "Strays", "divergence": "KL to the true shares"}


def show_scores(comparison: Comparison) -> None:
    """Mean and standard deviation of each group in a row, each seed as a dot, and the figures of each run."""
    section("Scores")
    scores = {run.name: summarise(run).scores for run in comparison.runs}
    if not any(scores.values()):
        st.caption(
            "None of these runs is finished, so there are no final scores yet; the curves show the scores so far."
        )
        return
    chosen = segmented(
        "reading",
        list(READINGS),
        "Clusters read as",
        help_text="The largest entry of the encoder's code, as on all pages, or k-means on the latents.",
    )
    reading = READINGS[chosen]
    _show_groups(comparison, scores, reading)
    _show_dots(comparison, scores, reading)
    _show_runs(comparison, scores)


def _show_groups(comparison: Comparison, scores: dict[str, RunScores | None], reading: Reading) -> None:
    rows = []
    label_free = _label_free(scores)
    for group in comparison.groups:
        counted = _counted(comparison, group, scores)
        own = [scores[run.name] for run in counted]
        seeds = [run.config.seed for run in counted]
        missing = [seed for seed in dict.fromkeys(group.seeds) if seed not in seeds]
        row: dict[str, Any] = {"Runs": group.title, "n": len(seeds), "Seeds": ", ".join(map(str, seeds)) or "–"}
        row |= {title: _describe_spread(spread_score(own, name, reading), own) for name, title in TITLES.items()}
        row["Scored on"] = _describe_sources(own, missing)
        row |= {title: _describe_spread(spread_score(own, name)) for name, title in label_free.items()}
        rows.append(row)
    narrow = st.column_config.NumberColumn(width=40, help="Number of scored seeds.")
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, column_config={"n": narrow}, alt="Mean scores of each group of runs"
    )
    st.caption(_describe(comparison, scores))


def _label_free(scores: dict[str, RunScores | None]) -> dict[str, str]:
    """Titles of the scores without labels; modes are counted only where a run's data defines them."""
    is_counted = any(row and row.get("mode_count") for row in scores.values())
    return LABEL_FREE | (MODE_COUNTS if is_counted else {})


def _counted(comparison: Comparison, group: SeedGroup, scores: dict[str, RunScores | None]) -> list[Run]:
    """The runs that a group's mean and spread are computed from: for each seed, the first that is scored."""
    return comparison.once_a_seed(run for run in group.runs if scores[run.name])


def _describe_spread(spread: ScoreSpread, labelled: Sequence[RunScores | None] = ()) -> str:
    """Mean ± standard deviation; agreement with labels says where it needs them."""
    if spread.mean is None:
        return next((describe_no_agreement(scores) for scores in labelled if scores), "–")
    n_decimals = 3 if abs(spread.mean) < 3 else 2
    mean = f"{spread.mean:.{n_decimals}f}"
    return mean if spread.sd is None else f"{mean} ± {spread.sd:.{n_decimals}f}"


def _describe_sources(scores: Sequence[RunScores | None], missing: Sequence[int]) -> str:
    sources = dict.fromkeys(_scored_on(row) for row in scores if row)
    unfinished = f"seed{'' if len(missing) == 1 else 's'} {', '.join(map(str, missing))} not finished"
    return "; ".join([*sources, *([unfinished] if missing else [])])


def _scored_on(scores: RunScores) -> str:
    n, n_labelled = scores["n"], scores.get("n_labelled", scores["n"])
    where = "all" if scores["is_training_data"] else scores["split"]
    return f"{n:,} {where}" + (f", {n_labelled:,} labelled" if n_labelled < n else "")


def _describe(comparison: Comparison, scores: dict[str, RunScores | None]) -> str:
    sentences = [
        "Mean ± standard deviation over the seeds of a group (over n − 1). “all”: scored on samples that were also "
        "trained on. Labels are used only for purity, accuracy, NMI and ARI."
    ]
    if repetitions := describe_repetitions(comparison):
        sentences.append(repetitions)
    if any(row and (row.get("mode_variance") or row.get("coverage")) for row in scores.values()):
        sentences.append(
            "Mode variance: variance within a mode, generated over real, in the median mode; 1 is right. Coverage: "
            "share of real samples with a generated one in their neighbourhood; higher is better."
        )
    measured = _frechet_measures(comparison, scores)
    if len(measured) == 1:
        _, features, n = next(iter(measured))
        sentences.append(f"{distance_title('frechet', n)}, features: {features}; lower is better.")
    elif measured:
        sentences.append(
            "Fréchet distances here differ in data, features or number of samples, so they cannot be compared: "
            + "; ".join(plain(f"{data}, {features}, n = {n:,}") for data, features, n in sorted(measured))
            + "."
        )
    return " ".join(sentences)


def _frechet_measures(comparison: Comparison, scores: dict[str, RunScores | None]) -> set[tuple[str, str, int]]:
    """The data, features and numbers of samples of the distances; they compare only where there is one of each."""
    distances = [(run, (scores[run.name] or {}).get("frechet")) for run in comparison.runs]
    return {(run.config.dataset.name, distance["features"], distance["n"]) for run, distance in distances if distance}


def _show_dots(comparison: Comparison, scores: dict[str, RunScores | None], reading: Reading) -> None:
    counted = [_counted(comparison, group, scores) for group in comparison.groups]
    groups = tuple(
        (group.title, tuple(comparison.label(run) for run in runs))
        for group, runs in zip(comparison.groups, counted, strict=True)
    )
    apart = {"frechet"} if len(_frechet_measures(comparison, scores)) > 1 else set()
    for key, names, kind in (
        ("dots-labels", TITLES, "Agreement with the labels"),
        ("dots-free", _label_free(scores), "Scores without labels"),
    ):
        panels = []
        for name, title in names.items():
            if name in apart:
                continue
            spreads = [spread_score([scores[run.name] for run in runs], name, reading) for runs in counted]
            if any(spread.known for spread in spreads):
                panels.append((title, tuple(spread.values for spread in spreads)))
        if panels:
            description = f"{kind}: every seed a dot, the mean and standard deviation of each group"
            show_themed(_dots(tuple(panels), groups, theme_name()), key, description)
    if apart:
        st.caption("Fréchet distances have no panel: on one axis they would look comparable, which they are not.")


@st.cache_resource(max_entries=40, show_spinner=False)
def _dots(
    panels: tuple[tuple[str, tuple[tuple[float | None, ...], ...]], ...],
    groups: tuple[tuple[str, tuple[str, ...]], ...],
    theme: str,
) -> Figure:

    figure = score_dots_figure(
        [ScorePanel(title, values) for title, values in panels],
        [title for title, _ in groups],
        [labels for _, labels in groups],
    )
    return apply_theme(figure, theme == "dark")


def _show_runs(comparison: Comparison, scores: dict[str, RunScores | None]) -> None:
    rows = []
    label_free = _label_free(scores)
    for run in comparison.runs:
        own = scores[run.name]
        row: dict[str, Any] = {"Run": run.name, "Group": comparison.groups[comparison.group_of(run)].title}
        row["Seed"] = run.config.seed
        for reading in READINGS.values():
            suffix = "" if reading == "argmax" else " (k-means)"
            row |= {TITLES[name] + suffix: own and read_score(own, name, reading) for name in AGREEMENT_SCORES}
        row |= {title: own and read_score(own, name) for name, title in label_free.items()}
        row["Scored on"] = _scored_on(own) if own else "not finished"
        rows.append(row)
    table = pd.DataFrame(rows)
    with st.expander("Each run"):
        st.dataframe(table, hide_index=True, placeholder="–", alt="Scores of each run in both readings")
        st.download_button(
            "CSV",
            table.to_csv(index=False).encode(),
            "compared-scores.csv",
            "text/csv",
            key="scores-csv",
            icon=":material/download:",
            on_click="ignore",
        )
