"""`composition`, `conditions`, `markers`: a run's clusters over the samples of its experiment."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clustergan_core.command_line.cell_exports import write_text
from clustergan_core.errors import DataError
from clustergan_core.runs.cells import run_matrix
from clustergan_core.runs.clusters.samples import (
    RunSamples,
    choose_pair,
    counts_table,
    find_group,
    gather_samples,
)
from clustergan_core.runs.store import find_run

if TYPE_CHECKING:
    import pandas as pd

    from clustergan_core.data.dataset import Dataset
    from clustergan_core.runs.run import Run

N_SHOWN = 20  # genes


def add_commands(commands: Any) -> None:
    """Adds the commands about samples to the parser's commands."""
    composition = commands.add_parser(
        "composition", help="cells of a run by sample and cluster, and between conditions"
    )
    _add_arguments(composition, "the counts, a row for each sample, as scCODA and sccomp read them")
    composition.set_defaults(run=_composition)

    conditions = commands.add_parser("conditions", help="genes between two conditions in a cluster, on pseudobulk")
    conditions.add_argument("--cluster", required=True, help="the cluster's number or name")
    _add_arguments(conditions, "every gene")
    conditions.set_defaults(run=_conditions)

    markers = commands.add_parser("markers", help="genes that mark each cluster of a run within its samples, combined")
    _add_arguments(markers, "every gene", has_condition=False)
    markers.set_defaults(run=_markers)


def _add_arguments(command: argparse.ArgumentParser, written: str, has_condition: bool = True) -> None:
    command.add_argument("name", metavar="RUN", help="a run's folder or name, or a bundled model's name")
    if has_condition:
        command.add_argument(
            "--condition", metavar="A,B", help="compare condition B with A; by default the two that there are"
        )
        command.add_argument(
            "--samples",
            metavar="FILE",
            help="a table of the samples' conditions and donors, instead of the recorded",
        )
    command.add_argument("--csv", metavar="FILE", help=f"also write {written} to this file")
    command.add_argument("--json", action="store_true", help="one JSON document")


def _open(arguments: argparse.Namespace) -> tuple[Run, Dataset, RunSamples]:
    run = find_run(arguments.name)
    table = getattr(arguments, "samples", None)
    if table is not None and not Path(table).is_file():
        raise DataError(f"There is no file {table}: check the path of --samples.")
    dataset = run.dataset()
    return run, dataset, gather_samples(run, dataset, None if table is None else Path(table))


def _composition(arguments: argparse.Namespace) -> None:
    from clustergan_core.cells.composition import compare_conditions

    run, _, samples = _open(arguments)
    composition = samples.composition()
    names = [samples.groups[cluster].name for cluster in composition.clusters]
    counts = counts_table(composition, names)
    result: dict[str, Any] = {"run": run.name, "samples": _records(counts)}
    lines = [
        f"{run.name}: {int(composition.counts.sum()):,} cells of {len(counts)} samples",
        counts.to_string(index=False),
    ]
    if arguments.condition is None and len(samples.conditions) != 2:
        lines += ["", _advise(samples)]
    else:
        reference, other = choose_pair(samples, arguments.condition)
        compared = compare_conditions(composition, reference, other)
        table = compared.table.assign(cluster=names)
        result |= {"reference": reference, "other": other, "note": compared.note, "clusters": _records(table)}
        lines += ["", compared.note, table.round(4).to_string(index=False)]
    if arguments.csv:
        write_text(Path(arguments.csv), counts.to_csv(index=False))
    print(json.dumps(result, indent=2) if arguments.json else "\n".join(lines))


def _advise(samples: RunSamples) -> str:
    if len(samples.conditions) < 2:
        return "To compare conditions, describe the samples in a table: --samples FILE, or the page Samples."
    return f"To compare two of the conditions {', '.join(samples.conditions)}, add --condition A,B."


def _conditions(arguments: argparse.Namespace) -> None:
    from clustergan_core.cells.pseudobulk import compare_genes

    run, dataset, samples = _open(arguments)
    reference, other = choose_pair(samples, arguments.condition)
    group = find_group(samples, arguments.cluster)
    found = compare_genes(samples.pseudobulk(run_matrix(run, dataset), group), reference, other)
    if arguments.csv:
        write_text(Path(arguments.csv), found.table.to_csv(index=False))
    result = {
        "run": run.name,
        "cluster": samples.groups[group].name,
        "reference": reference,
        "other": other,
        "is_tested": found.is_tested,
        "notes": found.notes,
        "genes": _records(found.table),
    }
    lines = [f"{run.name}, {samples.groups[group].name}: {other} against {reference}", *found.notes, ""]
    shown = found.table.head(N_SHOWN).to_string(index=False, float_format="{:.4g}".format)
    print(json.dumps(result, indent=2) if arguments.json else "\n".join([*lines, shown]))


def _markers(arguments: argparse.Namespace) -> None:
    run, dataset, samples = _open(arguments)
    found = samples.markers(run_matrix(run, dataset))
    names = {number: group.name for number, group in enumerate(samples.groups)}
    table = found.table.assign(cluster=[names[cluster] for cluster in found.table["cluster"]])
    left_out = {names[cluster]: list(own) for cluster, own in found.left_out.items() if own}
    if arguments.csv:
        write_text(Path(arguments.csv), table.to_csv(index=False))
    if arguments.json:
        print(json.dumps({"run": run.name, "left_out": left_out, "genes": _records(table)}, indent=2))
        return
    print(f"{run.name}: markers within {len(samples.samples)} samples, combined; found in n_found of n_samples")
    for cluster, own in left_out.items():
        print(f"{cluster}: fewer than 10 cells in {', '.join(own)}, which are left out.")
    for name, own in table.groupby("cluster", sort=False):
        columns = ["gene", "n_found", "n_samples", "score", "log2_fold_change", "least_change"]
        print(f"\n{name}\n{own.head(5)[columns].to_string(index=False, float_format='{:.3g}'.format)}")


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return json.loads(table.to_json(orient="records", double_precision=10))
