"""What a published table is: rows, columns, measures, and the figure printed in each cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Measure:
    """A figure that a table prints, and the score of ours that measures the same."""

    title: str  # what we call it
    score: str  # the name of our score; "" where we have none
    printed: str = ""  # what the paper calls it, where it differs
    unlike: str = ""  # why ours may stand beside the paper's but is not subtracted from it
    lower_is_better: bool = False


@dataclass(frozen=True)
class TableRow:
    """A method of a table, or a function that clusters. With neither we have no figures, and `note` says why."""

    title: str
    method: str = ""  # a name in METHODS
    settings: Settings = field(default_factory=dict)  # that tell it from other rows of the method
    note: str = ""
    scores: Mapping[str, str] = field(default_factory=dict)  # our score, by a measure's title, where it differs
    function: str = ""  # a way of clustering that trains nothing, as benchmarks/clusterings.csv names it


@dataclass(frozen=True)
class TableColumn:
    """A data set of a table, or one value of a setting. Without `dataset` we lack the data, and `note` says why."""

    title: str
    dataset: str = ""  # a name in DATASETS
    settings: Settings = field(default_factory=dict)  # that its runs need
    note: str = ""
    unlike: str = ""  # why ours may stand beside the paper's but is not subtracted from it
    masses: str = ""  # the true shares of the classes, for methods that are given them


@dataclass(frozen=True)
class PaperTable:
    """A table of a paper."""

    name: str  # in file names
    title: str  # "Table 1: what it shows"
    rows: tuple[TableRow, ...]
    columns: tuple[TableColumn, ...]
    measures: tuple[Measure, ...]
    figures: Mapping[tuple[str, str], tuple[float | None, ...]]  # by titles of row and column: one for each measure
    selection: str  # how the printed figures were chosen
    notes: tuple[str, ...] = ()
    n_runs: int = 1  # from which each printed figure was taken

    @property
    def short(self) -> str:
        """ "Table 1", as in addresses."""
        return self.title.partition(":")[0]

    def printed(self, row: TableRow, column: TableColumn, measure: Measure) -> float | None:
        """The printed figure; None where the cell is empty."""
        figures = self.figures.get((row.title, column.title))
        return None if figures is None else figures[self.measures.index(measure)]


@dataclass(frozen=True)
class Paper:
    """A paper: what it claims, and its tables."""

    name: str  # in file names
    short: str  # what people call it, and addresses
    title: str
    authors: str
    reference: str
    claims: str  # two sentences
    tables: tuple[PaperTable, ...]

    def table(self, name: str) -> PaperTable:
        """The table of that name."""
        return next(table for table in self.tables if table.name == name)


def by_column(
    columns: Mapping[str, Mapping[str, tuple[float | None, ...]]],
) -> dict[tuple[str, str], tuple[float | None, ...]]:
    """Figures that are listed by column and row."""
    return {(row, column): figures for column, rows in columns.items() for row, figures in rows.items()}
