"""A published table with ours beside each printed figure, and the runs that are missing."""

from __future__ import annotations

import math
import shlex
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clustergan_core.data.registry import DATASETS
from clustergan_core.methods import METHODS
from clustergan_core.paper_tables.facts import Measure, PaperTable, TableColumn, TableRow
from clustergan_core.papers.measured import MeasuredRun, paper_steps, preset_settings
from clustergan_core.preset import PresetName

SEEDS = (0, 1, 2)  # that a cell should have
ROUNDING = 0.005  # half of the last digit that the papers print

PresetChoice = Literal[PresetName, "longest"]
CHOICES: tuple[PresetChoice, ...] = ("longest", "paper", "default", "quick")
LONGEST_FIRST: tuple[PresetName, ...] = ("paper", "default", "quick")

Gap = Literal["", "no run", "no data", "no preset", "no score", "not measured", "not trained"]


@dataclass(frozen=True)
class Cell:
    """A cell of a table: the printed figure, and our runs."""

    row: TableRow
    column: TableColumn
    measure: Measure
    printed: float | None
    runs: tuple[MeasuredRun, ...]  # one for each seed, all of the same length
    gap: Gap  # why there are no values of ours; "" where there are

    @property
    def values(self) -> list[float]:
        """Our figures, one for each seed that has one."""
        score = score_of(self.row, self.measure)
        return [run.scores[score] for run in self.runs if score in run.scores]

    @property
    def median(self) -> float | None:
        """The median of ours; None without values."""
        return statistics.median(self.values) if self.values else None

    @property
    def difference(self) -> float | None:
        """Our median less the printed figure; None where either is missing or the two measure different things."""
        if self.printed is None or self.median is None or self.unlike:
            return None
        return self.median - self.printed

    @property
    def unlike(self) -> str:
        """Why ours must not be subtracted from the paper's; "" where it may."""
        return self.measure.unlike or self.column.unlike

    @property
    def exceeds(self) -> bool:
        """Whether the difference is larger than our seeds' range and the paper's rounding. One seed has no range."""
        if self.difference is None or len(self.values) < 2:
            return False
        return abs(self.difference) > max(max(self.values) - min(self.values), ROUNDING)

    @property
    def steps(self) -> int | None:
        """The steps of our runs; None without runs and for functions, which take none."""
        return (self.runs[0].steps or None) if self.runs else None

    @property
    def share(self) -> float | None:
        """Those steps as a share of the steps of the method's paper; None where those are not known."""
        if not self.runs or not self.row.method:
            return None
        of_paper = paper_steps(self.row.method, self.column.dataset)
        return self.runs[0].steps / of_paper if of_paper else None

    @property
    def seconds(self) -> float | None:
        """The median of the seconds that training took; None without runs."""
        return statistics.median(run.seconds for run in self.runs) if self.runs else None


