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
from clustergan_core.data import DATASETS
from clustergan_core.methods import METHODS, find_method
from clustergan_core.methods.presets import presets_of
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


def render_methods() -> str:
    """What each method is and assumes, in its own words."""
    lines = ["| method | what it is | what it assumes | presets |", "|---|---|---|---|"]
    for name, method in METHODS.items():
        sentence = (inspect.getdoc(method) or "").splitlines()[0]
        presets = ", ".join(f"`{preset}`" for preset in presets_of(name))
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
            f"| `{run.name}` | {find_method(run.config.method).title} | {scores['n_clusters']} | {scores['n']:,} | "
            f"{figures} | {status.seconds:.0f} s, {run.config.device}, threads: {run.config.threads} |"
        )
    return "\n".join(lines)


def render_benchmarks(rows: Sequence[Row]) -> str:
    """Each method on each data set over its seeds, the paper's figures beside where it has any; and on what it ran."""
    lines = [
        "| data | | runs | purity | accuracy | NMI | ARI | seconds of training | of CPU in all |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    shown: list[Row] = []
    for dataset in DATASETS:
        of_data = [newest_runs(rows, KEY, dataset=dataset, method=method, preset="default") for method in METHODS]
        for runs in filter(None, of_data):
            shown += runs
            cells = [spread(runs, name) for name in AGREEMENT]
            idle = [row for row in runs if float(row["load_at_start"]) + int(row["threads"]) <= int(row["cores"])]
            cells += [spread(idle, "seconds", ".0f"), spread(runs, "cpu_seconds", ".0f")]
            title = METHODS[runs[0]["method"]].title
            lines.append(f"| `{dataset}` | {title} | {len(runs)} | {' | '.join(cells)} |")
        if any(of_data) and dataset in PAPER:
            purity, nmi, ari = (f"{value:.2f}" for value in PAPER[dataset])
            lines.append(f"| | *the paper: best of 5, chosen with labels* | 5 | {purity} | – | {nmi} | {ari} | – | – |")
    seconds = (
        "Seconds of training are those of runs that began on a machine with cores to spare; seconds of CPU count "
        "everything from the command's start to the saved and scored run."
    )
    note = f"{describe_machines(shown)}. {seconds}" if shown else "Nothing has been measured yet."
    return "\n".join([*lines, "", note])


def insert_tables(readme: str) -> str:
    """README's text with its tables replaced by those of the files."""
    tables = {"methods": render_methods(), "models": render_models(), "benchmarks": render_benchmarks(read_rows())}
    for name, table in tables.items():
        readme = put_table(readme, name, "readme_tables", table)
    return readme


if __name__ == "__main__":
    README.write_text(insert_tables(README.read_text()))
