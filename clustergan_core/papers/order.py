"""Whether our figures put the methods of a table in the paper's order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from clustergan_core.papers.comparison import ROUNDING, Cell

MOST_NAMED = 3  # pairs that a sentence names


@dataclass(frozen=True)
class ColumnOrder:
    """The methods of a column that have both figures, compared in pairs that the paper does not tie.

    A pair of ours is the other way round where it differs by more than the paper's figures are rounded by.
    """

    column: str
    n_methods: int
    n_pairs: int
    reversed_pairs: tuple[tuple[str, str], ...]  # (the method that the paper has ahead, the one that we have ahead)
    presets: tuple[str, ...]  # of our runs, where they differ; functions have none

    def describe(self) -> str:
        """One sentence."""
        said = f"On {self.column} our order of {self.n_methods} methods"
        lengths = f" (runs of {' and '.join(self.presets)})" if len(self.presets) > 1 else ""
        if not self.reversed_pairs:
            return f"{said} agrees with the paper's{lengths}."
        named = [f"{ours} ahead of {theirs}" for theirs, ours in self.reversed_pairs[:MOST_NAMED]]
        n_more = len(self.reversed_pairs) - len(named)
        more = f" and {n_more} more" if n_more else ""
        count = f"{len(self.reversed_pairs)} of {self.n_pairs} pairs stand the other way round"
        return f"{said} does not agree with the paper's{lengths}: {count} ({', '.join(named)}{more})."


def compare_order(cells: Sequence[Sequence[Cell]]) -> list[ColumnOrder]:
    """The order in each column with two or more methods that the paper and we have figures of.

    There is none where the rows are no methods but, say, classes, and none on data that stands in for the paper's.
    """
    orders = (_compare_column(column) for column in zip(*cells, strict=True))
    return [order for order in orders if order.n_methods > 1]


def _compare_column(cells: Sequence[Cell]) -> ColumnOrder:
    known = [cell for cell in cells if _has_both(cell)]
    if len({(cell.row.method, cell.row.function, tuple(cell.row.settings.items())) for cell in known}) < 2:
        known = []
    pairs = [(a, b) for a, b in combinations(known, 2) if a.printed != b.printed]
    ordered = [(a, b) if _is_ahead(a.printed, b.printed, a) else (b, a) for a, b in pairs]  # the paper's best first
    presets = dict.fromkeys(cell.runs[0].preset for cell in known if cell.runs[0].preset)
    return ColumnOrder(
        cells[0].column.title,
        len(known),
        len(pairs),
        tuple((a.row.title, b.row.title) for a, b in ordered if _is_ahead(b.median, a.median, a, by=ROUNDING)),
        tuple(presets),
    )


def _has_both(cell: Cell) -> bool:
    return cell.printed is not None and cell.median is not None and not cell.column.unlike


def _is_ahead(first: float | None, second: float | None, cell: Cell, by: float = 0.0) -> bool:
    """Whether the first figure is better than the second, by more than `by`, in the measure of a cell."""
    assert first is not None and second is not None
    return (second - first if cell.measure.lower_is_better else first - second) > by
