"""A sweep's results as one figure: a score over the varied setting, and the label-free criteria beside it.

All panels share the x axis, so that the reader sees where several criteria are best at once.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from clustergan_core.drawing.figures.curves import LINE_COLOURS
from clustergan_core.drawing.palette import rgb
from clustergan_core.drawing.theme import MARGIN

_MOST_UNEVEN = 12  # values are drawn evenly if the closest two are nearer than their range over this

PRINTED_COLOURS = ("#e76300", "#832db6")  # of rows from papers; neither is the first colour of a series
REFERENCE_COLOUR = "#717581"
BEST = "best by this criterion"
PANEL_HEIGHT, LEAST_HEIGHT = 118, 460  # pixels
_SPREAD = 0.22  # of the gap between two positions: how far apart the runs of one position are drawn
_SHARE = 0.75  # of the gap: the width of several series together
_LEAST_RANGE = 1e-3  # of an axis


def sweep_figure(drawing: SweepDrawing) -> go.Figure:
    """The score's panel on the left, one small panel per criterion on the right."""
    n_rows = max(1, len(drawing.criteria))
    panels = [(drawing.result, 1, 1), *((panel, row, 2) for row, panel in enumerate(drawing.criteria, start=1))]
    figure = _empty_figure(n_rows, has_criteria=bool(drawing.criteria))
    for panel, row, column in panels:
        _draw_panel(figure, drawing, panel, row, column)
    for printed, colour in zip(drawing.printed, cycle(PRINTED_COLOURS), strict=False):
        _draw_printed(figure, drawing, printed, colour)
    if drawing.suggested is not None:
        _mark_suggestion(figure, drawing)
    _name_axes(figure, drawing, n_rows)
    height = max(LEAST_HEIGHT, PANEL_HEIGHT * n_rows + 80)
    legend = {"orientation": "h", "yanchor": "top", "y": -90 / height, "x": 0, "traceorder": "normal"}
    figure.update_layout(height=height, legend=legend, margin=MARGIN | {"t": 34}, hovermode="closest")
    return figure


def _empty_figure(n_rows: int, *, has_criteria: bool) -> go.Figure:
    if not has_criteria:
        return make_subplots(rows=1, cols=1)
    specs: list[list[dict[str, Any] | None]] = [
        [{"rowspan": n_rows} if row == 0 else None, {}] for row in range(n_rows)
    ]
    return make_subplots(
        rows=n_rows,
        cols=2,
        specs=specs,
        column_widths=[0.58, 0.42],
        horizontal_spacing=0.09,
        vertical_spacing=0.32 / n_rows,
    )


def _draw_panel(figure: go.Figure, drawing: SweepDrawing, panel: SweepPanel, row: int, column: int) -> None:
    is_result = column == 1
    where = {"row": row, "col": column}
    for number, (series, colour) in enumerate(zip(panel.series, cycle(LINE_COLOURS), strict=False)):
        _draw_series(figure, drawing, panel, number, series, colour, where)
    if panel.reference:
        _draw_reference(figure, drawing, panel, where)
    if panel.best is not None and not is_result:
        _mark_best(figure, drawing, panel, where)
    title = panel.title if is_result else None
    figure.update_yaxes(nticks=8 if is_result else 4, title_text=title, tickformat="~g", **where)
    figures = [figure for series in panel.series for each in series.figures for figure in each]
    if figures and max(figures) - min(figures) < _LEAST_RANGE and not panel.reference:
        # An automatic range would show the noise of the last digit.
        figure.update_yaxes(range=[min(figures) - _LEAST_RANGE, max(figures) + _LEAST_RANGE], **where)
    if not is_result:
        axis = next(figure.select_yaxes(**where))
        figure.add_annotation(
            text=f"<b>{panel.title}</b>", xref=f"{axis.anchor} domain", yref=f"{_trace_axis(axis)} domain",
            x=0, y=1, xanchor="left", yanchor="bottom", showarrow=False, font={"size": 13},
        )  # fmt: skip


