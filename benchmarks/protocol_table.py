"""Writes the table of protocol reports into docs/measurements.md: `python -m benchmarks.protocol_table`.

Each report is the output of `python -m clustergan_core protocol --dataset … --json`, one file under
benchmarks/protocols/.
"""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.tables import put_table
from clustergan_core.runs.sweeps.protocol import CRITERIA, Report, method_title

REPORTS = Path(__file__).with_name("protocols")
MEASUREMENTS = Path(__file__).resolve().parent.parent / "docs" / "measurements.md"


def read_reports() -> list[Report]:
    """The committed reports, ordered by file name."""
    return [json.loads(path.read_text()) for path in sorted(REPORTS.glob("*.json"))]


def render_reports(reports: list[Report]) -> str:
    """The table of test purity (argmax reading): all runs, the run chosen with labels, and each label-free choice."""
    lines = [
        "| runs | mean ± sd | median | chosen with labels | "
        + " | ".join(criterion.title for criterion in CRITERIA)
        + " |",
        "|---|---|---|---|" + "---|" * len(CRITERIA),
    ]
    for report in reports:
        purity = report["all_runs"]["argmax"]["purity"]
        chosen = report["chosen_with_labels"]
        picks = {row["name"]: row for row in report["chosen_without_labels"]}
        cells = [
            f"{_n_runs(report)} of {method_title(report)} on `{report['dataset']}`",
            f"{purity['mean']:.3f} ± {purity['sd']:.3f}",
            f"{purity['median']:.3f}",
            "–" if chosen is None else f"{chosen['argmax']['purity']:.3f}",
            *(_pick(picks.get(criterion.name)) for criterion in CRITERIA),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _n_runs(report: Report) -> str:
    """The number of runs, and the number planned if some are missing; older reports do not state the latter."""
    if not report.get("unfinished"):
        return str(report["n_runs"])
    return f"{report['n_runs']} ({len(report['planned_seeds'])} planned)"


def _pick(row: Report | None) -> str:
    """The chosen run's purity and the criterion's rank correlation with purity over all runs."""
    if row is None:
        return "–"
    rho = row["rank_correlation"]
    return f"{row['argmax']['purity']:.3f} (ρ {'–' if rho is None else f'{rho:.2f}'})"


def insert_table(text: str) -> str:
    """Returns docs/measurements.md with the table between its two markers replaced."""
    return put_table(text, "protocol", "protocol_table", render_reports(read_reports()))


if __name__ == "__main__":
    MEASUREMENTS.write_text(insert_table(MEASUREMENTS.read_text()))
