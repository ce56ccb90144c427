"""`walk`: the genes between two clusters of a run of cells, and their order where it repeats over seeds."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clustergan_core.command_line.cell_exports import write_text
from clustergan_core.command_line.training import follow_to_end
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.clusters.ensembles import Ensemble, clusters_of_all, find_ensemble
from clustergan_core.runs.clusters.names import read_annotations
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.queue.backends import launch, open_backend
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run

if TYPE_CHECKING:
    from clustergan_core.cells.ensembles import WalkEnds
    from clustergan_core.cells.switch_order import SwitchOrder

N_SHOWN = 15  # genes


def add_commands(commands: Any) -> None:
    """Adds `walk` to the parser's commands."""
    walk = commands.add_parser("walk", help="genes between two clusters of cells, and their order if it repeats")
    walk.add_argument("name", metavar="RUN", help="a run's folder or name, or a bundled model's name")
    walk.add_argument("--from", type=int, required=True, dest="start", metavar="CLUSTER", help="where the walk begins")
    walk.add_argument("--to", type=int, required=True, dest="finish", metavar="CLUSTER", help="where it ends")
    walk.add_argument(
        "--train", action="store_true", help="first train the runs with other seeds that an order needs, in the queue"
    )
    walk.add_argument("--pseudotime", action="store_true", help="compare the order with scanpy's diffusion pseudotime")
    walk.add_argument("--csv", metavar="FILE", help="also write every gene with its generated values to this file")
    walk.add_argument("--json", action="store_true", help="one JSON document")
    walk.set_defaults(run=_walk)


def _walk(arguments: argparse.Namespace) -> None:
    from clustergan_core.cells.ensembles import LEAST_CELLS, find_ends
    from clustergan_core.cells.expression import value_scale
    from clustergan_core.cells.switch_order import find_switch_order

    run = find_run(arguments.name)
    _check(run, arguments.start, arguments.finish)
    dataset = run.dataset()

    def ends_in(runs: tuple[Run, ...]) -> list[WalkEnds]:
        latents = [run_latents(each, "all", dataset=dataset) for each in runs]
        return find_ends(clusters_of_all(latents, len(dataset.samples)), arguments.start, arguments.finish)

    if not ends_in((run,)):
        raise RunError(
            f"Run {run.name} has fewer than {LEAST_CELLS} cells in cluster {arguments.start} or {arguments.finish}: "
            "choose others."
        )
    ensemble = _train_missing(find_ensemble(run)) if arguments.train else find_ensemble(run)
    ends, scale = ends_in(ensemble.runs), value_scale(dataset.preprocessing)
    order = find_switch_order(dataset.samples, ends, scale.expression)
    assert order is not None, "the run itself has both types"
    result = _describe(run, arguments, ensemble, order)
    if arguments.pseudotime and order.verdict == "order":
        from clustergan_core.cells.pseudotime import compare_with_pseudotime

        reference = compare_with_pseudotime(dataset.samples, ends[0], order, scale.expression)
        result["pseudotime"] = reference.explain()
    if arguments.csv:
        _write_csv(run, arguments, order)
    print(json.dumps(result, indent=2) if arguments.json else _render(result))


def _check(run: Run, start: int, finish: int) -> None:
    if not is_of_cells(run):
        raise RunError(f"{run.title} was trained on {run.config.dataset.name}, which has no cells: choose another run.")
    last = run.config.n_clusters - 1
    for option, cluster in (("--from", start), ("--to", finish)):
        if not 0 <= cluster <= last:
            raise SettingsError(f"{option} {cluster} is not possible: choose a cluster from 0 to {last}.")
    if start == finish:
        raise SettingsError(f"--from and --to are both {start}: choose two clusters.")


def _train_missing(ensemble: Ensemble) -> Ensemble:
    """The ensemble after its missing runs have trained; those that train already are waited for."""
    from clustergan_core.cells.switch_order import LEAST_RUNS

    started = [launch(config) for config in ensemble.missing_configs(LEAST_RUNS)]
    with open_backend(None) as backend:
        for run in (*ensemble.active, *started):
            follow_to_end(run, backend)
    return find_ensemble(ensemble.runs[0])


def _describe(run: Run, arguments: argparse.Namespace, ensemble: Ensemble, order: SwitchOrder) -> dict[str, Any]:
    names, annotations = run.config.dataset.feature_names, read_annotations(run)
    table = order.table(names)
    return {
        "run": run.name,
        "from": annotations.name_of(arguments.start),
        "to": annotations.name_of(arguments.finish),
        "seeds": sorted(ensemble.seeds),
        "verdict": order.verdict,
        "reason": order.explain(),
        "sequence": [names[order.genes[place]] for place in order.chain] if order.verdict == "order" else [],
        "genes": json.loads(table.to_json(orient="records")),
    }


def _write_csv(run: Run, arguments: argparse.Namespace, order: SwitchOrder) -> None:
    from clustergan_core.cells.expression import value_scale
    from clustergan_core.cells.walks import many_normals, walk_cells

    method = run.load()
    method.require("generator", "modes")
    scale = value_scale(run.config.dataset.preprocessing)
    walk = walk_cells(method, scale, arguments.finish, arguments.start, many_normals(method.prior, 0))
    write_text(Path(arguments.csv), walk.table(run.config.dataset.feature_names, order).to_csv(index=False))


def _render(result: dict[str, Any]) -> str:
    import pandas as pd

    seeds = ", ".join(map(str, result["seeds"]))
    lines = [f"{result['run']}: from {result['from']} to {result['to']}, seeds {seeds}", result["reason"]]
    if result["verdict"] == "too few runs":
        lines.append("Add --train to train the missing ones.")
    if len(result["sequence"]) > 1:
        lines.append(f"Each before all that follow: {' → '.join(result['sequence'])}")
    lines += [result["pseudotime"]] if "pseudotime" in result else []
    table = pd.DataFrame(result["genes"]).convert_dtypes()
    return "\n".join(
        [*lines, "", (table if result["verdict"] == "order" else table.head(N_SHOWN)).to_string(index=False)]
    )
