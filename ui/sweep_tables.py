"""A report as tables: a row for each point of the grid, and a row for each run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from clustergan_core.runs.sweeps.plan import setting_title
from ui.run_summary import STATE_WORDS
from ui.sweep_scores import SCORES

if TYPE_CHECKING:
    from clustergan_core.runs.sweeps.report import SweepReport, Values

FIGURES = {
    "seed_agreement": "Seed agreement",
    "silhouette": "Silhouette",
    "neighbour_agreement": "Neighbour agreement",
    "frechet": "Fréchet, components",
    "usage_entropy": "Usage entropy",
}


def point_rows(report: SweepReport) -> pd.DataFrame:
    """Mean ± standard deviation of every figure, with the number of finished runs."""
    return pd.DataFrame([_point_row(report, values) for values in report.combinations()])


def run_rows(report: SweepReport) -> pd.DataFrame:
    """Every run's figures, in the order of the grid."""
    method = report.plan.config.method
    rows = []
    for row in report.rows:
        figures = {heading: row.figure(name) for name, heading in {**_scores(report), **FIGURES}.items()}
        figures.pop(FIGURES["seed_agreement"])  # of two runs
        rows.append(
            {
                **{setting_title(method, name): value for name, value in zip(report.plan.axes, row.values)},
                "Seed": row.seed,
                "State": STATE_WORDS.get(row.state, row.state),
                **figures,
                "Seconds": row.seconds or None,
                "Run": row.run or None,
            }
        )
    return pd.DataFrame(rows)


def _point_row(report: SweepReport, values: Values) -> dict[str, Any]:
    plan = report.plan
    row: dict[str, Any] = {setting_title(plan.config.method, name): value for name, value in zip(plan.axes, values)}
    row["Runs"] = sum(run.state == "finished" for run in report.rows_at(values))
    for name, heading in {**_scores(report), **FIGURES}.items():
        row[heading] = _say_spread(report, values, name)
        if name == "purity":  # what it is compared with stands beside it
            row |= _references(report, values)
    return row


def _references(report: SweepReport, values: Values) -> dict[str, Any]:
    plan = report.plan
    found: dict[str, Any] = {}
    if "n_clusters" in plan.axes and plan.label_shares:
        bound = plan.best_attainable(int(dict(zip(plan.axes, values))["n_clusters"]))
        found["Best attainable"] = None if bound is None else f"{bound:.3f}"
    for printed in plan.paper_rows():
        found[printed.source.partition(" (")[0]] = printed.figures.get(values[0])
    return found


def _scores(report: SweepReport) -> dict[str, str]:
    """The scores that need labels, where there are any."""
    return {name: title for title, name in SCORES.items()} if report.plan.config.dataset.label_names else {}


def _say_spread(report: SweepReport, values: Values, name: str) -> str | None:
    spread = report.spread_at(values, name)
    if spread is None:
        return None
    return f"{spread['mean']:.3f}" + ("" if spread["sd"] is None else f" ± {spread['sd']:.3f}")
