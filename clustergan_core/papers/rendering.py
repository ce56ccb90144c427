"""A compared table as CSV, Markdown and LaTeX."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from clustergan_core.paper_tables.facts import Measure, Paper, PaperTable
from clustergan_core.papers.comparison import Cell, PresetChoice, compare_table, score_of
from clustergan_core.papers.measured import MeasuredRun
from clustergan_core.papers.misses import describe_misses
from clustergan_core.papers.order import compare_order

HEADINGS = (
    "paper", "table", "row", "column", "measure", "printed", "our_score", "ours_median", "ours_min", "ours_max",
    "n_seeds", "preset", "steps", "share_of_paper_steps", "training_seconds", "difference", "exceeds_spread", "gap",
)  # fmt: skip
GAP_WORDS = {
    "no run": "not computed",
    "no data": "no such data set",
    "no preset": "no such preset",
    "no score": "no score of ours",
    "not measured": "trained, not scored so",
    "not trained": "not trained",
}


@dataclass(frozen=True)
class CellText:
    """What a cell says, in parts; "" where there is nothing to say."""

    printed: str
    ours: str  # the median
    spread: str  # from lowest to highest and the number of seeds
    difference: str
    gap: str


def describe_cell(cell: Cell) -> CellText:
    """A cell's figures as text. The mark behind a difference says that it exceeds the spread of our seeds."""
    printed = "" if cell.printed is None else _printed(cell.printed)
    if cell.median is None:
        return CellText(printed, "", "", "", GAP_WORDS[cell.gap] if cell.gap else "")
    low, high, n = min(cell.values), max(cell.values), len(cell.values)
    preset = cell.runs[0].preset
    seeds = (f"{n} seed" if n == 1 else f"{n} seeds") + ("" if preset in ("default", "") else f", {preset}")
    ends = _ours(low), _ours(high)
    spread = seeds if n == 1 else f"all {seeds}" if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}, {seeds}"
    difference = "" if cell.difference is None else f"{cell.difference:+.3f}".replace("-", "−")
    return CellText(printed, _ours(cell.median), spread, difference, "")


def to_csv(paper: Paper, table: PaperTable, runs: Sequence[MeasuredRun], preset: PresetChoice) -> str:
    """One line for each cell and measure of a table."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    for measure in table.measures:
        for cells in compare_table(table, measure, runs, preset):
            writer.writerows(_line(paper, table, cell, preset) for cell in cells)
    return text.getvalue()


def to_markdown(table: PaperTable, measure: Measure, cells: Sequence[Sequence[Cell]]) -> str:
    """The grid of one measure: the printed figure, ours with its spread, and the difference."""
    lines = [f"**{table.title}: {measure.title}** (paper · ours (spread) · difference)", ""]
    lines += [_row(["", *(column.title for column in table.columns)]), _row(["---"] * (len(table.columns) + 1))]
    lines += [_row([row[0].row.title, *(_inline(cell, bold="**") for cell in row)]) for row in cells]
    notes = [f"Paper: {table.selection}", *table.notes, *(order.describe() for order in compare_order(cells))]
    misses = [f"- {miss}" for miss in describe_misses(cells)]
    return "\n".join([*lines, "", " ".join(notes), *(["", *misses] if misses else [])]) + "\n"


def to_latex(table: PaperTable, measure: Measure, cells: Sequence[Sequence[Cell]]) -> str:
    """The same grid as a LaTeX table, which needs no package."""
    heading = " & ".join(["", *(_escape(column.title) for column in table.columns)])
    rows = [" & ".join([_escape(row[0].row.title), *(_escape(_inline(cell)) for cell in row)]) for row in cells]
    caption = f"{table.title}: {measure.title} (paper / ours (spread) / difference). Paper: {table.selection}"
    return "\n".join(
        [
            r"\begin{table}",
            rf"\caption{{{_escape(caption)}}}",
            rf"\begin{{tabular}}{{l{'c' * len(table.columns)}}}",
            r"\hline",
            rf"{heading} \\",
            r"\hline",
            *(rf"{row} \\" for row in rows),
            r"\hline",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _line(paper: Paper, table: PaperTable, cell: Cell, preset: PresetChoice) -> list[object]:
    values, trained = cell.values, cell.runs[0].preset if cell.runs else preset
    return [
        paper.name, table.name, cell.row.title, cell.column.title, cell.measure.title, _rounded(cell.printed),
        score_of(cell.row, cell.measure), _rounded(cell.median), _rounded(min(values, default=None)),
        _rounded(max(values, default=None)), len(values), trained, cell.steps or "", _rounded(cell.share),
        _rounded(cell.seconds), _rounded(cell.difference), cell.exceeds, cell.gap,
    ]  # fmt: skip


def _inline(cell: Cell, bold: str = "") -> str:
    """A cell in one line; a difference that exceeds the spread of our seeds is bold."""
    text = describe_cell(cell)
    mark = bold if cell.exceeds else ""
    ours = f"{text.ours} ({text.spread})" if text.ours else text.gap
    parts = [text.printed or "–", ours, f"{mark}{text.difference}{mark}" if text.difference else ""]
    return " · ".join(part for part in parts if part)


def _printed(value: float) -> str:
    """A printed figure with its decimals, at least two."""
    n_decimals = len(f"{value:.4f}".rstrip("0").partition(".")[2])
    return f"{value:.{max(2, n_decimals)}f}"


def _ours(value: float) -> str:
    """A figure of ours: shares have three decimals, distances from 10 on two."""
    return f"{value:.2f}" if value >= 10 else f"{value:.3f}"


def _rounded(figure: float | None) -> object:
    return "" if figure is None else round(figure, 5)


def _row(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _escape(text: str) -> str:
    """Text for LaTeX."""
    for character in "\\&%$#_{}":
        text = text.replace(character, rf"\{character}" if character != "\\" else r"\textbackslash ")
    symbols = {"·": r"$\cdot$", "–": "--", "−": "$-$", "σ": r"$\sigma$", "×": r"$\times$", "≥": r"$\geq$"}
    for character, command in symbols.items():
        text = text.replace(character, command)
    return text
