"""One score of several runs over their training, one colour per group of runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from clustergan_core.drawing.figures.curves import AXIS_TITLES, DASHES, LINE_COLOURS, falls_far, thin
from clustergan_core.drawing.theme import MARGIN

_MAX_MARKED = 30  # evaluations; more are drawn without markers


@dataclass(frozen=True)
class RunCurve:
    """One run's score at its evaluations; None leaves a gap."""

    name: str  # for the hover text
    group: int  # an index into the names of the groups
    positions: Sequence[float]  # steps or seconds
    values: Sequence[float | None]


def line_style(group: int) -> tuple[str, str]:
    """The colour and dash of a group of runs; colours repeat with another dash."""
    return LINE_COLOURS[group % len(LINE_COLOURS)], DASHES[group // len(LINE_COLOURS) % len(DASHES)]


def overlaid_curves_figure(
    curves: Sequence[RunCurve], group_names: Sequence[str], score_title: str, x: str = "step"
) -> go.Figure:
    """Curves over steps or seconds, in one colour per group; the legend names groups.

    The axis is logarithmic where one of them falls far.
    """
    figure = go.Figure()
    series = [np.array([np.nan if v is None else v for v in curve.values], dtype=np.float64) for curve in curves]
    is_marked = all(len(values) <= _MAX_MARKED for values in series)
    named: set[int] = set()
    n_alike = np.bincount([curve.group for curve in curves], minlength=len(group_names))
    for curve, values in zip(curves, series, strict=True):
        colour, dash = line_style(curve.group)
        shown = thin(values)
        figure.add_scatter(
            x=np.asarray(curve.positions, dtype=np.float64)[shown],
            y=values[shown],
            name=group_names[curve.group],
            legendgroup=str(curve.group),
            showlegend=curve.group not in named,
            mode="lines+markers" if is_marked else "lines",
            marker={"size": 4},
            # Runs of one group are close to each other: thin lines keep them apart.
            line={"color": colour, "dash": dash, "width": 2 if n_alike[curve.group] == 1 else 1.2},
            hovertemplate=f"<b>{curve.name}</b><br>{score_title} %{{y:.4g}}<br>{AXIS_TITLES[x]} %{{x:,.0f}}"
            "<extra></extra>",
        )
        named.add(curve.group)
    is_log = any(falls_far(values) for values in series)
    figure.update_xaxes(title_text=AXIS_TITLES[x], rangemode="tozero")
    figure.update_yaxes(title_text=f"{score_title}{' (log scale)' if is_log else ''}", nticks=6)
    figure.update_yaxes(**({"type": "log", "dtick": 1, "tickformat": "~g"} if is_log else {"type": "linear"}))
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "groupclick": "togglegroup"}
    figure.update_layout(hovermode="closest", showlegend=True, legend=legend, height=380, margin=MARGIN | {"t": 40})
    return figure
