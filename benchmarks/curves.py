"""Keeps the curve of a long training, purity against steps and time, and writes the table of all of them.

    python -m benchmarks.curves keep RUN     its evaluations so far into benchmarks/curves/, where it is trained
    python -m benchmarks.curves table        all kept ones into docs/measurements.md

For trainings that this machine cannot finish: a curve may stop before the run's last step, and the table says at which
step. What it would take to reach a purity is read off a straight line of purity against log steps, fitted to the later
half of the evaluations, and is called an extrapolation.
"""

from __future__ import annotations

import csv
import hashlib
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.machine import describe_machine
from benchmarks.protocol_table import MEASUREMENTS
from benchmarks.tables import Row, put_table
from clustergan_core.errors import AppError, RunError
from clustergan_core.methods import find_method
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import find_run

CURVES = Path(__file__).with_name("curves")
SCORES = ("purity", "accuracy", "nmi", "ari")
N_SHOWN = 6  # points of a curve in the table
AIMS = (0.9, 0.95)  # purities that a line is followed to
LEAST_FITTED = 4  # evaluations
MOST_STEPS = 1e9


class Line(NamedTuple):
    """Purity as a line of the logarithm of steps."""

    at_one: float
    slope: float  # for each factor of e

    def steps_to(self, purity: float) -> float | None:
        """Where the line reaches a purity; None where it does not rise, or so slowly that no training gets there."""
        if self.slope <= 0 or purity - self.at_one > self.slope * math.log(MOST_STEPS):
            return None
        return math.exp((purity - self.at_one) / self.slope)


def keep(run: Run) -> Path:
    """Writes a run's evaluations, on validation samples, with what repeats it; RunError before the first one."""
    config, machine = run.config, describe_machine(run.config.device)
    told = {
        "cpu": machine["cpu"],
        "cores": machine["cores"],
        "threads": config.threads,
        "method": config.method,
        "dataset": config.dataset.name,
        "settings": _settings_beside_preset(config),
        "seed": config.seed,
    }
    rows = [
        told
        | {"step": row["step"], "seconds": f"{row['seconds']:.0f}"}
        | {name: f"{row['scores'][name]:.4f}" for name in SCORES}
        | {"frechet": (row["scores"].get("frechet") or {}).get("value")}
        for row in run.metrics().rows
        if "scores" in row
    ]
    if not rows:
        raise RunError(f"Run {run.name} has not been evaluated yet: wait for its first evaluation.")
    others = hashlib.sha256(str(told["settings"]).encode()).hexdigest()[:6]
    path = CURVES / f"{config.dataset.name}-{config.method}-{config.preset}-{others}-{config.seed}.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _settings_beside_preset(config: RunConfig) -> str:
    """The preset's name, and settings that differ from it."""
    shape = config.dataset.shape
    preset = find_method(config.method).find_preset(config.preset, config.dataset.name, config.dataset.kind, shape)
    usual = find_method(config.method).Settings.model_validate(preset.settings).model_dump()
    others = {name: value for name, value in config.settings.items() if value != usual[name]}
    return ", ".join([config.preset, *(f"{name} {value}" for name, value in sorted(others.items()))])


def read_curves() -> list[list[Row]]:
    """All kept curves, each its rows in order of steps."""
    curves = []
    for path in sorted(CURVES.glob("*.csv")):
        with path.open(newline="") as file:
            curves.append(list(csv.DictReader(file)))
    return curves


def fit_line(curve: Sequence[Row]) -> Line | None:
    """Least squares over the later half of the evaluations; None for fewer than four of them."""
    late = curve[len(curve) // 2 :]
    if len(late) < LEAST_FITTED:
        return None
    slope, at_one = np.polyfit([math.log(int(row["step"])) for row in late], [float(row["purity"]) for row in late], 1)
    return Line(float(at_one), float(slope))


def render_curves(curves: Sequence[Sequence[Row]]) -> str:
    """Some points of each curve, and under the table what their lines would take."""
    lines = ["| run | step | seconds | purity | NMI | ARI | Fréchet distance |", "|---|---|---|---|---|---|---|"]
    notes = []
    for curve in curves:
        first = curve[0]
        title = (
            f"{find_method(first['method']).title} on `{first['dataset']}`, {first['settings']}, seed {first['seed']}"
        )
        shown = [curve[round(index)] for index in np.linspace(0, len(curve) - 1, min(N_SHOWN, len(curve)))]
        for number, row in enumerate(shown):
            cells = [
                f"{int(row['step']):,}",
                row["seconds"],
                *(f"{float(row[name]):.3f}" for name in ("purity", "nmi", "ari")),
            ]
            lines.append(f"| {title if number == 0 else ''} | {' | '.join(cells)} | {row['frechet'] or '–'} |")
        notes.append(_say_extrapolation(title, curve))
    return "\n".join([*lines, "", *notes]) if curves else "Nothing has been measured yet."


def _say_extrapolation(title: str, curve: Sequence[Row]) -> str:
    machine = f"{curve[0]['cpu']}, {curve[0]['cores']} cores, threads: {curve[0]['threads']}"
    line, last = fit_line(curve), curve[-1]
    reached = [] if line is None else [(aim, line.steps_to(aim)) for aim in AIMS]
    told = [
        f"{aim} after about {steps:,.0f} steps, {steps * float(last['seconds']) / int(last['step']) / 3600:.1f} hours"
        for aim, steps in reached
        if steps is not None and steps > int(last["step"])
    ]
    ahead = f" **Extrapolated**, not measured: purity {'; '.join(told)}." if told else ""
    return f"- {title}: {machine}.{ahead}"


def main(words: Sequence[str]) -> None:
    """`keep RUN` or `table`."""
    if len(words) == 2 and words[0] == "keep":
        print(keep(find_run(words[1])))
    elif list(words) == ["table"]:
        MEASUREMENTS.write_text(put_table(MEASUREMENTS.read_text(), "curves", "curves", render_curves(read_curves())))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except AppError as error:
        sys.exit(str(error))
