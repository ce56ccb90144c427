"""Writes the table of protocol reports into docs/measurements.md: `python -m benchmarks.protocol_table`.

The reports are what `python -m clustergan_core protocol --dataset … --json` printed, one file each under
benchmarks/protocols/.
"""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.tables import put_table
from clustergan_core.methods import find_method
from clustergan_core.runs.sweeps.protocol import CRITERIA, Report

REPORTS = Path(__file__).with_name("protocols")
MEASUREMENTS = Path(__file__).resolve().parent.parent / "docs" / "measurements.md"


def read_reports() -> list[Report]:
    """The committed reports by file name."""
    return [json.loads(path.read_text()) for path in sorted(REPORTS.glob("*.json"))]


def render_reports(reports: list[Report]) -> str:
    """Test purity of the argmax reading: of all runs, of the run chosen with labels, and of each choice without."""
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
            f"{_n_runs(report)} of {find_method(report['method']).title} on `{report['dataset']}`",
            f"{purity['mean']:.3f} ± {purity['sd']:.3f}",
            f"{purity['median']:.3f}",
            "–" if chosen is None else f"{chosen['argmax']['purity']:.3f}",
            *(_pick(picks.get(criterion.name)) for criterion in CRITERIA),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _n_runs(report: Report) -> str:
    """How many runs the figures are of, and how many were planned where some are missing; older reports do not say."""
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
    """docs/measurements.md with the table between its two marks replaced."""
    return put_table(text, "protocol", "protocol_table", render_reports(read_reports()))


if __name__ == "__main__":
    MEASUREMENTS.write_text(insert_table(MEASUREMENTS.read_text()))