def _draw_series(
    figure: go.Figure,
    drawing: SweepDrawing,
    panel: SweepPanel,
    number: int,
    series: SweepSeries,
    colour: str,
    where: dict[str, int],
) -> None:
    """Draws mean, deviation and every run: a band for a single series, bars for several, which would overlap.

    Points are not joined between values that are words.
    """
    is_result, is_alone = where["col"] == 1, len(panel.series) == 1
    step = _SHARE * drawing.gap / len(panel.series)
    shift = (number - (len(panel.series) - 1) / 2) * step
    centres = [position + shift for position in drawing.positions]
    filled = [index for index, figures in enumerate(series.figures) if figures]
    x = [centres[index] for index in filled]
    means = [statistics.fmean(series.figures[index]) for index in filled]
    spreads = [_deviation(series.figures[index]) for index in filled]
    group, names = f"series {number}", _legend_names(series)
    is_joined = not any(isinstance(value, str | bool) for value in drawing.values)
    has_band = is_alone and is_joined
    if has_band:
        band = [mean + spread for mean, spread in zip(means, spreads)]
        band += [mean - spread for mean, spread in zip(reversed(means), reversed(spreads))]
        figure.add_scatter(
            x=x + x[::-1], y=band, fill="toself", fillcolor=_rgba(colour, 0.16), line={"width": 0}, mode="lines",
            hoverinfo="skip", showlegend=False, legendgroup=group, **where,
        )  # fmt: skip
    texts = [f"{series.name} {_describe_value(drawing, index)}".strip() for index in filled]
    figure.add_scatter(
        x=x, y=means, mode="lines+markers" if is_joined else "markers", name=names.mean, legendgroup=group,
        showlegend=is_result, line={"color": colour, "width": 2},
        marker={"color": colour, "size": 8 if is_result else 6},
        error_y=None if has_band else {"array": spreads, "color": colour, "thickness": 1.5, "width": 4},
        customdata=[[text, spread] for text, spread in zip(texts, spreads)],
        hovertemplate="%{customdata[0]}<br>mean %{y:.4g} ± %{customdata[1]:.2g}<extra></extra>", **where,
    )  # fmt: skip
    points = list(_points(series, centres, _SPREAD * drawing.gap if is_alone else 0.6 * step))
    figure.add_scatter(
        x=[x for x, _, _ in points], y=[y for _, y, _ in points], text=[name for _, _, name in points],
        mode="markers", name=names.points, legendgroup=group,
        showlegend=is_result and names.points != "", hovertemplate="%{text}<br>%{y:.4g}<extra></extra>",
        marker={"color": colour, "size": 7 if is_result else 5, "symbol": "circle-open", "line": {"width": 1.5}},
        **where,
    )  # fmt: skip


@dataclass(frozen=True)
class _LegendNames:
    mean: str
    points: str


def _legend_names(series: SweepSeries) -> _LegendNames:
    """The legend names several series, or else explains mean and points."""
    return _LegendNames(series.name, "") if series.name else _LegendNames("mean ± standard deviation", "every run")


def _points(series: SweepSeries, centres: Sequence[float], spread: float) -> Iterator[tuple[float, float, str]]:
    """Every run's point, those of one position slightly apart, because several seeds may have the same score."""
    for centre, figures, names in zip(centres, series.figures, series.runs, strict=True):
        width = spread if len(figures) > 1 else 0.0
        for number, (figure, name) in enumerate(zip(figures, names, strict=True)):
            yield centre + width * (number / max(1, len(figures) - 1) - 0.5), figure, name


def _draw_reference(figure: go.Figure, drawing: SweepDrawing, panel: SweepPanel, where: dict[str, int]) -> None:
    points = [(x, y) for x, y in zip(drawing.positions, panel.reference, strict=True) if y is not None]
    is_result = where["col"] == 1
    figure.add_scatter(
        x=[x for x, _ in points], y=[y for _, y in points], name=panel.reference_name, showlegend=is_result,
        mode="markers" if is_result else "lines",
        marker={"symbol": "line-ew", "size": 26, "line": {"color": REFERENCE_COLOUR, "width": 2.5}},
        line={"color": REFERENCE_COLOUR, "width": 1.5, "dash": "dot"},
        hovertemplate=f"{panel.reference_name} %{{y:.4g}}<extra></extra>", **where,
    )  # fmt: skip


def _mark_best(figure: go.Figure, drawing: SweepDrawing, panel: SweepPanel, where: dict[str, int]) -> None:
    assert panel.best is not None
    means = [statistics.fmean(series.figures[panel.best]) for series in panel.series if series.figures[panel.best]]
    is_named = any(trace.name == BEST for trace in figure.data)
    figure.add_scatter(
        x=[drawing.positions[panel.best]] * len(means), y=means, mode="markers", name=BEST,
        showlegend=not is_named, legendrank=1100, hoverinfo="skip",
        marker={"symbol": "star", "size": 15, "color": LINE_COLOURS[0]},
        **where,
    )  # fmt: skip


