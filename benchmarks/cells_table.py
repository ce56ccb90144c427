"""Writes the table of benchmarks/cells.csv into docs/measurements.md: `python -m benchmarks.cells_table`.

Lines of scVI come from benchmarks/cells_scvi.csv; they take no part in the verdicts, because not every matrix has them.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.cells import KEY, MATRICES, ROWS, WAYS
from benchmarks.cells_scvi import ROWS as SCVI_ROWS
from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.tables import Row, describe_machines, put_table, spread
from benchmarks.train_all import read_rows
from clustergan_core.papers.measured import newest_runs

SEEDS = 3  # matrices with fewer are listed
TITLES = {
    "paired": "Paired ClusterGAN",
    "kmeans": "k-means",
    "leiden": "Leiden",
    "leiden_at_k": "Leiden at K",
}
FIGURES = {"purity": "purity", "accuracy": "accuracy", "NMI": "nmi", "ARI": "ari", "NMI of all cells": "nmi_all"}
# The best medians of these are marked.
COMPARED = {"nmi": "NMI of the test cells", "nmi_all": "NMI of all cells", "ari": "ARI of the test cells"}
SCVI_TITLES = {"scvi_leiden": "scVI + Leiden", "scvi_leiden_at_k": "scVI + Leiden at K"}


def render_cells(rows: Sequence[Row], scvi: Sequence[Row] = ()) -> str:
    """The table of each matrix's newest clusterings over the seeds, with a verdict and the machines they ran on."""
    headings = ["matrix", "clustering", "clusters", *FIGURES, "seconds"]
    lines = [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    measured = {name: runs for name in MATRICES if (runs := newest_runs(rows, KEY, dataset=name))}
    for name, runs in measured.items():
        for number, way in enumerate(WAYS):
            told = [describe_matrix(name, runs[0]) if number == 0 else "", TITLES[way]]
            figures = [_figure(runs, way, column) for column in FIGURES.values()]
            seconds = spread(runs, "seconds", ".0f") if way == "paired" else ""
            clusters = spread(runs, f"{way}_n_clusters", ".0f")
            lines.append(f"| {' | '.join([*told, clusters, *figures, seconds])} |")
        lines += [_scvi_line(way, of_scvi) for way in SCVI_TITLES if (of_scvi := newest_scvi(scvi, name))]
    if not measured:
        return "\n".join([*lines, "", "Nothing has been measured yet."])
    return "\n".join([*lines, "", *_verdicts(measured), *_verdict_on_scvi(measured, scvi), "", _note(measured)])


def newest_scvi(rows: Sequence[Row], name: str) -> list[Row]:
    """The newest row of a matrix for each seed."""
    return list({row["seed"]: row for row in rows if row["dataset"] == name}.values())


def _scvi_line(way: str, rows: Sequence[Row]) -> str:
    figures = [spread(rows, f"{way}_{figure}", ".3f") for figure in FIGURES.values()]
    seeds = f"{len(rows)} seeds" if len(rows) > 1 else "one seed"
    told = ["", f"{SCVI_TITLES[way]} ({seeds})", spread(rows, f"{way}_n_clusters", ".0f")]
    return f"| {' | '.join([*told, *figures, ''])} |"


def describe_matrix(name: str, row: Row) -> str:
    """A matrix's name and sizes."""
    sizes = f"{int(row['n_cells']):,} cells, {int(row['n_genes']):,} genes, {row['n_labels']} labels"
    return f"`{name}`: {sizes}; {row['n']} test cells"


def median(runs: Sequence[Row], way: str, figure: str) -> float:
    """A clustering's median over the seeds."""
    return statistics.median(float(row[f"{way}_{figure}"]) for row in runs)


def _figure(runs: Sequence[Row], way: str, figure: str) -> str:
    """Median and range; bold if the median is the highest of all clusterings."""
    text = spread(runs, f"{way}_{figure}", ".3f")
    return f"**{text}**" if figure in COMPARED and way in best_ways(runs, figure) else text


def best_ways(runs: Sequence[Row], figure: str) -> list[str]:
    """The clusterings with the highest median; several if they agree to three decimals."""
    medians = {way: round(median(runs, way, figure), 3) for way in WAYS}
    return [way for way in WAYS if medians[way] == max(medians.values())]


def _verdicts(measured: dict[str, list[Row]]) -> list[str]:
    """On which matrices Paired ClusterGAN's median is below the best other's, by each figure that is compared."""
    told = []
    for figure, title in COMPARED.items():
        leads = {name: _lead(runs, figure) for name, runs in measured.items()}
        ahead = [name for name, lead in leads.items() if lead >= 0]
        behind = [f"`{name}` ({lead:.3f})" for name, lead in leads.items() if lead < 0]
        losses = f" It is below the best of them on {', '.join(behind)}." if behind else ""
        told.append(
            f"- {title}: the median of Paired ClusterGAN is at least that of every other method on "
            f"{len(ahead)} of {len(leads)} matrices.{losses}"
        )
    empty = {name: statistics.median(_count_empty(row) for row in runs) for name, runs in measured.items()}
    shown = ", ".join(f"`{name}` {count:g}" for name, count in empty.items() if count)
    return [*told, f"- Modes that hold no cell, in the median: {shown or 'none on any matrix'}."]


def _verdict_on_scvi(measured: dict[str, list[Row]], scvi: Sequence[Row]) -> list[str]:
    """On which of the matrices with rows of scVI its better clustering is ahead, by NMI of the test cells."""
    ahead, others = [], {name: rows for name in measured if (rows := newest_scvi(scvi, name))}
    for name, rows in others.items():
        best = max(round(median(rows, way, "nmi"), 3) for way in SCVI_TITLES)
        if best > round(median(measured[name], "paired", "nmi"), 3):
            ahead.append(f"`{name}`")
    if not others:
        return []
    names = ", ".join(ahead) or "none"
    return [f"- scVI + Leiden, of {len(others)} matrices, is ahead by NMI of the test cells on {names}."]


def _count_empty(row: Row) -> int:
    return int(row["n_labels"]) - int(row["paired_n_clusters"])


def _lead(runs: Sequence[Row], figure: str) -> float:
    """How far Paired ClusterGAN's median is above the best other's, to three decimals."""
    others = max(round(median(runs, way, figure), 3) for way in WAYS if way != "paired")
    return round(round(median(runs, "paired", figure), 3) - others, 3)


def _note(measured: dict[str, list[Row]]) -> str:
    rows = [row for runs in measured.values() for row in runs]
    commits = ", ".join(dict.fromkeys(row["commit"] for row in rows))
    few = [f"`{name}`" for name, runs in measured.items() if len(runs) < SEEDS]
    missing = [f"`{name}`" for name in MATRICES if name not in measured]
    note = f"These rows were {describe_machines(rows)}, commit {commits}."
    note += f" **Fewer than {SEEDS} seeds:** {', '.join(few)}." if few else ""
    return note + (f" **Not measured yet:** {', '.join(missing)}." if missing else "")


def insert_table(text: str) -> str:
    """Returns docs/measurements.md with the table of the current rows."""
    return put_table(text, "cells", "cells_table", render_cells(read_rows(ROWS), read_rows(SCVI_ROWS)))


if __name__ == "__main__":
    MEASUREMENTS.write_text(insert_table(MEASUREMENTS.read_text()))
