"""Writes the tables of benchmarks/variants.csv into docs/measurements.md: `python -m benchmarks.variants_table`."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.tables import Row, describe_machines, put_table, spread
from benchmarks.train_all import read_rows
from benchmarks.variants import DATA, KEY, ROWS, VARIANTS
from clustergan_core.papers.measured import newest_runs

FEW = 3  # seeds; variants with fewer are listed
AGREEMENT = {"purity": "purity", "accuracy": "accuracy", "NMI": "nmi", "ARI": "ari"}
# The figures of each group, by heading.
FIGURES: dict[str, dict[str, str]] = {
    "ablation": {
        **AGREEMENT,
        "Mode Accuracy": "mode_accuracy",
        "labels with a mode": "n_labels_with_a_mode",
        "Fréchet distance": "frechet",
        "seconds of CPU": "cpu_seconds",
    },
    "masses": {**AGREEMENT, "usage entropy": "usage_entropy"},
}
FORMS = {"n_labels_with_a_mode": ".0f", "frechet": "#.3g", "cpu_seconds": ".0f"}  # other columns have two decimals


def render_group(rows: Sequence[Row], group: str) -> str:
    """The table of the group's variants on each data set over the seeds, with the newest rows and their machines."""
    headings = ["data", "scored on", "K", "variant", "runs", *FIGURES[group]]
    lines = [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    shown: list[Row] = []
    for dataset in DATA[group]:
        for variant in VARIANTS[group]:
            runs = newest_runs(rows, KEY, group=group, dataset=dataset, variant=variant)
            if not runs:
                continue
            shown += runs
            told = [f"`{dataset}`", f"{int(runs[0]['n']):,} ({runs[0]['split']})", runs[0]["n_clusters"], variant]
            figures = [spread(runs, column, FORMS.get(column, ".2f")) for column in FIGURES[group].values()]
            lines.append(f"| {' | '.join([*told, str(len(runs)), *figures])} |")
    return "\n".join([*lines, "", " ".join(_notes(shown, group)) or "Nothing has been measured yet."])


def _notes(rows: Sequence[Row], group: str) -> list[str]:
    """Notes on the figures shown; none if there are no figures."""
    if not rows:
        return []
    commits = ", ".join(dict.fromkeys(row["commit"] for row in rows))
    notes = [f"These rows were {describe_machines(rows)}, commit {commits}."]
    if "frechet" in FIGURES[group].values():
        features = {f"`{row['dataset']}` {row['frechet_features']}, {row['frechet_n']} samples" for row in rows}
        notes.append(f"Fréchet distances are in these features: {'; '.join(sorted(features))}.")
    names = [f"`{row['dataset']}` {row['variant']}" for row in rows]
    few = [name for name in dict.fromkeys(names) if names.count(name) < FEW]
    if few:
        notes.append(f"**Fewer than {FEW} seeds:** {', '.join(few)}.")
    return notes


def insert_tables(text: str) -> str:
    """Returns docs/measurements.md with each group's table replaced by the current one."""
    rows = read_rows(ROWS)
    for group in VARIANTS:
        text = put_table(text, group, "variants_table", render_group(rows, group))
    return text


if __name__ == "__main__":
    MEASUREMENTS.write_text(insert_tables(MEASUREMENTS.read_text()))
