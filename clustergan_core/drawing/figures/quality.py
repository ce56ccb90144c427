"""Quality control metrics as histograms: cells that stay, cells that a threshold removes, and the threshold."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN, SERIES_COLOUR

REMOVED_COLOUR = "#e76300"  # from the palette, distinct from the blue of kept cells for colour-blind readers too
N_BINS = 50
HEIGHT = 210  # pixels
N_TICKS = 5
_STEPS = (1, 2, 5)  # ticks in each decade of a logarithmic axis


def figure_histogram(
    values: NDArray[np.floating],
    is_kept: NDArray[np.bool_],
    lower: float | NDArray[np.floating] | None,
    upper: float | NDArray[np.floating] | None,
    title: str,
    is_log: bool = False,
) -> go.Figure:
    """A histogram of one metric of cells (N,): kept, removed by the metric's bounds, and removed by another rule.

    `lower` is the lowest value that stays, `upper` the first that does not; None where there is no such bound, and
    (N,) where cells have bounds of their own, which are not drawn. On a logarithmic axis, values below 1 are drawn at
    1.
    """
    values = np.asarray(values, dtype=np.float64)
    is_outside = np.zeros_like(is_kept)
    if lower is not None:
        is_outside |= values < lower
    if upper is not None:
        is_outside |= values >= upper
    edges = _edges(values, is_log)
    parts = (
        ("kept", is_kept, SERIES_COLOUR),
        ("removed by this", ~is_kept & is_outside, REMOVED_COLOUR),
        ("removed by another rule", ~is_kept & ~is_outside, CONTEXT_COLOUR),
    )
    figure = go.Figure()
    for name, mask, colour in parts:
        counts = np.histogram(_to_axis(values[mask], is_log), bins=edges)[0]
        figure.add_trace(
            go.Bar(
                x=(edges[:-1] + edges[1:]) / 2,
                y=counts,
                width=np.diff(edges),
                marker={"color": colour, "line": {"width": 0}},
                name=name,
                customdata=_ranges(edges, is_log),
                hovertemplate="%{customdata}: %{y:,} cells<extra>" + name + "</extra>",
            )
        )
    for bound in (lower, upper):
        if (
            isinstance(bound, int | float)
            and edges[0] <= (position := float(_to_axis(np.array([bound]), is_log)[0])) <= edges[-1]
        ):
            figure.add_vline(x=position, line={"color": REMOVED_COLOUR, "width": 1.5, "dash": "dash"})
    if is_log:
        ticks = _log_ticks(float(edges[0]), float(edges[-1]))
        figure.update_xaxes(tickvals=np.log10(ticks), ticktext=[f"{tick:,}" for tick in ticks], tickangle=0)
    figure.update_xaxes(title_text=title, showgrid=False, range=[edges[0], edges[-1]])
    figure.update_yaxes(title_text="cells", rangemode="tozero", nticks=4)
    figure.update_layout(barmode="stack", bargap=0, showlegend=False, height=HEIGHT, margin=MARGIN)
    return figure


def doublet_histogram(
    scores: NDArray[np.floating], simulated: NDArray[np.floating], threshold: float | None
) -> go.Figure:
    """Doublet scores (N,) of a sample's cells over those of simulated doublets (M,), scaled to as many."""
    edges = np.linspace(0, max(float(np.max(scores, initial=0)), float(np.max(simulated, initial=0)), 0.1), N_BINS + 1)
    figure = go.Figure()
    for name, values, colour in (
        ("simulated doublets", simulated, CONTEXT_COLOUR),
        ("cells", scores, SERIES_COLOUR),
    ):
        counts = np.histogram(values, bins=edges)[0] * (len(scores) / max(len(values), 1))
        figure.add_trace(
            go.Bar(
                x=(edges[:-1] + edges[1:]) / 2,
                y=counts,
                width=np.diff(edges),
                marker={"color": colour, "line": {"width": 0}},
                opacity=0.75,
                name=name,
                customdata=_ranges(edges, is_log=False),
                hovertemplate="%{customdata}: %{y:,.0f}<extra>" + name + "</extra>",
            )
        )
    if threshold is not None:
        figure.add_vline(x=threshold, line={"color": REMOVED_COLOUR, "width": 1.5, "dash": "dash"})
    figure.update_xaxes(title_text="doublet score", showgrid=False, range=[0, edges[-1]])
    figure.update_yaxes(title_text="cells", rangemode="tozero", nticks=4)
    figure.update_layout(barmode="overlay", bargap=0, showlegend=False, height=HEIGHT, margin=MARGIN)
    return figure


def _to_axis(values: NDArray[np.float64], is_log: bool) -> NDArray[np.float64]:
    return np.log10(np.maximum(values, 1)) if is_log else values


def _edges(values: NDArray[np.float64], is_log: bool) -> NDArray[np.float64]:
    """The edges of N_BINS bins from the smallest to the largest value, with a small width where these are equal."""
    placed = _to_axis(values, is_log)
    low, high = float(placed.min(initial=np.inf)), float(placed.max(initial=-np.inf))
    if not np.isfinite(low):
        low, high = 0.0, 1.0
    low = low if is_log else min(low, 0.0)
    return np.linspace(low, high if high > low else low + 0.1, N_BINS + 1)


def _ranges(edges: NDArray[np.float64], is_log: bool) -> list[str]:
    ends = 10**edges if is_log else edges
    return [f"{_write(low)} – {_write(high)}" for low, high in pairwise(ends)]


def _write(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _log_ticks(low: float, high: float) -> Sequence[int]:
    """Round numbers for a logarithmic axis, as many per decade as fit."""
    decades = range(int(np.floor(low)), int(np.ceil(high)) + 1)
    for steps in (_STEPS, _STEPS[::2], _STEPS[:1]):
        ticks = [step * 10**decade for decade in decades for step in steps if decade >= 0]
        ticks = [tick for tick in ticks if low <= np.log10(tick) <= high]
        if len(ticks) <= N_TICKS:
            break
    return ticks
