"""What the figure of a sweep shows, as plain data, and where its values stand on the axis that all panels share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

_MOST_UNEVEN = 12  # values whose closest two lie nearer than this part of their range are drawn evenly


@dataclass(frozen=True)
class SweepSeries:
    """One figure of every run, at each place of the x axis."""

    name: str  # of the second setting's value; empty where one setting is varied
    figures: tuple[tuple[float, ...], ...]
    runs: tuple[tuple[str, ...], ...]  # what each of them is called


@dataclass(frozen=True)
class SweepPanel:
    """A score, or a criterion without labels."""

    title: str
    series: tuple[SweepSeries, ...]
    best: int | None = None  # the place this criterion is for
    reference: tuple[float | None, ...] = ()  # at each place, what the figure would be at most
    reference_name: str = ""


@dataclass(frozen=True)
class PrintedRow:
    """What a paper prints at each place."""

    name: str
    figures: tuple[float | None, ...]


@dataclass(frozen=True)
class SweepDrawing:
    """Everything the figure shows."""

    setting: str  # what the x axis is called
    values: tuple[Any, ...]  # one a place
    result: SweepPanel
    criteria: tuple[SweepPanel, ...] = ()
    printed: tuple[PrintedRow, ...] = ()
    suggested: int | None = None  # the place suggested without labels
    positions: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions", place(self.values))

    @property
    def gap(self) -> float:
        """The smallest distance between two places."""
        ordered = sorted(self.positions)
        return min((after - before for before, after in pairwise(ordered)), default=1.0)


def place(values: Sequence[Any]) -> tuple[float, ...]:
    """Where values stand on the x axis: numbers where they are, words evenly, and numbers that would crowd as well."""
    evenly = tuple(float(index) for index in range(len(values)))
    if len(values) < 2 or not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return evenly
    ordered = sorted(values)
    closest = min(after - before for before, after in pairwise(ordered))
    return tuple(map(float, values)) if closest * _MOST_UNEVEN >= ordered[-1] - ordered[0] else evenly
