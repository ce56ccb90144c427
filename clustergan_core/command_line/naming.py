"""`name`: names for the cells and clusters of a run from a reference."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clustergan_core.command_line.cell_exports import write_text
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run

if TYPE_CHECKING:
    import pandas as pd

    from clustergan_core.runs.clusters.reference_names import RunNames


def add_commands(commands: Any) -> None:
    """Adds `name` to the parser's commands."""
    name = commands.add_parser("name", help="name a run's cells and clusters from a reference")
    name.add_argument("name", metavar="RUN", help="a run's folder or name, or a bundled model's name")
    name.add_argument(
        "--reference",
        required=True,
        metavar="FILE[:COLUMN]|FILE.npz|RUN[:COLUMN]",
        help="cells whose types are known: a file and its column, a reference saved before, or another run",
    )
    name.add_argument("--accept", action="store_true", help="give the clusters the proposed names")
    name.add_argument("--csv", metavar="FILE", help="also write a row for each cell to this file")
    name.add_argument(
        "--save", metavar="FILE.npz", help="also write the reference to this file, at most 500 cells of each type"
    )
    name.add_argument("--json", action="store_true", help="one JSON document")
    name.set_defaults(run=_name)


def _name(arguments: argparse.Namespace) -> None:
    from clustergan_core.runs.clusters.reference_names import accept_names, name_run, open_reference, propose_names

    run = find_run(arguments.name)
    reference = open_reference(arguments.reference)
    names = name_run(run, reference)
    table = propose_names(run, names)
    if arguments.save:
        reference.save(Path(arguments.save))
    if arguments.csv:
        write_text(Path(arguments.csv), _cell_table(run, names).to_csv(index=False))
    if arguments.accept:
        accept_names(run, names, table, table.loc[table["proposed"], "cluster"].tolist())
    result = {
        "run": run.name,
        "reference": names.source,
        "types": reference.counts,
        "notes": names.notes,
        "cells": len(names.cells.named),
        "unknown_share": round(float(names.cells.is_unknown.mean()), 4),
        "agreement": round(float(names.cells.agrees.mean()), 4),
        "accepted": arguments.accept,
        "clusters": json.loads(table.round(4).to_json(orient="records")),
    }
    print(json.dumps(result, indent=2) if arguments.json else _render(result, table))


def _cell_table(run: Run, names: RunNames) -> pd.DataFrame:
    """A row for each cell of the data: barcode, name, confidence, probability, neighbours, vote."""
    import pandas as pd

    dataset, cells = run.dataset(), names.cells
    return pd.DataFrame(
        {
            "cell": [dataset.sample_id(index) for index in range(len(cells.named))],
            "name": cells.names,
            "confidence": cells.confidence.round(4),
            "regression": [cells.types[number] for number in cells.named.tolist()],
            "probability": cells.probability.round(4),
            "neighbours": [cells.types[number] for number in cells.neighbour.tolist()],
            "vote": cells.vote.round(4),
        }
    )


def _render(result: dict[str, Any], table: pd.DataFrame) -> str:
    lines = [
        f"{result['run']}: {result['cells']:,} cells named from {result['reference']}",
        *result["notes"],
        f"{result['unknown_share']:.1%} of the cells are unknown. Regression and neighbours agree on "
        f"{result['agreement']:.1%}.",
        "The proposed names are now those of the clusters."
        if result["accepted"]
        else "Add --accept to give the clusters the proposed names.",
    ]
    return "\n".join([*lines, "", table.round(3).to_string(index=False)])
