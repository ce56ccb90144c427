"""`datasets`, `methods`, `runs`: lists what exists."""

from __future__ import annotations

import argparse
import json
from typing import Any

from clustergan_core.data.registry import DATASETS, is_available
from clustergan_core.errors import RunError
from clustergan_core.methods import METHODS
from clustergan_core.runs.run import Run
from clustergan_core.runs.scores import read_scores
from clustergan_core.runs.store import list_runs, list_shipped


def add_commands(commands: Any) -> None:
    """Adds the listing commands to the parser's commands."""
    for name, run, help_text in (
        ("datasets", _datasets, "list the data sets"),
        ("methods", _methods, "list the methods and their settings"),
        ("runs", _runs, "list trained runs and bundled models"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("--json", action="store_true", help="one JSON document")
        command.set_defaults(run=run)


def _datasets(arguments: argparse.Namespace) -> None:
    rows = [
        {
            "name": source.name,
            "title": source.title,
            "kind": source.kind,
            "shape": list(source.shape),
            "n_samples": source.n_samples,
            "n_labels": source.n_labels,
            "is_here": source.is_built_in or is_available(source.name),
        }
        for source in DATASETS.values()
    ]
    _show(rows, arguments.json, ("name", "kind", "n_samples", "n_labels", "is_here", "title"))


def _methods(arguments: argparse.Namespace) -> None:
    rows = [
        {
            "name": name,
            "title": method.title,
            "reference": method.reference,
            "assumptions": method.assumptions,
            "presets": list(method.presets),
            "settings": {
                key: {"default": field.default, "description": field.description}
                for key, field in method.Settings.model_fields.items()
            },
        }
        for name, method in METHODS.items()
    ]
    _show(rows, arguments.json, ("name", "title", "reference"))


def _runs(arguments: argparse.Namespace) -> None:
    rows = []
    for run in [*list_runs(), *list_shipped()]:
        try:
            rows.append(_run_row(run))
        except RunError as error:
            rows.append({"name": run.name, "state": "unreadable", "problem": str(error)})
    _show(
        rows,
        arguments.json,
        ("name", "title", "dataset", "state", "step", "n_steps", "purity", "accuracy", "nmi", "ari"),
    )


def _run_row(run: Run) -> dict[str, Any]:
    config, status, scores = run.config, run.status(), read_scores(run) or {}
    return {
        "name": run.name,
        "title": config.title,
        "is_shipped": run.is_shipped,
        "state": status.state,
        "step": status.step,
        "n_steps": status.n_steps,
        "seconds": status.seconds,
        "method": config.method,
        "dataset": config.dataset.name,
        "n_clusters": config.n_clusters,
        "seed": config.seed,
        **{name: scores.get(name) for name in ("purity", "accuracy", "nmi", "ari")},
        "command": config.command(),
    }


def _show(rows: list[dict[str, Any]], as_json: bool, columns: tuple[str, ...]) -> None:
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    table = [columns, *[tuple(_cell(row.get(column)) for column in columns) for row in rows]]
    widths = [max(len(row[i]) for row in table) for i in range(len(columns))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
