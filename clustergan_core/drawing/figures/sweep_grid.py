"""The runs of a sweep as small multiples: one row per setting's value, one column per seed.

One pair of axes holds all cells, each a unit square: a thousand cells cost a few traces, where a browser could not
handle a thousand panels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from clustergan_core.drawing.figures.axes import cut
from clustergan_core.drawing.theme import MARGIN, SERIES_COLOUR

# The mark of each state; the symbols distinguish states without colour, too.
SYMBOLS: dict[str, tuple[str, str]] = {
    "finished": ("circle", SERIES_COLOUR),
    "training": ("triangle-right", "#e76300"),
    "starting": ("triangle-right-open", "#e76300"),
    "waiting": ("circle-open", "#717581"),
    "paused": ("square-open", "#832db6"),
    "stopped": ("square", "#717581"),
    "interrupted": ("diamond-open", "#832db6"),
    "failed": ("x", "#bd1f01"),
}
_UNKNOWN = ("circle-open", "#717581")
MOST_WORDY_COLUMNS = 12  # with more columns there is no room for text in a cell
_CELL_HEIGHT, _LOW_CELL_HEIGHT, _MANY_ROWS = 66, 44, 12  # pixels, and rows
_EDGE, _FLOOR, _CEILING = 0.08, 0.07, 0.66  # of a cell: the area of its curve
_WORD_AT = 0.82


@dataclass(frozen=True)
class RunCell:
    """One run."""

    state: str  # a key of SYMBOLS
    word: str  # the text in the cell
    hover: str
    curve: Sequence[tuple[float, float]] = ()  # (finished share of the training, score), both from 0 to 1


def sweep_grid_figure(
    cells: Mapping[tuple[int, int], RunCell],
    rows: Sequence[str],
    columns: Sequence[str],
    marked: tuple[int, int] | None = None,
    columns_title: str = "",
) -> go.Figure:
    """Cells by (row, column), the first row at the top; one may be marked. Titles are for short names."""
    figure = go.Figure()
    _draw_backgrounds(figure, cells, len(rows), len(columns))
    for state in sorted({cell.state for cell in cells.values()}):
        of_state = {where: cell for where, cell in cells.items() if cell.state == state}
        _draw_curves(figure, of_state, SYMBOLS.get(state, _UNKNOWN)[1])
    _draw_words(figure, cells, has_words=len(columns) <= MOST_WORDY_COLUMNS)
    if marked is not None:
        row, column = marked
        corners = {"x0": column + 0.02, "x1": column + 0.98, "y0": row + 0.02, "y1": row + 0.98}
        figure.add_shape({"type": "rect", **corners, "line": {"color": SERIES_COLOUR, "width": 2}})
    centred = {"showgrid": False, "showline": False, "zeroline": False, "fixedrange": True}
    figure.update_xaxes(
        tickvals=[number + 0.5 for number in range(len(columns))], ticktext=list(columns), range=[0, len(columns)],
        title_text=columns_title, side="top", **centred,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=[number + 0.5 for number in range(len(rows))], ticktext=[cut(row) for row in rows],
        range=[len(rows), 0], **centred,
    )  # fmt: skip
    cell_height = _CELL_HEIGHT if len(rows) <= _MANY_ROWS else _LOW_CELL_HEIGHT
    figure.update_layout(
        height=(70 if columns_title else 40) + cell_height * len(rows),
        showlegend=False,
        margin=MARGIN | {"t": 10, "r": 4},
    )
    return figure


def _draw_backgrounds(figure: go.Figure, cells: Mapping[tuple[int, int], RunCell], n_rows: int, n_columns: int) -> None:
    """Draws a faint square for each run, whose hover text describes the run's progress."""
    numbers: list[list[Any]] = [[None] * n_columns for _ in range(n_rows)]
    texts = [[""] * n_columns for _ in range(n_rows)]
    for (row, column), cell in cells.items():
        numbers[row][column], texts[row][column] = 0, cell.hover
    figure.add_heatmap(
        z=numbers,
        text=texts,
        x=[number + 0.5 for number in range(n_columns)],
        y=[number + 0.5 for number in range(n_rows)],
        colorscale=[[0, "rgba(128,133,147,0.10)"], [1, "rgba(128,133,147,0.10)"]],
        showscale=False,
        hoverongaps=False,
        xgap=5,
        ygap=5,
        hovertemplate="%{text}<extra></extra>",
    )


def _draw_curves(figure: go.Figure, cells: Mapping[tuple[int, int], RunCell], colour: str) -> None:
    x: list[float | None] = []
    y: list[float | None] = []
    for (row, column), cell in cells.items():
        for done, score in cell.curve:
            x.append(column + _EDGE + (1 - 2 * _EDGE) * min(1.0, max(0.0, done)))
            y.append(row + 1 - _FLOOR - (_CEILING - _FLOOR) * min(1.0, max(0.0, score)))
        if cell.curve:
            x.append(None)
            y.append(None)
    if x:
        figure.add_scatter(x=x, y=y, mode="lines", line={"color": colour, "width": 1.75}, hoverinfo="skip")


def _draw_words(figure: go.Figure, cells: Mapping[tuple[int, int], RunCell], *, has_words: bool) -> None:
    items = list(cells.items())
    styles = [SYMBOLS.get(cell.state, _UNKNOWN) for _, cell in items]
    figure.add_scatter(
        x=[column + (_EDGE + 0.03 if has_words else 0.5) for (_, column), _ in items],
        y=[row + 1 - _WORD_AT for (row, _), _ in items],
        mode="markers+text" if has_words else "markers",
        text=[f" {cell.word}" for _, cell in items],
        textposition="middle right",
        textfont={"size": 12},
        marker={
            "symbol": [symbol for symbol, _ in styles],
            "color": [colour for _, colour in styles],
            "size": 8,
            "line": {"color": [colour for _, colour in styles], "width": 1.5},
        },
        hoverinfo="skip",
    )
