"""`evaluate`, `assign`, `export`: a run's results."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from clustergan_core.command_line.cell_exports import CELL_FORMATS, LAYOUTS, export_cells, write_text
from clustergan_core.command_line.data_arguments import add_orientation, read_orientation
from clustergan_core.errors import DataError, SettingsError
from clustergan_core.runs.assignments import assign_file
from clustergan_core.runs.clusters.names import read_annotations
from clustergan_core.runs.clusters.splits import describe_new_samples
from clustergan_core.runs.clusters.tables import edited_run_table
from clustergan_core.runs.queue.queue import request_run
from clustergan_core.runs.scores import score_run
from clustergan_core.runs.store import find_run
from clustergan_core.score_names import DISTANCES, GENERATION_SCORES, distance_title
from clustergan_core.scoring.final import N_GENERATED, describe_labelled, explain_no_agreement
from clustergan_core.scoring.records import RunScores

SPLITS = ("test", "all")
WEIGHTS = ("best", "last")
FORMATS = ("csv", *CELL_FORMATS)


def add_commands(commands: Any) -> None:
    """Adds the commands about a run to the parser's commands."""
    evaluate = commands.add_parser("evaluate", help="score a run")
    evaluate.add_argument("name", metavar="RUN", help="a run's folder or name, or a bundled model's name")
    evaluate.add_argument("--split", default="test", help=" | ".join(SPLITS))
    evaluate.add_argument("--weights", default="best", help=" | ".join(WEIGHTS))
    evaluate.add_argument(
        "--generated",
        type=int,
        default=N_GENERATED,
        metavar="N",
        help=f"samples in a Fréchet distance, by default {N_GENERATED}; 10000 where the data has as many",
    )
    evaluate.add_argument("--now", action="store_true", help="request the training process to evaluate at its next row")
    evaluate.add_argument("--json", action="store_true", help="one JSON document")
    evaluate.set_defaults(run=_evaluate)

    assign = commands.add_parser("assign", help="assign new samples to a run's clusters")
    assign.add_argument("name", metavar="RUN")
    assign.add_argument("file", metavar="FILE", help="samples like those the run was trained on")
    add_orientation(assign)
    assign.add_argument("--out", required=True, metavar="clusters.csv")
    assign.set_defaults(run=_assign)

    export = commands.add_parser("export", help="write a run's clusters and latents for other programs")
    export.add_argument("name", metavar="RUN")
    export.add_argument("--format", default="csv", help=" | ".join(FORMATS))
    export.add_argument("--split", default="all", help=" | ".join(SPLITS))
    export.add_argument("--weights", default="best", help=" | ".join(WEIGHTS))
    export.add_argument("--map", default="umap", help=" | ".join(LAYOUTS) + ", for h5ad and loupe")
    export.add_argument("--out", required=True, help="a file; for loupe a folder of two files")
    export.set_defaults(run=_export)


def _evaluate(arguments: argparse.Namespace) -> None:
    _check("--split", arguments.split, SPLITS)
    _check("--weights", arguments.weights, WEIGHTS)
    if arguments.generated < 2:
        raise SettingsError(f"--generated {arguments.generated} is not possible: choose 2 or more, such as 10000.")
    run = find_run(arguments.name)
    if arguments.now:
        request_run(run, "evaluate")
        print(f"{run.name}: evaluation requested; the scores will appear in its metrics and on its page")
        return
    scores = score_run(run, arguments.split, arguments.weights, n_generated=arguments.generated)
    if arguments.json:
        print(json.dumps(scores, indent=2))
    else:
        _print_scores(scores)


def _print_scores(scores: RunScores) -> None:
    trained_on = " (it was also trained on these samples)" if scores["is_training_data"] else ""
    print(f"{scores['run']}: {scores['n']} samples, split {scores['split']}{trained_on}, weights {scores['weights']}")
    if labelled := describe_labelled(scores):
        print(f"{labelled}.")
    for reading, row in (("argmax", scores), ("k-means", scores["kmeans"])):
        if row["purity"] is None:
            print(f"{reading:8s} {explain_no_agreement(scores)}")
        else:
            print(f"{reading:8s} " + "  ".join(f"{key} {row[key]:.3f}" for key in ("purity", "accuracy", "nmi", "ari")))
    for name in DISTANCES:
        if distance := scores.get(name):
            print(
                f"{distance_title(name, distance['n'])}: {distance['value']:g}, between two sets of real samples "
                f"{distance['real_halves']:g}; features: {distance['features']}"
            )
    if coverage := scores.get("coverage"):
        print(
            f"coverage {coverage['value']:.3f}, density {coverage['density']:.3f}; of halves of the real samples "
            f"{coverage['real_halves']:.3f}, {coverage['real_halves_density']:.3f}; k {coverage['k']}"
        )
    if variance := scores.get("mode_variance"):
        print(
            f"variance {variance['value']:g} within a mode, generated over real (median; "
            f"{variance['n_components']} principal components); one half of the real samples over the other "
            f"{'–' if variance['real_halves'] is None else variance['real_halves']}"
        )
    classifier = scores.get("classifier")
    if classifier is not None:
        known = [(key, figure) for key in GENERATION_SCORES if (figure := scores.get(key)) is not None]
        figures = "  ".join(f"{key.removesuffix('_accuracy')} {figure:.3f}" for key, figure in known)
        print(f"accuracy of  {figures}; by: {classifier['name']}")


def _assign(arguments: argparse.Namespace) -> None:
    path = Path(arguments.file)
    if not path.exists():
        raise DataError(f"There is no file {path}: check the path.")
    run = find_run(arguments.name)
    assigned = assign_file(run, path, read_orientation(arguments.orientation))
    table = assigned.table()
    write_text(Path(arguments.out), table.to_csv(index=False))
    print(f"{len(table)} samples in {table['cluster'].nunique()} clusters: {arguments.out}")
    for note in (*assigned.notes, *describe_new_samples(read_annotations(run).splits)):
        print(note)


def _export(arguments: argparse.Namespace) -> None:
    _check("--format", arguments.format, FORMATS)
    _check("--split", arguments.split, SPLITS)
    _check("--weights", arguments.weights, WEIGHTS)
    _check("--map", arguments.map, LAYOUTS)
    run = find_run(arguments.name)
    if arguments.format in CELL_FORMATS:
        print(
            export_cells(run, arguments.format, arguments.map, arguments.split, arguments.weights, Path(arguments.out))
        )
        return
    table = edited_run_table(run, arguments.split, arguments.weights)
    write_text(Path(arguments.out), table.to_csv(index=False))
    splits = ", ".join(f"{split} {number}" for split, number in table["split"].value_counts(sort=False).items())
    print(f"{len(table)} rows, {len(table.columns)} columns: {arguments.out}")
    print(f"Samples by the column split: {splits}")


def _check(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise SettingsError(f"{option} {value} is not possible: choose {' or '.join(allowed)}.")
