"""Helpers shared by the writers of tables: which rows are shown, a cell's figures, and where a table goes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

Row = dict[str, str]


def spread(rows: Sequence[Row], column: str, form: str = ".2f") -> str:
    """Median of a column, with the range if the rows differ; a dash if no row has the figure."""
    values = [float(row[column]) for row in rows if row[column]]
    if not values:
        return "–"
    ends = (statistics.median(values), min(values), max(values))
    median, low, high = (f"{value:{form}}".rstrip(".") for value in ends)
    return median if low == high else f"{median} ({low}–{high})"


def describe_machines(rows: Sequence[Row]) -> str:
    """The machines on which the rows were measured, as part of a sentence."""
    machines = sorted({f"{row['cpu']}, {row['cores']} cores, threads: {row['threads']}" for row in rows})
    return f"measured on {'; '.join(machines)}, PyTorch {', '.join(sorted({row['torch'] for row in rows}))}"


def put_table(text: str, name: str, script: str, table: str) -> str:
    """The document with the text between the two markers of a table replaced."""
    begin, end = f"<!-- {name}: written by benchmarks/{script}.py -->", f"<!-- /{name} -->"
    before, rest = text.split(begin)
    return f"{before}{begin}\n{table}\n{end}{rest.split(end)[1]}"
