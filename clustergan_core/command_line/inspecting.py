"""`inspect`: what a count matrix holds, before it is read in full."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clustergan_core.command_line.data_arguments import add_orientation, read_orientation
from clustergan_core.data.counts.reading.sandbox.parent import inspect

if TYPE_CHECKING:
    from clustergan_core.data.counts.reading.preflight import Preflight

NAME_WIDTH = 18  # characters of a name in the preview


def add_commands(commands: Any) -> None:
    """Adds `inspect` to the parser's commands."""
    command = commands.add_parser("inspect", help="describe a count matrix without reading it in full")
    command.add_argument("file", type=Path, help="10x folder or .zip, .h5, .h5ad, .loom, .csv, .tsv, .txt, .xlsx")
    add_orientation(command)
    command.add_argument("--json", action="store_true", help="one JSON document")
    command.set_defaults(run=_inspect)


def _inspect(arguments: argparse.Namespace) -> None:
    preflight = inspect(arguments.file, read_orientation(arguments.orientation))
    print(preflight.model_dump_json(indent=2) if arguments.json else "\n".join(_describe(preflight)))


def _describe(preflight: Preflight) -> Iterator[str]:
    yield f"{preflight.name}: {preflight.summary}"
    cells_in = "rows" if preflight.orientation == "cells-by-genes" else "columns"
    examined = f"{preflight.n_cells_looked_at:,} cells × {preflight.n_genes_looked_at:,} genes"
    for name, text in (
        ("format", f"{preflight.form}, part {preflight.part}"),
        ("orientation", f"cells in {cells_in}: {preflight.orientation_reason}"),
        ("values", f"{preflight.state_reason}; {preflight.nonzero_share:.1%} are not zero (examined: {examined})"),
        ("labels", ", ".join(f"{column.name} ({column.n_values})" for column in preflight.label_columns) or "none"),
        ("reading", f"about {preflight.seconds:.0f} s and {preflight.memory_mb:,.0f} MB of memory"),
    ):
        yield f"{name:<12} {text}"
    if (proposal := preflight.label_proposal) is not None:
        yield (
            f"{'proposal':<12} {proposal.describe()}, because {proposal.reason}; confirm it with --labels "
            f"{shlex.quote(proposal.column)}, or leave it out with --labels none"
        )
    yield ""
    rows = [
        ("", *preflight.preview_genes),
        *((cell, *map(_cell, values)) for cell, values in zip(preflight.preview_cells, preflight.preview_values)),
    ]
    for row in rows:
        yield "  ".join(text[:NAME_WIDTH].ljust(NAME_WIDTH) for text in row).rstrip()
    if preflight.notes or preflight.warnings:
        yield ""
    yield from preflight.notes
    yield from (f"Warning: {warning}" for warning in preflight.warnings)


def _cell(value: float | None) -> str:
    return "NaN" if value is None else f"{value:g}"
