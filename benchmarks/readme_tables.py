"""Writes README's table of shipped models from their own score files: `python -m benchmarks.readme_tables`."""

from __future__ import annotations

from pathlib import Path

from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.store import list_shipped

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- models: written by benchmarks/readme_tables.py -->", "<!-- /models -->"


def render_models() -> str:
    """The shipped models and their scores as a Markdown table."""
    lines = [
        "| model | modes | test samples | purity | accuracy | NMI | ARI | trained in |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for run in list_shipped():
        scores, status = read_scores(run), run.status()
        assert scores is not None, f"{run.name} ships without scores"
        figures = " | ".join(f"{scores[name]:.2f}" for name in ("purity", "accuracy", "nmi", "ari"))
        lines.append(
            f"| `{run.name}` | {scores['n_clusters']} | {scores['n']:,} | {figures} | "
            f"{status.seconds:.0f} s, {run.config.device}, threads: {run.config.threads} |"
        )
    return "\n".join(lines)


def insert_models(readme: str) -> str:
    """README's text with the table between its two marks replaced."""
    before, rest = readme.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{render_models()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(insert_models(README.read_text()))
