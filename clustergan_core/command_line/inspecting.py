"""`inspect`: what a file holds: a count matrix before it is read in full, anything else as it would be trained on."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clustergan_core.command_line.data_arguments import (
    add_data_arguments,
    list_samples,
    read_data_options,
    read_orientation,
)
from clustergan_core.data.counts.reading.sandbox.parent import inspect
from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.data.step_sentences import describe_steps

if TYPE_CHECKING:
    from clustergan_core.data.counts.reading.preflight import Preflight
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.data.options import ReadAs

COUNT_SUFFIXES = frozenset({".h5", ".h5ad", ".loom", ".xlsx", ".mtx", ".rds"})
N_LISTED = 20  # labels
_KINDS = {"image": "images", "table": "a table", "expression": "counts"}
NAME_WIDTH = 18  # characters of a name in the preview


def add_commands(commands: Any) -> None:
    """Adds `inspect` to the parser's commands."""
    command = commands.add_parser(
        "inspect", help="describe a file: what is in it, and what reading leaves out or assumes"
    )
    command.add_argument("file", type=Path, help="a count matrix, a table, an .npz, or a folder or .zip of images")
    add_data_arguments(command)
    command.add_argument("--json", action="store_true", help="one JSON document")
    command.set_defaults(run=_inspect)


def _inspect(arguments: argparse.Namespace) -> None:
    if samples := list_samples(arguments.file):
        preflights = [inspect(path, read_orientation(arguments.orientation)) for path in samples]
        if arguments.json:
            print(json.dumps([preflight.model_dump(mode="json") for preflight in preflights], indent=2))
        else:
            print("\n\n".join("\n".join(_describe(preflight)) for preflight in preflights))
        return
    options = read_data_options(arguments)
    if not _holds_counts(arguments.file, options.read_as):
        from clustergan_core.data.opening import open_dataset

        dataset = open_dataset(str(arguments.file), options)
        print(json.dumps(_summarise(dataset), indent=2) if arguments.json else "\n".join(_describe_dataset(dataset)))
        return
    preflight = inspect(arguments.file, options.orientation)
    print(preflight.model_dump_json(indent=2) if arguments.json else "\n".join(_describe(preflight)))


def _describe(preflight: Preflight) -> Iterator[str]:
    yield f"{preflight.name}: {preflight.summary}"
    cells_in = "rows" if preflight.orientation == "cells-by-genes" else "columns"
    examined = f"{preflight.n_cells_looked_at:,} cells × {preflight.n_genes_looked_at:,} genes"
    for name, text in (
        ("format", f"{preflight.form}, part {preflight.part}"),
        ("orientation", f"cells in {cells_in}: {preflight.orientation_reason}"),
        ("values", f"{preflight.state_reason}; {preflight.nonzero_share:.1%} are not zero (examined: {examined})"),
        ("mitochondria", _count_mitochondrial(preflight)),
        ("labels", ", ".join(f"{column.name} ({column.n_values})" for column in preflight.label_columns) or "none"),
        ("reading", f"about {preflight.seconds:.0f} s and {preflight.memory_mb:,.0f} MB of memory"),
    ):
        yield f"{name:<12} {text}"
    if (proposal := preflight.label_proposal) is not None:
        yield (
            f"{'proposal':<12} {proposal.describe()}, because {proposal.reason}; confirm it with --labels "
            f"{shlex.quote(proposal.column)}, or leave it out with --labels none"
        )
    if (samples := preflight.sample_proposal) is not None:
        yield f"{'samples':<12} {samples.describe()}? tell them apart with --sample {shlex.quote(samples.column)}"
    yield ""
    rows = [
        ("", *preflight.preview_genes),
        *((cell, *map(_cell, values)) for cell, values in zip(preflight.preview_cells, preflight.preview_values)),
    ]
    for row in rows:
        yield "  ".join(text[:NAME_WIDTH].ljust(NAME_WIDTH) for text in row).rstrip()
    if preflight.notes or preflight.warnings:
        yield ""
    yield from (f"- {note}" for note in preflight.notes)
    yield from (f"Warning: {warning}" for warning in preflight.warnings)


def _holds_counts(path: Path, read_as: ReadAs) -> bool:
    """Whether the reading of counts has to say what the file is, or why it is nothing."""
    if not path.exists() or path.suffix.lower() in COUNT_SUFFIXES:
        return True
    # Telling a table of counts from others takes libraries that load for a second; the suffixes above need none.
    from clustergan_core.data.counts.reading.formats import is_count_file

    return is_count_file(path, read_as)


def _summarise(dataset: Dataset) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "kind": dataset.kind,
        "n_samples": len(dataset.samples),
        "shape": list(dataset.shape),
        "features": list(dataset.feature_names),
        "labels": _count_labels(dataset),
        "columns": list(dataset.columns),
        "notes": describe_steps(dataset.preprocessing),
    }


def _count_labels(dataset: Dataset) -> dict[str, int]:
    """How many samples have each label."""
    if dataset.labels is None:
        return {}
    import numpy as np

    counts = np.bincount(dataset.labels[dataset.labels != UNLABELLED], minlength=len(dataset.label_names))
    return dict(zip(dataset.label_names, counts.tolist(), strict=True))


def _describe_dataset(dataset: Dataset) -> Iterator[str]:
    shape = "×".join(map(str, dataset.shape))
    yield f"{dataset.name}: {len(dataset.samples):,} samples, each {shape}, read as {_KINDS[dataset.kind]}"
    labels = [f"{label} ({count})" for label, count in _count_labels(dataset).items()]
    yield f"{'labels':<12} {', '.join(labels[:N_LISTED]) + (', …' if len(labels) > N_LISTED else '') or 'none'}"
    yield f"{'columns':<12} {', '.join(dataset.columns) or 'none'}"
    yield from (f"- {sentence}" for sentence in describe_steps(dataset.preprocessing))


def _count_mitochondrial(preflight: Preflight) -> str:
    examples = preflight.mitochondrial_examples
    shown = ", ".join(examples) + (", …" if preflight.n_mitochondrial > len(examples) else "")
    what = "gene" if preflight.n_mitochondrial == 1 else "genes"
    return f"{preflight.n_mitochondrial} {what} ({shown})" if examples else "no genes"


def _cell(value: float | None) -> str:
    return "NaN" if value is None else f"{value:g}"
