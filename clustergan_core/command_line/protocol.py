"""`protocol`: several seeds of one configuration, reported by the paper's protocol."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clustergan_core.command_line.grid_progress import train_missing
from clustergan_core.command_line.training import add_run_arguments, read_config
from clustergan_core.errors import RunError, SettingsError
from clustergan_core.methods import default_method, find_method
from clustergan_core.runs.sweeps.plan import Point, plan_sweep, read_seeds
from clustergan_core.runs.sweeps.protocol import READINGS, Report, make_report, method_title
from clustergan_core.runs.sweeps.sweep import Sweep, folder_for
from clustergan_core.score_names import AGREEMENT_SCORES


def add_commands(commands: Any) -> None:
    """Adds `protocol` to the parser's commands."""
    protocol = commands.add_parser("protocol", help="train several seeds and report them as in the paper, and fairly")
    add_run_arguments(protocol)
    protocol.add_argument("--seeds", default="0-4", help="such as 0-4 or 0,3,7")
    protocol.add_argument(
        "--out", metavar="DIR", help="the runs' folder; by default always the same for these arguments"
    )
    protocol.add_argument("--json", action="store_true", help="one JSON document")
    protocol.set_defaults(run=_protocol, seed=0, title="")


def _protocol(arguments: argparse.Namespace) -> None:
    seeds = read_seeds(arguments.seeds)
    if reason := find_method(arguments.method or default_method(arguments.preset)).lacks_encoder():
        raise SettingsError(f"{reason} The protocol scores clusters: choose another method.")
    config = read_config(arguments)
    plan = plan_sweep(config, {}, seeds)
    sweep = Sweep(Path(arguments.out) if arguments.out else folder_for(plan, "protocol"), plan)
    sweep.check()
    train_missing(sweep, arguments.scheduler)
    finished = sweep.finished()
    if not finished:
        raise RunError(f"No run in {sweep.folder} is finished: see log.txt in its runs' folders.")
    report = make_report([run for _, run in finished], _unfinished(sweep, [point for point, _ in finished]))
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        print(render_report(report))


def _unfinished(sweep: Sweep, finished: Sequence[Point]) -> list[tuple[int, str]]:
    """The seed and state of the unfinished runs."""
    statuses = sweep.statuses()
    others = [point for point in sweep.points if point not in finished]
    return [(point.seed, statuses[point].state if point in statuses else "not begun") for point in others]


def render_report(report: Report) -> str:
    """The report as a table for a terminal."""
    trained_on = " (also trained on)" if report["is_training_data"] else ""
    lines = [
        f"{method_title(report)} on {report['dataset']}, preset {report['preset']}, "
        f"{report['n_steps']:,} steps: {report['n_runs']} runs, {report['split']} split, "
        f"{report['n']:,} samples{trained_on}",
        *_describe_unfinished(report),
        "",
    ]
    rows: list[list[str]] = [["", "seed", *AGREEMENT_SCORES, *(f"km {name}" for name in AGREEMENT_SCORES), "rank ρ"]]
    if report["all_runs"] is None:
        lines.append("Purity, accuracy, NMI and ARI need labels, which the data does not have.")
    else:
        chosen, all_runs = report["chosen_with_labels"], report["all_runs"]
        if chosen is None:
            lines.append("No run is chosen with labels, because no validation sample has one.")
        else:
            rows.append([f"{chosen['mark']}: {chosen['by']}", str(chosen["seed"]), *_figures(chosen)])
        for figure in ("mean", "sd", "median", "min", "max"):
            spread = {
                reading: {name: all_runs[reading][name][figure] for name in AGREEMENT_SCORES} for reading in READINGS
            }
            rows.append([f"all {report['n_runs']} runs: {figure}", "", *_figures(spread)])
    for chosen in report["chosen_without_labels"]:
        label = f"{chosen['mark']}: {chosen['title']}"
        rows.append([label, str(chosen["seed"]), *_figures(chosen), _figure(chosen["rank_correlation"])])
    lines += align_columns(rows)
    lines += [
        "",
        f"km: k-means on the latents. rank ρ: criterion against test purity over {report['n_runs']} runs.",
    ]
    if report["trains_on_neighbours"]:
        lines.append(
            "This method trains on neighbours, so what clusters tell about neighbours does not measure its result."
        )
    return "\n".join(lines)


def _describe_unfinished(report: Report) -> list[str]:
    """A sentence where seeds are missing; reports of earlier versions do not record them."""
    unfinished = report.get("unfinished", [])
    if not unfinished:
        return []
    missing = ", ".join(f"seed {row['seed']} ({row['state']})" for row in unfinished)
    return [
        f"These scores cover {report['n_runs']} of {len(report['planned_seeds'])} planned seeds and lack {missing}: "
        "repeat the command to train the missing ones."
    ]


def _figures(readings: dict[str, Any]) -> list[str]:
    return [_figure(readings[reading][name]) for reading in READINGS for name in AGREEMENT_SCORES]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def align_columns(rows: list[list[str]]) -> list[str]:
    """Rows with aligned columns: the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(len(rows[0]))]
    return ["  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:]))]) for row in rows]
