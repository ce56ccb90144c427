"""A report as the panels of its figure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from clustergan_core.drawing.figures.sweep import PrintedRow, SweepDrawing, SweepPanel, SweepSeries
from clustergan_core.runs.sweeps.plan import METHOD_AXIS, describe_value, setting_title, value_title
from ui.loading.summaries import STATE_WORDS
from ui.sweep.scores import offered_scores

if TYPE_CHECKING:
    from clustergan_core.evaluation.suggest_k import Suggestion
    from clustergan_core.runs.sweeps.report import SweepReport, Values
    from ui.sweep.scores import ChosenScore


FIGURES = {
    "seed_agreement": "Seed agreement",
    "data_silhouette": "Silhouette in the data",
    "neighbour_information": "Information of neighbours",
    "frechet": "Fréchet, components",
    "usage_entropy": "Usage entropy",
}

BOUNDED = ("purity", "accuracy")  # scores that cannot be 1 with fewer clusters than labels
CRITERIA = {
    "seed_agreement": "Seed agreement (pairwise ARI) ↑",
    "data_silhouette": "Silhouette in the data's components ↑",
    "neighbour_information": "Information of neighbours (share of log K) ↑",
    "frechet": "Fréchet distance in principal components ↓",
    "usage_entropy": "Usage entropy (nats; dotted: log K)",
}


def make_drawing(report: SweepReport, score: ChosenScore, suggestion: Suggestion | None) -> SweepDrawing:
    """The first setting is the x axis, or methods if no setting varies; the values of all others are series."""
    plan = report.plan
    first, values = next(iter(plan.axes.items()))
    if all(isinstance(value, int | float) for value in values):
        values = tuple(sorted(values))
    suggested = values.index(k) if suggestion and (k := suggestion.n_clusters) is not None else None
    votes = {vote.criterion.name: values.index(vote.n_clusters) for vote in suggestion.votes} if suggestion else {}
    judged = [criterion.name for criterion in report.criteria()]
    panels = []
    for name, heading in CRITERIA.items():
        series = _series(report, name, values)
        if any(figures for each in series for figures in each.figures):
            reference = _log_k(report, values) if name == "usage_entropy" else ()
            if name == "neighbour_information" and name not in judged:
                heading = "Information of neighbours (trained on: no vote)"
            panels.append(SweepPanel(heading, series, votes.get(name), reference, "log K"))
    title = setting_title(plan.config.method, first)
    shown = tuple(value_title(first, value) for value in values)
    if not score.needs_labels and panels:
        return SweepDrawing(title, shown, panels[0], tuple(panels[1:]), (), suggested)
    bounds = _bounds(report, values) if score.name in BOUNDED else ()
    result = SweepPanel(
        f"{score.title} (test split)", _series(report, score.name, values), None, bounds, "best attainable with K"
    )
    printed = [
        PrintedRow(row.source, tuple(row.figures.get(value) for value in values))
        for row in plan.paper_rows()
        if row.score == score.name
    ]
    return SweepDrawing(title, shown, result, tuple(panels), tuple(printed), suggested)


def _series(report: SweepReport, name: str, values: Sequence[Any]) -> tuple[SweepSeries, ...]:
    """One series for every combination of the further settings' values."""
    method = report.plan.config.method
    others = dict(itertools.islice(report.plan.axes.items(), 1, None))
    series = []
    for combination in itertools.product(*others.values()):
        titles = [describe_value(method, other, value) for other, value in zip(others, combination)]
        combinations: list[Values] = [(value, *combination) for value in values]
        series.append(
            SweepSeries(
                ", ".join(titles),
                tuple(tuple(report.figures_at(point, name)) for point in combinations),
                tuple(_names(report, point, name) for point in combinations),
            )
        )
    return tuple(series)


def _names(report: SweepReport, point: Values, name: str) -> tuple[str, ...]:
    if name == "seed_agreement":
        return ("two seeds",) * len(report.figures_at(point, name))
    return tuple(f"seed {row.seed}" for row in report.rows_at(point) if row.figure(name) is not None)


def _bounds(report: SweepReport, values: Sequence[Any]) -> tuple[float | None, ...]:
    plan = report.plan
    if next(iter(plan.axes)) != "n_clusters":
        return ()
    bounds = tuple(plan.best_attainable(int(k)) for k in values)
    return bounds if any(bound is not None for bound in bounds) else ()


def _log_k(report: SweepReport, values: Sequence[Any]) -> tuple[float | None, ...]:
    plan = report.plan
    if next(iter(plan.axes)) == "n_clusters":
        return tuple(math.log(k) for k in values)
    if METHOD_AXIS in plan.axes or "n_clusters" in plan.axes:
        return ()
    return (math.log(plan.config.n_clusters),) * len(values)


def point_rows(report: SweepReport) -> pd.DataFrame:
    """Mean ± standard deviation of every figure, with the number of finished runs."""
    return pd.DataFrame([_point_row(report, values) for values in report.combinations()])


def run_rows(report: SweepReport) -> pd.DataFrame:
    """Every run's figures, in the order of the grid."""
    rows = []
    for row in report.rows:
        figures = {heading: row.figure(name) for name, heading in {**_scores(report), **FIGURES}.items()}
        figures.pop(FIGURES["seed_agreement"])  # it belongs to two runs
        rows.append(
            {
                **_titled(report, row.values),
                "Seed": row.seed,
                "State": STATE_WORDS.get(row.state, row.state),
                **figures,
                "Seconds": row.seconds or None,
                "Run": row.run or None,
            }
        )
    return pd.DataFrame(rows)


def _titled(report: SweepReport, values: Values) -> dict[str, Any]:
    """The values of a point as they are shown, by the titles of their settings."""
    method = report.plan.config.method
    return {setting_title(method, name): value_title(name, value) for name, value in zip(report.plan.axes, values)}


def _point_row(report: SweepReport, values: Values) -> dict[str, Any]:
    row = _titled(report, values)
    row["Runs"] = sum(run.state == "finished" for run in report.rows_at(values))
    for name, heading in {**_scores(report), **FIGURES}.items():
        row[heading] = _describe_spread(report, values, name)
        row |= _references(report, values, name)  # the figures it is compared with stand beside it
    return row


def _references(report: SweepReport, values: Values, score: str) -> dict[str, Any]:
    plan = report.plan
    columns: dict[str, Any] = {}
    if score == "purity" and "n_clusters" in plan.axes and plan.label_shares:
        bound = plan.best_attainable(int(dict(zip(plan.axes, values))["n_clusters"]))
        columns["Best attainable"] = None if bound is None else f"{bound:.3f}"
    for printed in plan.paper_rows():
        if printed.score == score:
            columns[printed.source.replace(", single runs", "")] = printed.figures.get(values[0])
    return columns


def _scores(report: SweepReport) -> dict[str, str]:
    """The scores that need labels, where there are any."""
    if not report.plan.config.dataset.label_names:
        return {}
    return {name: title for title, name in offered_scores(report.plan).items()}


def _describe_spread(report: SweepReport, values: Values, name: str) -> str | None:
    spread = report.spread_at(values, name)
    if spread is None:
        return None
    return f"{spread['mean']:.3f}" + ("" if spread["sd"] is None else f" ± {spread['sd']:.3f}")
