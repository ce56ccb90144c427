"""Sensitivity strips: what a paper's table prints at each value of a setting, beside runs of our own.

Our figures are the files that the command `sweep` writes by `--csv`, kept beside lesson.toml.
"""

from __future__ import annotations

import csv
import statistics
from dataclasses import dataclass

from clustergan_core.errors import DataError
from clustergan_core.lessons.lesson import LESSONS_FOLDER, Lesson, Strip
from clustergan_core.paper_tables import li_dama

SCORE = "argmax_accuracy"  # a column of the file


@dataclass(frozen=True)
class StripFigures:
    """A strip's figures, one entry for each of its values."""

    values: tuple[float, ...]
    printed: tuple[float, ...]  # Cluster Accuracy on MNIST, one run each
    ours: dict[str, tuple[tuple[float, ...], ...]]  # by what a sweep holds fixed: the accuracy of each seed

    def medians(self, sweep: str) -> list[float]:
        """The median over seeds at each value."""
        return [statistics.median(figures) for figures in self.ours[sweep]]


def read_strip(lesson: Lesson, strip: Strip) -> StripFigures:
    """The figures of a strip; DataError where a file is missing or holds other values than the paper's table."""
    table = li_dama.PAPER.table(strip.table)
    printed: dict[float, float] = {}
    for column in table.columns:
        figure = table.printed(table.rows[0], column, li_dama.CLUSTER_ACCURACY)
        assert figure is not None
        printed[float(column.settings[strip.setting])] = figure
    ours = {sweep.title: _read_file(lesson, sweep.file, strip.setting, list(printed)) for sweep in strip.sweeps}
    return StripFigures(tuple(printed), tuple(printed.values()), ours)


def _read_file(lesson: Lesson, name: str, setting: str, values: list[float]) -> tuple[tuple[float, ...], ...]:
    path = LESSONS_FOLDER / lesson.name / f"{name}.csv"
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [(float(row[setting]), float(row[SCORE])) for row in csv.DictReader(file)]
    except (OSError, KeyError, ValueError) as problem:
        raise DataError(f"{path.name} cannot be read ({problem}): run the lesson's sweep again.") from problem
    figures = tuple(tuple(score for value, score in rows if value == each) for each in values)
    if not all(figures):
        raise DataError(f"{path.name} lacks a value of {setting}: run the lesson's sweep again.")
    return figures
