"""Scores of groups of runs: a dot per run, and their mean with its spread."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from clustergan_core.drawing.figures.overlaid_curves import line_style
from clustergan_core.drawing.theme import MARGIN

_JITTER = 0.16  # of a row's height, so that equal scores do not hide each other
_ROW_HEIGHT = 44
_LINE_HEIGHT = 18  # of a group's name, which breaks at commas
_NAME_WIDTH = 24  # characters up to which a name stays on one line
_LEAST_SPAN = 0.1  # of an axis, relative to its largest value, so that small differences look small
_PADDING = 0.08  # of the span, on both sides


@dataclass(frozen=True)
class ScorePanel:
    """One score of every run, group by group; None where there is none."""

    title: str
    values: Sequence[Sequence[float | None]]


def score_dots_figure(
    panels: Sequence[ScorePanel], group_names: Sequence[str], run_names: Sequence[Sequence[str]]
) -> go.Figure:
    """One panel per score over common rows, one row per group: dots are runs, the vertical line is their mean.

    The horizontal bar extends one standard deviation (over n − 1) to both sides where there are at least two runs.
    """
    n_groups = len(group_names)
    figure = make_subplots(
        rows=1,
        cols=len(panels),
        subplot_titles=[f"<b>{panel.title}</b>" for panel in panels],
        shared_yaxes=True,
        horizontal_spacing=0.05,
    )
    for column, panel in enumerate(panels, 1):
        for group, values in enumerate(panel.values):
            for trace in _traces(panel.title, values, group, run_names[group]):
                figure.add_trace(trace, row=1, col=column)
        low, high = _range(panel)
        # Few ticks, and the panels' spacing, keep the numbers of neighbouring panels apart at any width.
        figure.update_xaxes(range=[low, high], tick0=0, dtick=_tick_step(low, high), row=1, col=column)
    figure.update_yaxes(title_text="runs", row=1, col=1)
    for title, axis in zip(figure.select_annotations(), figure.select_xaxes(), strict=True):
        title.update(x=axis.domain[0], xanchor="left", font_size=14)
    names = [_wrap(name) for name in group_names]
    figure.update_yaxes(range=[n_groups - 0.5, -0.5], showgrid=False, tickvals=np.arange(n_groups), ticktext=names)
    n_lines = max(name.count("<br>") + 1 for name in names)
    height = 70 + n_groups * max(_ROW_HEIGHT, n_lines * _LINE_HEIGHT + 8)
    figure.update_layout(showlegend=False, height=height, margin=MARGIN | {"t": 30})
    return figure


def _traces(title: str, values: Sequence[float | None], group: int, names: Sequence[str]) -> list[go.Scatter]:
    """A group's spread, mean and dots, in drawing order."""
    scored = [(name, value) for name, value in zip(names, values, strict=True) if value is not None]
    if not scored:
        return []
    colour, _ = line_style(group)
    figures = np.array([value for _, value in scored])
    mean, traces = float(figures.mean()), []
    if len(figures) > 1:
        sd = float(figures.std(ddof=1))
        hover = f"{title}: mean {mean:.4g}, standard deviation {sd:.3g}, n = {len(figures)}<extra></extra>"
        traces = [
            _scatter(
                [mean - sd, mean + sd],
                [group, group],
                mode="lines+markers",
                line={"color": colour, "width": 2},
                marker={"symbol": "line-ns", "size": 8, "line": {"color": colour, "width": 2}},
            ),
            _scatter(
                [mean],
                [group],
                mode="markers",
                marker={"symbol": "line-ns", "size": 22, "line": {"color": colour, "width": 3}},
                hovertemplate=hover,
            ),
        ]
    dots = _scatter(
        figures,
        group + _spread_rows(len(figures)),
        mode="markers",
        marker={"color": colour, "size": 8, "opacity": 0.75, "line": {"width": 0}},
        customdata=[name for name, _ in scored],
        hovertemplate=f"%{{customdata}}<br>{title} %{{x:.4g}}<extra></extra>",
    )
    return [*traces, dots]


def _range(panel: ScorePanel) -> tuple[float, float]:
    """The range from the lowest to the highest dot or deviation, no narrower than the least span."""
    ends: list[float] = []
    for values in panel.values:
        scored = [value for value in values if value is not None]
        ends += scored
        if len(scored) > 1:
            mean, sd = float(np.mean(scored)), float(np.std(scored, ddof=1))
            ends += [mean - sd, mean + sd]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    span = max(high - low, _LEAST_SPAN * (max(abs(low), abs(high)) or 1.0)) * (1 + 2 * _PADDING)
    middle = (low + high) / 2
    return middle - span / 2, middle + span / 2


def _tick_step(low: float, high: float) -> float:
    """The largest round step with at least two multiples in the range: two to four ticks."""
    decade = 10.0 ** math.floor(math.log10(high - low))
    steps = (factor * decade for factor in (5, 2.5, 2, 1, 0.5, 0.25))
    return next(step for step in steps if math.floor(high / step) > math.ceil(low / step))


def _scatter(x: object, y: object, **looks: object) -> go.Scatter:
    return go.Scatter(x=x, y=y, **({"hoverinfo": "skip"} if "hovertemplate" not in looks else {}), **looks)


def _spread_rows(n_dots: int) -> NDArray[np.float64]:
    """Small offsets from a row's middle, the same every time."""
    if n_dots == 1:
        return np.zeros(1)
    return np.linspace(-_JITTER, _JITTER, n_dots)


def _wrap(name: str) -> str:
    return name.replace(", ", ",<br>") if len(name) > _NAME_WIDTH else name
