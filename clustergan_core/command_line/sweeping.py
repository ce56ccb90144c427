"""`sweep`: runs over a grid of settings, methods and seeds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from clustergan_core.command_line.data_arguments import split_pair
from clustergan_core.command_line.grid_progress import report, train_missing
from clustergan_core.command_line.protocol import align_columns
from clustergan_core.command_line.training import add_run_arguments, read_configs_and_data
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.options import split_values
from clustergan_core.errors import SettingsError
from clustergan_core.files import write_atomically
from clustergan_core.methods import find_method
from clustergan_core.runs.queue.backends import open_backend
from clustergan_core.runs.sweeps.estimate import SweepEstimate, estimate_sweep
from clustergan_core.runs.sweeps.plan import SweepPlan, check_shared, plan_sweep, read_seeds, value_title
from clustergan_core.runs.sweeps.presets import SWEEP_PRESETS, SweepPreset, values_of
from clustergan_core.runs.sweeps.report import SweepReport, make_report
from clustergan_core.runs.sweeps.sweep import Sweep, place_sweep
from clustergan_core.runs.sweeps.work import submit_missing
from clustergan_core.score_names import AGREEMENT_SCORES

SHOWN = (
    *AGREEMENT_SCORES,
    "cluster_accuracy",
    "data_silhouette",
    "usage_entropy",
    "neighbour_information",
    "frechet",
    "seed_agreement",
)


def add_commands(commands: Any) -> None:
    """Adds `sweep` to the parser's commands."""
    sweep = commands.add_parser("sweep", help="train the missing runs of a grid of settings, methods and seeds")
    add_run_arguments(sweep)
    sweep.add_argument("--over", metavar="|".join(SWEEP_PRESETS), help="vary a setting as a paper did")
    sweep.add_argument(
        "--scale-rate", action="store_true", help="multiply the learning rate by batch size / the preset's"
    )
    sweep.add_argument("--seeds", default="0-4", help="such as 0-4 or 0,3,7")
    sweep.add_argument(
        "--out", metavar="DIR", help="the sweep's folder; by default always the same for these arguments"
    )
    sweep.add_argument("--detach", action="store_true", help="queue the runs and return")
    sweep.add_argument("--estimate", action="store_true", help="estimate time and disk space without training")
    sweep.add_argument("--csv", metavar="FILE", help="also write one line per run to this file")
    sweep.add_argument("--json", action="store_true", help="one JSON document")
    sweep.set_defaults(run=_sweep, seed=0, title="")


def _sweep(arguments: argparse.Namespace) -> None:
    seeds = read_seeds(arguments.seeds)
    axes, arguments.set = _read_axes(arguments.set)
    preset = _find_preset(arguments.over) if arguments.over else None
    if preset is not None:  # what is given by hand comes after it and counts
        arguments.set = [*(f"{name}={value}" for name, value in preset.fixed.items()), *arguments.set]
    methods = read_methods(arguments.method)
    names = [split_pair(word, "--set")[0] for word in arguments.set]
    check_shared([method for method in methods if method], [*names, *axes, *([preset.setting] if preset else [])])
    (config, *others), dataset = read_configs_and_data(arguments, methods)
    if preset is not None:
        axes |= {preset.setting: values_of(preset, dataset.n_confirmed_labels)}
    scales_rate = arguments.scale_rate or (preset is not None and preset.scales_rate)
    if not axes and not others:
        raise SettingsError(
            "Nothing varies: give several values, such as --set n_clusters=7,9,10, add --over k-robustness, or give "
            "several methods, such as --method clustergan,vade."
        )
    sweep = place_sweep(
        plan_sweep(config, axes, seeds, dataset, scales_rate=scales_rate, others=others),
        Path(arguments.out).resolve() if arguments.out else None,
    )
    sweep.check()
    if arguments.estimate:
        _report_estimate(sweep, dataset)
        return
    if arguments.detach:
        with open_backend(arguments.scheduler) as backend:
            n_submitted = len(submit_missing(sweep, backend))
        print(f"{n_submitted} runs are queued: {sweep.folder}" if n_submitted else f"Nothing to do: {sweep.folder}")
        return
    if any(status.state != "finished" for status in sweep.statuses().values()) or not sweep.statuses():
        _report_estimate(sweep, dataset)
    train_missing(sweep, arguments.scheduler)
    _show(make_report(sweep), arguments)


