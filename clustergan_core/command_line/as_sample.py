"""`as-sample`: a cell, or a cluster's mean, as one of another sample of the experiment."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clustergan_core.command_line.cell_exports import write_text
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.clusters.names import read_annotations
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run

if TYPE_CHECKING:
    from clustergan_core.cells.as_sample import SeenSamples
    from clustergan_core.cells.contrasts import GeneContrast
    from clustergan_core.cells.expression import ValueScale
    from clustergan_core.method import Method

N_SHOWN = 15  # genes


def add_commands(commands: Any) -> None:
    """Adds `as-sample` to the parser's commands."""
    parser = commands.add_parser("as-sample", help="a cell or a cluster as one of another sample of the experiment")
    parser.add_argument("name", metavar="RUN", help="a run's folder or name, or a bundled model's name")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--cell", metavar="ID", help="a cell of the run's data, by its barcode")
    which.add_argument("--cluster", type=int, metavar="CLUSTER", help="the mean of a cluster")
    parser.add_argument("--from", dest="start", metavar="SAMPLE", help="with --cluster: the sample to start from")
    parser.add_argument("--to", required=True, dest="target", metavar="SAMPLE", help="the sample to generate")
    parser.add_argument("--csv", metavar="FILE", help="also write every gene to this file")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(run=_as_sample)


def _as_sample(arguments: argparse.Namespace) -> None:
    from clustergan_core.cells.as_sample import describe_counterfactual, seen_samples
    from clustergan_core.cells.expression import value_scale

    run = find_run(arguments.name)
    if not is_of_cells(run):
        raise RunError(f"{run.title} was trained on {run.config.dataset.name}, which has no cells: choose another run.")
    if arguments.cell is not None and arguments.start is not None:
        raise SettingsError("--from is the cell's own sample: leave it out, or choose --cluster.")
    method, scale = run.load(), value_scale(run.config.dataset.preprocessing)
    seen = seen_samples(method, run.config.dataset.batch_names)
    target = seen.find(arguments.target)
    if arguments.cell is None:
        mode, start, contrast = _of_cluster(arguments, run, method, scale, seen, target)
    else:
        mode, start, contrast = _of_cell(arguments.cell, run, method, scale, seen, target)
    states = f"as {seen.names[start]}", f"as {seen.names[target]}"
    table = contrast.table(run.config.dataset.feature_names, states)
    if arguments.csv:
        write_text(Path(arguments.csv), table.to_csv(index=False))
    cluster, ends = read_annotations(run).name_of(mode), (seen.names[start], seen.names[target])
    what = f"the mean of {cluster}" if arguments.cell is None else f"{arguments.cell} in {cluster}"
    said = describe_counterfactual(f"{what}, from {ends[0]} to {ends[1]}")
    if arguments.json:
        genes = json.loads(table.to_json(orient="records"))
        result = {"run": run.name, "cell": arguments.cell, "cluster": cluster, "from": ends[0], "to": ends[1]}
        print(json.dumps(result | {"warning": said, "genes": genes}, indent=2))
        return
    print(f"{said}\n")
    print(table.head(N_SHOWN).to_string(index=False))


def _of_cluster(
    arguments: argparse.Namespace, run: Run, method: Method, scale: ValueScale, seen: SeenSamples, target: int
) -> tuple[int, int, GeneContrast]:
    """(cluster, the sample it starts from, genes) of a cluster's mean."""
    from clustergan_core.cells.as_sample import contrast_cluster

    mode, last = arguments.cluster, run.config.n_clusters - 1
    if not 0 <= mode <= last:
        raise SettingsError(f"--cluster {mode} is not possible: choose a cluster from 0 to {last}.")
    if arguments.start is not None:
        start = seen.find(arguments.start)
    elif len(seen.names) == 2:
        start = 1 - target
    else:
        raise SettingsError(f"--from is needed with {len(seen.names)} samples: choose one of {', '.join(seen.names)}.")
    seen.require(mode, start, target)
    return mode, start, contrast_cluster(method, scale, mode, start, target)


def _of_cell(
    cell: str, run: Run, method: Method, scale: ValueScale, seen: SeenSamples, target: int
) -> tuple[int, int, GeneContrast]:
    """(its cluster, its sample, genes) of one cell."""
    from clustergan_core.cells.as_sample import contrast_samples

    dataset = run.dataset()
    assert dataset.batches is not None, "the generator was told samples"
    latents = run_latents(run, "all", dataset=dataset)
    row = next((row for row, index in enumerate(latents.indices.tolist()) if dataset.sample_id(index) == cell), None)
    if row is None:
        examples = ", ".join(dataset.sample_id(index) for index in latents.indices[:2].tolist())
        raise RunError(f"The run has no cell {cell}: type one as in the file ({examples}, …).")
    mode, start = int(latents.clusters[row]), int(dataset.batches.codes[latents.indices[row]])
    seen.require(mode, start, target)
    batches = np.full(1, start, dtype=np.int64)
    return mode, start, contrast_samples(method, scale, mode, latents.normal[row][None], batches, target)