@dataclass(frozen=True)
class MissingRun:
    """A run that a table needs and nobody has trained."""

    row: TableRow
    column: TableColumn
    preset: PresetName
    seed: int
    settings: dict[str, Any]  # that the preset alone would not give

    @property
    def method(self) -> str:
        """The name of its method."""
        return self.row.method

    @property
    def dataset(self) -> str:
        """The name of its data set."""
        return self.column.dataset

    def command(self) -> str:
        """The command line that trains it."""
        argv = ["python", "-m", "clustergan_core", "train", "--dataset", self.dataset, "--method", self.method]
        argv += ["--preset", self.preset, "--seed", str(self.seed)]
        for name, value in self.settings.items():
            argv += ["--set", f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"]
        return shlex.join(argv)


def compare_table(
    table: PaperTable, measure: Measure, runs: Sequence[MeasuredRun], preset: PresetChoice
) -> list[list[Cell]]:
    """The cells of a table, row by row, for one measure, with our runs of one preset, or of each cell's longest."""
    return [[_compare(table, row, column, measure, runs, preset) for column in table.columns] for row in table.rows]


def find_missing(table: PaperTable, runs: Sequence[MeasuredRun], preset: PresetName) -> list[MissingRun]:
    """The runs that are not among `runs`, by row, column and seed; none for a cell where the paper prints nothing.

    A run that several rows need, such as that of each class's mass, is listed once.
    """
    missing: dict[str, MissingRun] = {}
    for row in table.rows:
        for column in table.columns:
            if not row.method or (row.title, column.title) not in table.figures or _obstacle(row, column, preset):
                continue
            seeds = {run.seed for run in choose_runs(row, column, runs, preset)}
            needed = required_settings(row, column)
            usual = preset_settings(row.method, column.dataset, preset)
            settings = {name: value for name, value in needed.items() if not _is_same(usual.get(name), value)}
            for run in [MissingRun(row, column, preset, seed, settings) for seed in SEEDS if seed not in seeds]:
                missing.setdefault(run.command(), run)
    return list(missing.values())


def score_of(row: TableRow, measure: Measure) -> str:
    """The name of our score that a measure compares with in a row."""
    return row.scores.get(measure.title, measure.score)


def required_settings(row: TableRow, column: TableColumn) -> dict[str, Any]:
    """The settings that a run must have to belong to a cell."""
    takes_masses = "masses" in METHODS[row.method].Settings.model_fields
    masses = {"masses": column.masses} if column.masses and takes_masses and not METHODS[row.method].uses_labels else {}
    return {**row.settings, **column.settings, **masses}


def choose_runs(
    row: TableRow, column: TableColumn, runs: Sequence[MeasuredRun], preset: PresetChoice
) -> tuple[MeasuredRun, ...]:
    """One run for each seed, of the preset and without changes but those of the cell.

    "longest" is the preset `paper` where it has runs, else `default`, else `quick`.

    Runs of different lengths do not mix: those with the most seeds are taken, the longer ones of equally many. The
    choice sees no score. Of two runs of one seed the first stands. A function has no presets.
    """
    if row.function:
        return tuple(run for run in runs if (run.method, run.dataset) == (row.function, column.dataset))
    if preset == "longest":
        of_presets = (choose_runs(row, column, runs, name) for name in LONGEST_FIRST)
        return next(filter(None, of_presets), ())
    needed = required_settings(row, column)
    by_steps: dict[int, dict[int, MeasuredRun]] = {}
    for run in runs:
        is_of_cell = (run.method, run.dataset, run.preset) == (row.method, column.dataset, preset)
        if not is_of_cell or not run.changed <= needed.keys():
            continue
        if all(_is_same(run.settings.get(name), value) for name, value in needed.items()):
            by_steps.setdefault(run.steps, {}).setdefault(run.seed, run)
    if not by_steps:
        return ()
    _, of_seed = max(by_steps.items(), key=lambda item: (len(item[1]), item[0]))
    return tuple(of_seed[seed] for seed in sorted(of_seed))


def _compare(
    table: PaperTable,
    row: TableRow,
    column: TableColumn,
    measure: Measure,
    runs: Sequence[MeasuredRun],
    preset: PresetChoice,
) -> Cell:
    printed, score, gap = table.printed(row, column, measure), score_of(row, measure), _obstacle(row, column, preset)
    chosen = () if gap else choose_runs(row, column, runs, preset)
    if not gap and not chosen:
        gap = "no run" if row.function else "not trained"
    elif not gap and not any(score in run.scores for run in chosen):
        gap = "not measured" if score else "no score"
    return Cell(row, column, measure, printed, chosen, gap)


def _obstacle(row: TableRow, column: TableColumn, preset: PresetChoice) -> Gap:
    """Why nothing of a cell can be trained; "" where it can."""
    if not row.method and not row.function:
        return "no run"
    if column.dataset not in DATASETS:
        return "no data"
    return "" if row.function or preset == "longest" or preset in METHODS[row.method].presets else "no preset"


def _is_same(ours: Any, needed: Any) -> bool:
    """Whether a setting has the needed value; a learning rate may differ in its last bits."""
    return math.isclose(ours, needed) if isinstance(needed, float) and isinstance(ours, float) else ours == needed
