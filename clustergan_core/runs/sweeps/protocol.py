"""The paper's evaluation protocol (arXiv 1809.03627 §6.3) and what must accompany it.

The paper trains five times and reports, on the test split, the run with the best validation purity. That choice uses
labels, and the best of five is no estimate of one training, so the report also gives the mean, the standard deviation
and the median over all runs, and the runs that criteria without labels would have chosen. The rank correlation with
test purity measures how well each criterion chooses.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clustergan_core.methods import find_method
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores, score_run
from clustergan_core.score_names import AGREEMENT_SCORES
from clustergan_core.scoring.live import LiveScorer

Report = dict[str, Any]  # the JSON document of `protocol`

WITH_LABELS, WITHOUT_LABELS = "chosen with labels", "chosen without labels"
READINGS = ("argmax", "kmeans")
LEAST_RANKED = 3  # runs: two are always in perfect order


@dataclass(frozen=True)
class Criterion:
    """A score of a trained run that needs no labels, and which direction is better."""

    name: str
    title: str
    read: Callable[[Mapping[str, Any]], float | None]  # from the scores on validation samples
    is_higher_better: bool


def _frechet(scores: Mapping[str, Any]) -> float | None:
    """The Fréchet distance; None where its features are those of a classifier, which was trained on labels."""
    frechet = scores.get("frechet")
    return frechet["value"] if frechet and scores.get("classifier") is None else None


CRITERIA = (
    Criterion("neighbour_information", "information of neighbours", lambda scores: scores.get("criterion"), True),
    # The name is that of reports from when it chose the weights.
    Criterion("criterion", "neighbour agreement", lambda scores: scores.get("neighbour_agreement"), True),
    Criterion("pair_information", "information of pairs", lambda scores: scores.get("pair_information"), True),
    Criterion("silhouette", "silhouette", lambda scores: scores["silhouette"], True),
    Criterion("usage_entropy", "usage entropy", lambda scores: scores["usage_entropy"], True),
    Criterion("sample_cycle", "sample cycle loss", lambda scores: scores.get("sample_cycle"), False),
    Criterion("latent_cycle", "latent cycle loss", lambda scores: scores.get("latent_cycle"), False),
    Criterion("frechet", "Fréchet distance", _frechet, False),
)

# Computed only by the live scorer, the last for few methods.
LIVE_CRITERIA = ("criterion", "neighbour_agreement", "pair_information")


def make_report(runs: Sequence[Run], unfinished: Sequence[tuple[int, str]] = ()) -> Report:
    """The protocol over finished runs that differ only in their seed; DataError where the data is absent.

    `unfinished` holds the seed and state of planned runs that are missing, because the best of fewer runs is worse.
    Agreement is on the test split in both readings; criteria are computed on validation samples, neighbour agreement
    on training samples. Scores that need labels are null without them.
    """
    rows = [_score(run) for run in runs]
    config, test = runs[0].config, rows[0]["test"]
    has_labels = test["purity"] is not None
    return {
        "dataset": config.dataset.name,
        "method": config.method,
        "n_labels_used": config.n_labels_used,
        "preset": config.preset,
        "n_steps": config.schedule.n_steps,
        "settings": config.differing_settings(),
        "split": test["split"],
        "n": test["n"],
        "is_training_data": test["is_training_data"],
        "planned_seeds": sorted([*(row["seed"] for row in rows), *(seed for seed, _ in unfinished)]),
        "unfinished": [{"seed": seed, "state": state} for seed, state in unfinished],
        "n_runs": len(rows),
        "chosen_with_labels": _chosen_with_labels(rows) if has_labels else None,
        "all_runs": {reading: _spread([_reading(row, reading) for row in rows]) for reading in READINGS}
        if has_labels
        else None,
        "chosen_without_labels": [chosen for criterion in CRITERIA if (chosen := _chosen_without(criterion, rows))],
        "trains_on_neighbours": find_method(config.method).trains_on_neighbours,
        "runs": rows,
    }


def method_title(report: Report) -> str:
    """The method of a report with the labels it used; older reports are of methods that use none."""
    return find_method(report["method"]).title_with_labels(report.get("n_labels_used", 0))


def _score(run: Run) -> dict[str, Any]:
    validation = score_run(run, "validation", "best")
    method = run.load("best")
    live = LiveScorer(run.dataset(), method).score(method)
    seen = {**validation, **{name: live[name] for name in LIVE_CRITERIA if name in live}}
    return {
        "name": run.folder.name,
        "seed": run.config.seed,
        "seconds": run.status().seconds,
        "validation_purity": validation["purity"],
        "criteria": {criterion.name: criterion.read(seen) for criterion in CRITERIA},
        "test": read_scores(run) or score_run(run, "test", "best"),
    }


def _chosen_with_labels(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The outcome chosen by validation purity; None where no validation sample has a label, though test samples may."""
    if any(row["validation_purity"] is None for row in rows):
        return None
    best = max(rows, key=lambda row: row["validation_purity"])  # the first of equals
    return {"name": best["name"], "by": "validation purity", "mark": WITH_LABELS, **_outcome(best)}


def _chosen_without(criterion: Criterion, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The run that a criterion chooses, and the rank correlation of the criterion with test purity."""
    sign = 1 if criterion.is_higher_better else -1
    values = [row["criteria"][criterion.name] for row in rows]
    if any(value is None for value in values):
        return None
    best = max(rows, key=lambda row: sign * row["criteria"][criterion.name])
    purities = [row["test"]["purity"] for row in rows]
    return {
        "name": criterion.name,
        "title": criterion.title,
        "mark": WITHOUT_LABELS,
        "value": best["criteria"][criterion.name],
        **_outcome(best),
        "rank_correlation": rank_correlation([sign * value for value in values], purities),
        "n_ranked": len(rows),
    }


def _outcome(row: dict[str, Any]) -> dict[str, Any]:
    return {"seed": row["seed"], **{reading: _reading(row, reading) for reading in READINGS}}


def _reading(row: dict[str, Any], reading: str) -> dict[str, float | None]:
    scores = row["test"] if reading == "argmax" else row["test"]["kmeans"]
    return {name: scores[name] for name in AGREEMENT_SCORES}


def _spread(readings: Sequence[dict[str, float | None]]) -> dict[str, dict[str, float | None]]:
    """The mean, sample standard deviation (over n − 1), median and range of each score over the runs."""
    columns = {name: [value for row in readings if (value := row[name]) is not None] for name in AGREEMENT_SCORES}
    return {
        name: {
            "mean": statistics.fmean(values),
            "sd": statistics.stdev(values) if len(values) > 1 else None,
            "median": statistics.median(values),
            "min": min(values),
            "max": max(values),
        }
        for name, values in columns.items()
    }


def rank_correlation(values: Sequence[float], purities: Sequence[float | None]) -> float | None:
    """Spearman's ρ; None without labels, for fewer than three runs, and where either side is constant."""
    from scipy.stats import spearmanr

    labelled = [purity for purity in purities if purity is not None]
    if len(labelled) < len(values) or len(values) < LEAST_RANKED or np.ptp(values) == 0 or np.ptp(labelled) == 0:
        return None
    return float(np.asarray(spearmanr(values, labelled))[0])
