"""Writes README's tables from where their content stands: `python -m benchmarks.readme_tables`.

Methods speak for themselves, scores over seeds come from benchmarks/results.csv, those of shipped models from their own
score files.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path

from benchmarks.tables import Row, describe_machines, newest_runs, put_table, spread
from benchmarks.train_all import AGREEMENT, KEY, read_rows
from clustergan_core.data.registry import DATASETS
from clustergan_core.methods import METHODS
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.store import list_shipped

README = Path(__file__).resolve().parent.parent / "README.md"

# Table 1 of arXiv 1809.03627, its rows for ClusterGAN: purity (there "ACC"), NMI, ARI.
PAPER = {
    "synthetic": (0.99, 0.99, 0.99),
    "mnist": (0.95, 0.89, 0.89),
    "fashion": (0.63, 0.64, 0.50),
    "fashion-5": (0.73, 0.59, 0.48),
    "pendigits": (0.77, 0.73, 0.65),
}
LEAST_SHARE = 0.85  # seconds of CPU for each second on the wall and thread
WALL, CPU = ("wall_seconds", ".0f"), ("cpu_seconds", ".0f")


def render_methods() -> str:
    """What each method is and assumes, in its own words."""
    lines = ["| method | what it is | what it assumes | presets |", "|---|---|---|---|"]
    for name, method in METHODS.items():
        sentence = (inspect.getdoc(method) or "").splitlines()[0]
        presets = ", ".join(f"`{preset}`" for preset in method.presets)
        lines.append(f"| {method.title} (`{name}`) | {sentence} | {method.assumptions or '–'} | {presets} |")
    return "\n".join(lines)


def render_models() -> str:
    """The shipped models and their scores as a Markdown table."""
    lines = [
        "| model | method | modes | test samples | purity | accuracy | NMI | ARI | trained in |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for run in list_shipped():
        scores, status = read_scores(run), run.status()
        assert scores is not None, f"{run.name} ships without scores"
        figures = " | ".join(f"{scores[name]:.2f}" for name in AGREEMENT)
        lines.append(
            f"| `{run.name}` | {run.config.method_title} | {scores['n_clusters']} | {scores['n']:,} | "
            f"{figures} | {status.seconds:.0f} s, {run.config.device}, threads: {run.config.threads} |"
        )
    return "\n".join(lines)


def render_benchmarks(rows: Sequence[Row]) -> str:
    """Each method on each data set over its seeds, the paper's figures beside where it has any; and on what it ran."""
    headings = ["data", "", "runs", "purity", "accuracy", "NMI", "ARI", "Mode Accuracy", "Fréchet distance", "seconds"]
    lines = [f"| {' | '.join([*headings, 'of CPU'])} |", "|---" * (len(headings) + 1) + "|"]
    shown: list[Row] = []
    for dataset in DATASETS:
        of_data = [newest_runs(rows, KEY, dataset=dataset, method=method, preset="default") for method in METHODS]
        for runs in filter(None, of_data):
            shown += runs
            cells = [spread(runs, name, ".3f") for name in (*AGREEMENT, "mode_accuracy")]
            cells += [spread(runs, "frechet", "#.3g"), spread([row for row in runs if had_its_cores(row)], *WALL)]
            title = METHODS[runs[0]["method"]].title
            lines.append(f"| `{dataset}` | {title} | {len(runs)} | {' | '.join(cells)} | {spread(runs, *CPU)} |")
        if any(of_data) and dataset in PAPER:
            purity, nmi, ari = (f"{value:.2f}" for value in PAPER[dataset])
            scores = f"{purity} | – | {nmi} | {ari} | – | – | – | –"
            lines.append(f"| | *the paper: best of 5, chosen with labels* | 5 | {scores} |")
    note = (
        "Seconds are those from the command's start to the saved and scored run, of runs that had their cores to "
        f"themselves (at least {LEAST_SHARE} s of CPU for each second and thread). Fréchet distances are in each data "
        "set's own features, which the rows name, and are not to be compared between data sets. Seconds of different "
        "machines are not to be compared either."
    )
    machines = [
        f"{METHODS[name].title} was {describe_machines(of_method)}."
        for name in METHODS
        if (of_method := [row for row in shown if row["method"] == name])
    ]
    return "\n".join([*lines, "", " ".join([*machines, note]) if shown else "Nothing has been measured yet."])


def had_its_cores(row: Row) -> bool:
    """Whether a run was kept waiting by no other process to speak of; continued runs are not known."""
    if not row["wall_seconds"]:
        return False
    return float(row["cpu_seconds"]) >= LEAST_SHARE * int(row["threads"]) * float(row["wall_seconds"])


def insert_tables(readme: str) -> str:
    """README's text with its tables replaced by those of the files."""
    tables = {"methods": render_methods(), "models": render_models(), "benchmarks": render_benchmarks(read_rows())}
    for name, table in tables.items():
        readme = put_table(readme, name, "readme_tables", table)
    return readme


if __name__ == "__main__":
    README.write_text(insert_tables(README.read_text()))