def read_methods(text: str | None) -> list[str | None]:
    """Methods between commas, each once; [None] stands for the method that is trained by default."""
    if text is None:
        return [None]
    names = [name.strip() for name in text.split(",") if name.strip()]
    return list(dict.fromkeys(find_method(name).name for name in names or [text]))


def _read_axes(pairs: list[str]) -> tuple[dict[str, tuple[Any, ...]], list[str]]:
    """Settings with several values, and the arguments of those with one."""
    axes: dict[str, tuple[Any, ...]] = {}
    fixed = []
    for word in pairs:
        name, text = split_pair(word, "--set")
        values = tuple(value.strip() for value in split_values(text))
        if len(values) > 1:
            axes[name] = values
        else:
            fixed.append(word)
    return axes, fixed


def _find_preset(name: str) -> SweepPreset:
    preset = next((preset for preset in SWEEP_PRESETS.values() if preset.name == name), None)
    if preset is None:
        raise SettingsError(f"There is no sweep named {name}: choose one of {', '.join(SWEEP_PRESETS)}.")
    return preset


def _report_estimate(sweep: Sweep, dataset: Dataset) -> None:
    statuses, identical = sweep.statuses(), sweep.identical_runs()
    finished = {point for point, status in statuses.items() if status.state == "finished"} | identical.keys()
    missing = [point for point in sweep.points if point not in finished]
    if identical:
        report(f"{len(identical)} of {len(sweep.points)} runs were trained elsewhere and are copied.")
    estimate = estimate_sweep(sweep.plan, missing, dataset)
    report(
        f"{estimate.n_runs} of {len(sweep.points)} runs to train, {estimate.n_at_once} at a time: about "
        f"{estimate.seconds / 60:.0f} minutes ({_describe_each(estimate)}) and {estimate.n_bytes / 1e6:.0f} MB."
    )


def _describe_each(estimate: SweepEstimate) -> str:
    """The seconds of a run, of each method where there are several."""
    if len(estimate.seconds_each) < 2:
        return f"{next(iter(estimate.seconds_each.values()), 0):.0f} s each"
    each = estimate.seconds_each.items()
    return f"each run: {', '.join(f'{find_method(name).title} {seconds:.0f} s' for name, seconds in each)}"


def _show(results: SweepReport, arguments: argparse.Namespace) -> None:
    if arguments.csv:
        write_atomically(Path(arguments.csv), results.csv().encode())
    print(results.model_dump_json(indent=2) if arguments.json else render_report(results))
    sys.stdout.flush()


def render_report(results: SweepReport) -> str:
    """The report as a table for a terminal: mean ± standard deviation over the seeds at each point."""
    plan = results.plan
    rows: list[list[str]] = [[", ".join(plan.axes), "runs", *SHOWN, *(["attainable"] if _has_bound(plan) else [])]]
    for values in results.combinations():
        cells = [_spread(results, values, name) for name in SHOWN]
        n_finished = sum(row.state == "finished" for row in results.rows_at(values))
        bound = []
        if _has_bound(plan):
            bound = [f"{plan.best_attainable(int(dict(zip(plan.axes, values))['n_clusters'])):.3f}"]
        shown = [str(value_title(name, value)) for name, value in zip(plan.axes, values)]
        rows.append([", ".join(shown), str(n_finished), *cells, *bound])
    lines = [
        f"{', '.join([plan.config.dataset.name, *([] if plan.others else [plan.config.method])])}, "
        f"{plan.describe_length()}, "
        f"{len(plan.seeds)} seeds; argmax reading, test split; label-free figures on training samples",
        "",
        *align_columns(rows),
    ]
    if suggestion := results.suggest_n_clusters():
        suggested = "no K" if suggestion.n_clusters is None else f"K = {suggestion.n_clusters}"
        reasons = [reason.reason for reason in (*suggestion.votes, *suggestion.undecided)]
        lines += ["", f"Suggested without labels: {suggested}", *reasons]
        if empty_modes := results.describe_empty_modes():
            lines.append(empty_modes)
    for row in plan.paper_rows():
        figures = ", ".join(f"{value}: {figure:g}" for value, figure in row.figures.items())
        lines.append(f"{row.source}: {figures}")
    return "\n".join(lines)


def _has_bound(plan: SweepPlan) -> bool:
    return "n_clusters" in plan.axes and bool(plan.label_shares)


def _spread(results: SweepReport, values: tuple[Any, ...], name: str) -> str:
    spread = results.spread_at(values, name)
    if spread is None:
        return "–"
    return f"{spread['mean']:.3f}" + ("" if spread["sd"] is None else f" ± {spread['sd']:.3f}")
