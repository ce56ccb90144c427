"""Writes what criteria without labels are worth into docs/measurements.md: `python -m benchmarks.criteria_table`.

The rows are those of benchmarks/criteria.csv and benchmarks/cluster_numbers.csv.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np

from benchmarks import cluster_numbers
from benchmarks.criteria import CHOSEN_ON, CRITERIA, REPORTED_ON, ROWS
from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.tables import Row, put_table
from benchmarks.train_all import read_rows

TITLES = {
    "agreement": "agreement of neighbours beyond chance",
    "information": "**information of neighbours**",
    "information_15": "the same, of 15 neighbours",
    "silhouette": "silhouette in components",
    "calinski_harabasz": "Calinski–Harabasz",
    "davies_bouldin": "Davies–Bouldin",
}
COLLAPSES = (
    "first class against all others", "largest class against all others",
    "classes merged in two", "classes merged in K / 2",
)  # fmt: skip
NUMBERS = {
    "leiden": "Leiden at resolution 1",
    "eigengap": "eigengap",
    "gap": "gap statistic",
    "prediction_strength": "prediction strength above 0.8",
    "information": "information of neighbours / log K",
    "silhouette": "silhouette in components",
    "seed_agreement": "seed agreement",
    "agreement": "agreement of neighbours",
}


def render_criteria(rows: Sequence[Row]) -> str:
    """Each criterion's rank correlation with NMI, what its choice costs, and how often it prefers a collapse."""
    headings = ["criterion", "ρ with NMI, chosen on", "ρ with NMI, reported on", "lowest ρ there"]
    headings += ["NMI lost by its choice", "prefers a collapse to the labels"]
    lines = [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    for criterion in CRITERIA:
        chosen, reported = (_correlations(rows, criterion, names) for names in (CHOSEN_ON, REPORTED_ON))
        groups = [group for group in _groups(rows) if group[0]["dataset"] in REPORTED_ON]
        lost = statistics.fmean(_lost(group, criterion) for group in groups)
        n_collapsed = sum(_prefers_collapse(group, criterion) for group in groups)
        lines.append(
            f"| {TITLES[criterion]} | {statistics.median(chosen):.2f} | {statistics.median(reported):.2f} | "
            f"{min(reported):.2f} | {lost:.2f} | {n_collapsed} of {len(groups)} |"
        )
    return "\n".join(lines)


def _groups(rows: Sequence[Row]) -> list[list[Row]]:
    """The clusterings of each data set and seed."""
    keys = dict.fromkeys((row["dataset"], row["seed"]) for row in rows)
    return [[row for row in rows if (row["dataset"], row["seed"]) == key] for key in keys]


def _correlations(rows: Sequence[Row], criterion: str, names: Sequence[str]) -> list[float]:
    """Spearman's ρ over the clusterings of each data set, a mean over its seeds."""
    from scipy.stats import spearmanr

    by_set: dict[str, list[float]] = {}
    for group in _groups(rows):
        values = [[float(row[column]) for row in group] for column in (criterion, "nmi")]
        by_set.setdefault(group[0]["dataset"], []).append(float(np.asarray(spearmanr(*values))[0]))
    return [statistics.fmean(by_set[name]) for name in names if name in by_set]


def _lost(group: Sequence[Row], criterion: str) -> float:
    """The highest NMI of the clusterings that no label made, less that of the one with the best criterion."""
    found = [row for row in group if not row["clustering"].startswith("labels")]
    best = max(found, key=lambda row: float(row[criterion]))
    return max(float(row["nmi"]) for row in found) - float(best["nmi"])


def _prefers_collapse(group: Sequence[Row], criterion: str) -> bool:
    values = {row["clustering"]: float(row[criterion]) for row in group}
    return max(values[name] for name in COLLAPSES) > values["labels"]


def render_numbers(rows: Sequence[Row]) -> str:
    """How often each way of counting is right, within one, and how far off, and what it says of noise."""
    noise = [row for row in rows if row["dataset"] in cluster_numbers.NOISE]
    of_sets = {names: [row for row in rows if row["dataset"] in names] for names in (CHOSEN_ON, REPORTED_ON)}
    if not noise or not all(of_sets.values()):
        return "Nothing has been measured yet."
    lines = ["| number by | right | within one | median distance | in noise |", "|---|---|---|---|---|"]
    reported = of_sets[REPORTED_ON]
    for column, title in NUMBERS.items():
        distances = [abs(int(row[column]) - int(row["labels"])) for row in reported]
        lines.append(
            f"| {title} | {sum(d == 0 for d in distances)} of {len(distances)} | "
            f"{sum(d <= 1 for d in distances)} | {statistics.median(distances):g} | "
            f"{', '.join(row[column] for row in noise)} |"
        )
    ends = [_range(part) for part in (noise, of_sets[CHOSEN_ON], reported)]
    lines += ["", f"Structure against a reference without groups: {ends[0]} in noise, {ends[1]} in the sets that the"]
    return "\n".join(lines) + f" limit of 0.15 was chosen on, {ends[2]} in the others."


def _range(rows: Sequence[Row]) -> str:
    values = [float(row["structure"]) for row in rows]
    return f"{min(values):.2f} to {max(values):.2f}"


def insert_tables(text: str) -> str:
    """Returns docs/measurements.md with the tables of the current rows."""
    text = put_table(text, "criteria", "criteria_table", render_criteria(read_rows(ROWS)))
    numbers = read_rows(cluster_numbers.ROWS) if cluster_numbers.ROWS.exists() else []
    return put_table(text, "numbers", "criteria_table", render_numbers(numbers))


if __name__ == "__main__":
    MEASUREMENTS.write_text(insert_tables(MEASUREMENTS.read_text()))
