"""Writes the tables in README from their sources: `python -m benchmarks.readme_tables`.

Descriptions of methods come from their facts, scores over seeds from benchmarks/results.csv, those of cells from
benchmarks/cells.csv, and scores of shipped models from their score files.
"""

from __future__ import annotations

import inspect
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.cells import KEY as CELLS_KEY
from benchmarks.cells import MATRICES, ROWS, WAYS
from benchmarks.cells_table import TITLES, best_ways, median
from benchmarks.tables import Row, describe_machines, put_table, spread
from benchmarks.train_all import AGREEMENT, KEY, read_rows
from clustergan_core.data.registry import DATASETS
from clustergan_core.methods import METHODS
from clustergan_core.paper_tables.clustergan import CLUSTERGAN, TABLE_1
from clustergan_core.papers.measured import newest_runs
from clustergan_core.preset import Preset, PresetName
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.store import list_shipped
from clustergan_core.scoring.records import RunScores

README = Path(__file__).resolve().parent.parent / "README.md"

# The row for ClusterGAN in table 1 of its paper: purity, NMI, ARI; without the cells, for which ours are a stand-in.
PAPER = {
    column.dataset: TABLE_1.figures[CLUSTERGAN.title, column.title] for column in TABLE_1.columns if not column.unlike
}
HEADINGS = ("purity", "accuracy", "NMI", "ARI")
LEAST_SHARE = 0.85  # CPU seconds for each wall-clock second and thread
WALL, CPU = ("wall_seconds", ".0f"), ("cpu_seconds", ".0f")


def render_methods() -> str:
    """The table of what each method is and assumes, in the words of its facts."""
    lines = ["| method | what it is | what it assumes | presets |", "|---|---|---|---|"]
    for name, method in METHODS.items():
        sentence = (inspect.getdoc(method) or "").splitlines()[0]
        presets = ", ".join(f"`{preset}`" for preset in method.presets)
        lines.append(f"| {method.title} (`{name}`) | {sentence} | {method.assumptions or '–'} | {presets} |")
    return "\n".join(lines)


