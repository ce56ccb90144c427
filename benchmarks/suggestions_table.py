"""Writes how often the suggested K is the number of labels into docs/measurements.md.

    python -m benchmarks.suggestions_table

The figures come from the sweeps over K that ship with the program (pretrained/sweeps/).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.tables import put_table
from clustergan_core.evaluation.suggest_k import CRITERIA
from clustergan_core.runs.sweeps.report import SweepReport, list_shipped_reports

MEASUREMENTS = Path(__file__).resolve().parent.parent / "docs" / "measurements.md"


def render(reports: Sequence[SweepReport]) -> str:
    """One line for each sweep: the K of all seeds together, each criterion's vote, and what single seeds suggest."""
    lines = [
        "| data | labels | K tried × seeds | suggested | "
        + " | ".join(criterion.title for criterion in CRITERIA)
        + " | by one seed alone |",
        "|---|--:|---|--:|" + "--:|" * len(CRITERIA) + "---|",
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
            _by_single_seeds(report),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    right = f"The K suggested by all seeds together is the number of labels in {n_right} of {len(reports)} sweeps."
    return "\n".join([*lines, "", right])


def _by_single_seeds(report: SweepReport) -> str:
    """How many of the seeds suggest which K on their own, without seed agreement."""
    single = (report.of_seed(seed).suggest_n_clusters() for seed in report.plan.seeds)
    counts = Counter(suggestion.n_clusters for suggestion in single if suggestion is not None)
    return ", ".join(f"{k}: {count} of {len(report.plan.seeds)}" for k, count in counts.most_common())


def insert_table(text: str) -> str:
    """Returns docs/measurements.md with the table between its two markers replaced."""
    reports = [report for report in list_shipped_reports() if list(report.plan.axes) == ["n_clusters"]]
    return put_table(text, "suggestions", "suggestions_table", render(reports))


if __name__ == "__main__":
    MEASUREMENTS.write_text(insert_table(MEASUREMENTS.read_text()))
