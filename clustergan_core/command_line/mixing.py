"""`mixing`: how well the samples of a run mix, before and after, and what correction may have cost."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clustergan_core.command_line.cell_exports import write_text
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run

if TYPE_CHECKING:
    from clustergan_core.runs.clusters.mixing_report import MixingReport


def add_commands(commands: Any) -> None:
    """Adds `mixing` to the parser's commands."""
    mixing = commands.add_parser("mixing", help="how well the samples of a run of cells mix, before and after")
    mixing.add_argument("name", metavar="RUN", help="a run's folder or name")
    mixing.add_argument("--csv", metavar="FILE", help="also write a row for each space to this file")
    mixing.add_argument("--json", action="store_true", help="one JSON document")
    mixing.set_defaults(run=_mixing)


def _mixing(arguments: argparse.Namespace) -> None:
    from clustergan_core.cells.overcorrection import name_clusters
    from clustergan_core.runs.clusters.names import read_annotations

    run = find_run(arguments.name)
    report = _judge(run, is_quiet=arguments.json)
    alarms = name_clusters(report.alarms, read_annotations(run).name_of)
    table = report.table()
    if arguments.csv:
        write_text(Path(arguments.csv), table.to_csv(index=False))
    if arguments.json:
        result = {
            "run": run.name,
            "verdict": report.verdict,
            "sentence": report.sentence,
            "cells": report.n_cells,
            "scored": report.n_scored,
            "samples": report.n_samples,
            "types": "labels" if report.has_labels else "Leiden on Harmony",
            "partners_across": report.partners_across,
            "spaces": json.loads(table.to_json(orient="records")),
            "alarms": [alarm.sentence for alarm in alarms],
            "lone_types": [one.sentence for one in report.lone_types],
        }
        print(json.dumps(result, indent=2))
        return
    scores = table.set_index("space").T.round(3)
    print("\n".join([report.sentence, "", scores.to_string(na_rep="–"), "", *report.notes]))
    for told in (*alarms, *report.lone_types):
        print(f"- {told.sentence}")


def _judge(run: Run, is_quiet: bool) -> MixingReport:
    """The stored report, or a new one; its steps are told on standard error."""
    from clustergan_core.runs.clusters.mixing import judge_mixing, read_mixing

    if run.config.dataset.batch_counts and (stored := read_mixing(run, run.dataset())) is not None:
        return stored
    report = None
    for progress in judge_mixing(run):
        if not is_quiet:
            print(f"{progress.fraction:4.0%} {progress.message}", file=sys.stderr)
        report = progress.report
    assert report is not None, "the last step brings the report"
    return report