def render_models() -> str:
    """The Markdown table of the shipped models and their scores."""
    headings = ["model", "method", "modes", "test samples", *HEADINGS, "labels with a mode", "trained in"]
    lines = [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    for run in list_shipped():
        scores, status = read_scores(run), run.status()
        assert scores is not None, f"{run.name} ships without scores"
        figures = " | ".join(f"{scores[name]:.2f}" for name in AGREEMENT)
        lines.append(
            f"| `{run.name}` | {run.config.method_title} | {scores['n_clusters']} | {scores['n']:,} | "
            f"{figures} | {_labels_with_a_mode(scores)} | {status.seconds:.0f} s, {run.config.device}, threads: "
            f"{run.config.threads} |"
        )
    return "\n".join(lines)


def _labels_with_a_mode(scores: RunScores) -> str:
    """How many labels a classifier reads as the most frequent one of some mode; a dash where there is none."""
    classifier = scores.get("classifier")
    return f"{classifier['n_labels_with_a_mode']} of {classifier['n_labels']}" if classifier else "–"


def render_cells(rows: Sequence[Row]) -> str:
    """One paragraph on the matrices of cells, from the newest rows of benchmarks/cells.csv."""
    measured = {name: runs for name in MATRICES if (runs := newest_runs(rows, CELLS_KEY, dataset=name))}
    if not measured:
        return "Nothing has been measured yet."
    n_matrices, counts = len(measured), []
    for title, figure in (("NMI", "nmi"), ("ARI", "ari"), ("purity", "purity")):
        n_ahead = sum("paired" in best_ways(runs, figure) for runs in measured.values())
        middle = {way: statistics.median(median(runs, way, figure) for runs in measured.values()) for way in WAYS}
        other = max((way for way in WAYS if way != "paired"), key=lambda way: middle[way])
        compared = f"{middle['paired']:.2f} in the middle of the matrices, {TITLES[other]} {middle[other]:.2f}"
        counts.append(f"by {title} on {n_ahead} ({compared})")
    runs = [row for of_one in measured.values() for row in of_one]
    n_empty = [int(row["n_labels"]) - int(row["paired_n_clusters"]) for row in runs]
    return (
        f"On {n_matrices} labelled matrices (K the number of labels, test cells, medians over seeds), our clusters are "
        f"at least as good as k-means, Leiden and Leiden at K {', '.join(counts[:-1])} and {counts[-1]}. "
        f"In {sum(n > 0 for n in n_empty)} of {len(runs)} runs some modes hold no cell, on {_name_empty(measured)}: "
        "labels that the graph of cells does not separate share a mode. The preset had seen these matrices: it was "
        "chosen by labels of training and validation cells, with other seeds; partners and the rule by which a start "
        "continues were chosen on all eight ([docs/measurements.md](docs/measurements.md))."
    )


def _name_empty(measured: Mapping[str, Sequence[Row]]) -> str:
    """The matrices on which some run leaves modes empty."""
    names = [
        f"`{name}`"
        for name, runs in measured.items()
        if any(int(row["paired_n_clusters"]) < int(row["n_labels"]) for row in runs)
    ]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "none"


def render_benchmarks(rows: Sequence[Row]) -> str:
    """The table of each method on each data set over its seeds, with the paper's figures and the machines used."""
    headings = ["data", "", "runs", "steps", "width", *HEADINGS, "Mode Accuracy", "Fréchet distance", "seconds"]
    lines = [f"| {' | '.join([*headings, 'of CPU'])} |", "|---" * (len(headings) + 1) + "|"]
    shown: list[Row] = []
    for dataset in DATASETS:
        wanted = {"dataset": dataset, "preset": "default", "overrides": ""}
        of_data = [newest_runs(rows, KEY, method=method, **wanted) for method in METHODS]
        for runs in filter(None, of_data):
            shown += runs
            cells = [spread(runs, name, ".3f") for name in (*AGREEMENT, "mode_accuracy")]
            cells += [spread(runs, "frechet", "#.3g"), spread([row for row in runs if had_its_cores(row)], *WALL)]
            title = METHODS[runs[0]["method"]].title_with_labels(int(runs[0].get("n_labels_used") or 0))
            size = f"{len(runs)} | {describe_steps(dataset, runs)} | {describe_width(dataset, runs[0]['method'])}"
            lines.append(f"| `{dataset}` | {title} | {size} | {' | '.join(cells)} | {spread(runs, *CPU)} |")
        if any(of_data) and dataset in PAPER:
            purity, nmi, ari = (f"{value:.2f}" for value in PAPER[dataset])
            scores = f"{purity} | – | {nmi} | {ari} | – | – | – | –"
            steps = f"{paper_steps(dataset):,}"
            lines.append(f"| | *the paper: best of 5, chosen with labels* | 5 | {steps} | 1 | {scores} |")
    note = (
        "Seconds are those from the command's start to the saved and scored run, of runs that had their cores to "
        f"themselves (at least {LEAST_SHARE} s of CPU for each second and thread). Fréchet distances are in each data "
        "set's own features, which the rows name, and are not to be compared between data sets. Seconds of different "
        "machines are not to be compared either. Steps are generator steps, warm-up included, with their share of what "
        "the paper's code takes; the width is that of hidden layers, relative to the paper's. NMI is normalised by the "
        "arithmetic mean of the two entropies. Mode Accuracy ignores labels without a mode: the table of bundled "
        "models says how many have one."
    )
    machines = [
        f"{METHODS[name].title} was {describe_machines(of_method)}."
        for name in METHODS
        if (of_method := [row for row in shown if row["method"] == name])
    ]
    return "\n".join([*lines, "", " ".join([*machines, note]) if shown else "Nothing has been measured yet."])


def paper_steps(dataset: str) -> int:
    """The steps of the paper's code for a data set."""
    return _preset(dataset, "clustergan", "paper").n_steps


def describe_steps(dataset: str, runs: Sequence[Row]) -> str:
    """Steps of the runs, with their share of the paper's."""
    steps = int(runs[0]["steps"])
    return f"{steps:,} ({100 * steps / paper_steps(dataset):.2g}%)"


def describe_width(dataset: str, method: str) -> str:
    """The width of a method's default preset, relative to the paper's networks."""
    settings = METHODS[method].Settings.model_validate(_preset(dataset, method, "default").settings).model_dump()
    return f"{settings.get('width', 1):g}"


def _preset(dataset: str, method: str, name: PresetName) -> Preset:
    source = DATASETS[dataset]
    return METHODS[method].find_preset(name, dataset, source.kind, source.shape)


def had_its_cores(row: Row) -> bool:
    """Whether a run was hardly slowed by other processes; unknown for continued runs."""
    if not row["wall_seconds"]:
        return False
    return float(row["cpu_seconds"]) >= LEAST_SHARE * int(row["threads"]) * float(row["wall_seconds"])


def insert_tables(readme: str) -> str:
    """README's text with its tables replaced by the current ones."""
    tables = {
        "methods": render_methods(),
        "models": render_models(),
        "benchmarks": render_benchmarks(read_rows()),
        "cells": render_cells(read_rows(ROWS)),
    }
    for name, table in tables.items():
        readme = put_table(readme, name, "readme_tables", table)
    return readme


if __name__ == "__main__":
    README.write_text(insert_tables(README.read_text()))
