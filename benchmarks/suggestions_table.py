"""Writes how often the suggested K is the number of labels into docs/measurements.md.

    python -m benchmarks.suggestions_table

The figures come from the sweeps over K that ship with the program (pretrained/sweeps/).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.tables import put_table
from clustergan_core.evaluation.suggest_k import CRITERIA
from clustergan_core.runs.sweeps.report import SweepReport, list_shipped_reports

MEASUREMENTS = Path(__file__).resolve().parent.parent / "docs" / "measurements.md"


def render(reports: Sequence[SweepReport]) -> str:
    """One line for each sweep: the suggested K and each criterion's vote."""
    lines = [
        "| data | labels | K tried × seeds | suggested | "
        + " | ".join(criterion.title for criterion in CRITERIA)
        + " |",
        "|---|--:|---|--:|" + "--:|" * len(CRITERIA),
    ]
    n_right = 0
    for report in reports:
        suggestion, n_labels = report.suggest_n_clusters(), len(report.plan.label_shares)
        assert suggestion is not None, f"{report.name} varies K alone"
        n_right += suggestion.n_clusters == n_labels
        votes = {vote.criterion.name: str(vote.n_clusters) for vote in suggestion.votes}
        tried = ", ".join(str(k) for k in report.plan.axes["n_clusters"])
        cells = [
            f"`{report.plan.config.dataset.name}`",
            str(n_labels),
            f"{tried} × {len(report.plan.seeds)}",
            "–" if suggestion.n_clusters is None else f"**{suggestion.n_clusters}**",
            *(votes.get(criterion.name, "–") for criterion in CRITERIA),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    right = f"The suggested K is the number of labels in {n_right} of {len(reports)} sweeps."
    return "\n".join([*lines, "", right])


def insert_table(text: str) -> str:
    """Returns docs/measurements.md with the table between its two markers replaced."""
    reports = [report for report in list_shipped_reports() if list(report.plan.axes) == ["n_clusters"]]
    return put_table(text, "suggestions", "suggestions_table", render(reports))


if __name__ == "__main__":
    MEASUREMENTS.write_text(insert_table(MEASUREMENTS.read_text()))