def _draw_printed(figure: go.Figure, drawing: SweepDrawing, printed: PrintedRow, colour: str) -> None:
    points = [(x, y) for x, y in zip(drawing.positions, printed.figures, strict=True) if y is not None]
    figure.add_scatter(
        x=[x for x, _ in points], y=[y for _, y in points], mode="lines+markers", name=printed.name,
        line={"color": colour, "width": 1.5, "dash": "dash"}, marker={"symbol": "diamond", "size": 8},
        hovertemplate=f"{printed.name}<br>%{{y:.4g}}<extra></extra>", row=1, col=1,
    )  # fmt: skip


def _mark_suggestion(figure: go.Figure, drawing: SweepDrawing) -> None:
    assert drawing.suggested is not None
    centre, half = drawing.positions[drawing.suggested], 0.38 * drawing.gap
    band = {"type": "rect", "x0": centre - half, "x1": centre + half, "y0": 0, "y1": 1, "line": {"width": 0}}
    for axis in figure.select_yaxes():
        x, y = axis.anchor, f"{_trace_axis(axis)} domain"
        figure.add_shape(band, xref=x, yref=y, fillcolor=_rgba(LINE_COLOURS[0], 0.13), layer="below")
    figure.add_annotation(
        text=f"suggested: {drawing.setting} = {drawing.values[drawing.suggested]}",
        x=centre, y=1, xref="x", yref="y domain", yanchor="bottom", showarrow=False, font={"size": 13},
    )  # fmt: skip


def _name_axes(figure: go.Figure, drawing: SweepDrawing, n_rows: int) -> None:
    texts = [str(value) for value in drawing.values]
    pad = 0.6 * drawing.gap
    ends = [min(drawing.positions) - pad, max(drawing.positions) + pad]
    figure.update_xaxes(tickvals=drawing.positions, ticktext=texts, range=ends, showgrid=False, tickangle=0)
    if drawing.criteria:
        figure.update_xaxes(showticklabels=False, col=2)
        figure.update_xaxes(showticklabels=True, title_text=drawing.setting, row=n_rows, col=2)
    figure.update_xaxes(title_text=drawing.setting, row=1, col=1)
    if n_rows == 1 and drawing.criteria:
        figure.update_xaxes(title_text=drawing.setting, row=1, col=2)


def _describe_value(drawing: SweepDrawing, index: int) -> str:
    return f"{drawing.setting} = {drawing.values[index]}"


def _deviation(figures: Sequence[float]) -> float:
    return statistics.stdev(figures) if len(figures) > 1 else 0.0


def _trace_axis(axis: Any) -> str:
    """ "y3" for yaxis3, as traces and shapes name it."""
    return axis.plotly_name.replace("axis", "")


def _rgba(colour: str, alpha: float) -> str:
    return f"rgba({','.join(map(str, rgb(colour)))},{alpha})"


@dataclass(frozen=True)
class SweepSeries:
    """One score of every run, at each position of the x axis."""

    name: str  # of the second setting's value; empty where only one setting varies
    figures: tuple[tuple[float, ...], ...]
    runs: tuple[tuple[str, ...], ...]  # the name of each run


@dataclass(frozen=True)
class SweepPanel:
    """A score, or a label-free criterion."""

    title: str
    series: tuple[SweepSeries, ...]
    best: int | None = None  # the index of the value that this criterion prefers
    reference: tuple[float | None, ...] = ()  # the best attainable score at each position
    reference_name: str = ""


@dataclass(frozen=True)
class PrintedRow:
    """The scores that a paper prints at each position."""

    name: str
    figures: tuple[float | None, ...]


@dataclass(frozen=True)
class SweepDrawing:
    """Everything the figure shows."""

    setting: str  # the title of the x axis
    values: tuple[Any, ...]  # one per position
    result: SweepPanel
    criteria: tuple[SweepPanel, ...] = ()
    printed: tuple[PrintedRow, ...] = ()
    suggested: int | None = None  # the index of the value suggested without labels
    positions: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions", place_values(self.values))

    @property
    def gap(self) -> float:
        """The smallest distance between two positions."""
        ordered = sorted(self.positions)
        return min((after - before for before, after in pairwise(ordered)), default=1.0)


def place_values(values: Sequence[Any]) -> tuple[float, ...]:
    """Positions of values on the x axis: numbers at their value; words, and numbers that would crowd, evenly."""
    evenly = tuple(float(index) for index in range(len(values)))
    if len(values) < 2 or not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return evenly
    ordered = sorted(values)
    closest = min(after - before for before, after in pairwise(ordered))
    return tuple(map(float, values)) if closest * _MOST_UNEVEN >= ordered[-1] - ordered[0] else evenly
