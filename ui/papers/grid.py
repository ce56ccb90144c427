"""The table: in each cell the paper's figure, ours with its range and seeds, and the difference."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from clustergan_core.drawing.theme import THEMES, Theme
from clustergan_core.papers.comparison import Cell
from clustergan_core.papers.misses import LEAST, describe_misses
from clustergan_core.papers.order import compare_order
from clustergan_core.papers.rendering import describe_cell
from ui.frame.messages import plain
from ui.frame.theme import theme_name
from ui.papers.choice import PaperView

# Ours is better or worse than the paper's by more than our seeds differ; contrast with the page at least 4.5 : 1.
BETTER: dict[Theme, str] = {"light": "#1a7431", "dark": "#5fd07a"}
WORSE: dict[Theme, str] = {"light": "#b3261e", "dark": "#ff8a80"}


def show_grid(view: PaperView, cells: Sequence[Sequence[Cell]]) -> None:
    """The table with its title, legend and notes."""
    measure = view.measure
    printed = f" (“{measure.printed}” in the paper)" if measure.printed else ""
    st.subheader(view.table.title, anchor=False)
    st.html(_style(theme_name()) + _table(view, cells))
    legend = (
        f"{measure.title}{printed}: the paper's figure, the median of ours with its range over seeds, and ours less "
        "the paper's. ▲ and ▼ with colour mark a difference larger than the range of our seeds."
    )
    shown = [cell for row in cells for cell in row]
    notes = [legend, f"The paper's figures: {view.table.selection}"]
    if view.table.n_runs > 1:
        notes.append(
            "Ours is a median of all seeds, none selected: the upper end of a range is our best seed by the labels of "
            "the test split, and never stands alone."
        )
    if measure.unlike:
        notes.append(f"Not subtracted: {measure.unlike}")
    notes += [order.describe() for order in compare_order(cells)]
    notes += view.table.notes
    notes += dict.fromkeys(cell.column.unlike for cell in shown if cell.column.unlike)
    notes += dict.fromkeys(cell.column.note for cell in shown if cell.column.note)
    notes += dict.fromkeys(f"{row[0].row.title}: {row[0].row.note}" for row in cells if row[0].row.note)
    st.caption("\n".join(f"- {plain(note)}" for note in notes))
    if misses := describe_misses(cells):
        with st.expander(f"Under the paper by more than {LEAST:g}: what was tried"):
            st.markdown("\n".join(f"- {plain(miss)}" for miss in misses))


def _table(view: PaperView, cells: Sequence[Sequence[Cell]]) -> str:
    headings = "".join(f'<th scope="col">{escape(column.title)}</th>' for column in view.table.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0].row.title)}</th>{"".join(_cell(cell) for cell in row)}</tr>'
        for row in cells
    )
    label = escape(f"{view.paper.short}, {view.table.title}: {view.measure.title}")
    return (
        f'<div class="paper-table"><table aria-label="{label}"><thead><tr><td></td>{headings}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cell(cell: Cell) -> str:
    text = describe_cell(cell)
    printed = f"paper {text.printed}" if text.printed else "paper –"
    parts = [f'<div class="printed">{escape(printed)}</div>']
    if text.ours:
        parts.append(f'<div class="ours">{escape(text.ours)}</div><div class="spread">{escape(text.spread)}</div>')
    else:
        parts.append(f'<div class="gap">{escape(text.gap)}</div>')
    if text.difference:
        mark, kind = _mark(cell)
        parts.append(f'<div class="{kind}">{mark}{escape(text.difference)}</div>')
    return f"<td>{''.join(parts)}</td>"


def _mark(cell: Cell) -> tuple[str, str]:
    """The sign before a difference, and the class that colours it."""
    if not cell.exceeds or cell.difference is None:
        return "", "within"
    is_better = (cell.difference < 0) == cell.measure.lower_is_better
    return ("▲ " if cell.difference > 0 else "▼ "), "better" if is_better else "worse"


def _style(theme: Theme) -> str:
    colours = THEMES[theme]
    return f"""<style>
.paper-table {{ overflow-x: auto; }}
.paper-table table {{ border-collapse: collapse; width: 100%; color: {colours.text}; font-size: 0.9rem; }}
.paper-table th, .paper-table td {{ border: 0; border-bottom: 1px solid {colours.grid}; padding: 0.35rem 0.6rem;
    text-align: left; vertical-align: top; white-space: nowrap; }}
.paper-table th {{ font-weight: 600; }}
.paper-table tbody th {{ position: sticky; left: 0; background: {colours.page}; }}
.paper-table .printed, .paper-table .spread, .paper-table .gap, .paper-table .within {{ color: {colours.muted};
    font-size: 0.8rem; }}
.paper-table .ours {{ font-weight: 600; }}
.paper-table .better {{ color: {BETTER[theme]}; font-size: 0.8rem; }}
.paper-table .worse {{ color: {WORSE[theme]}; font-size: 0.8rem; }}
</style>"""
