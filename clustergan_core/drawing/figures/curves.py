"""Training curves: losses, scores, and the usage of each mode."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from clustergan_core.drawing.palette import PETROFF_10, contrast_ratio, mode_colours
from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN, SERIES_COLOUR, THEMES

MAX_POINTS = 5_000  # of a curve; a screen is narrower
# Thin lines need contrast on both pages, which not every mode colour has.
LINE_COLOURS = tuple(
    colour for colour in PETROFF_10 if min(contrast_ratio(colour, theme.page) for theme in THEMES.values()) >= 2.7
)
AXIS_TITLES = {"step": "training step", "seconds": "training time (s)"}
DASHES = ("solid", "dash", "dot", "dashdot")
_PANEL_HEIGHT = 190
_LOG_RATIO = 50  # a positive loss that falls by more than this gets a logarithmic axis


def loss_figure(
    rows: Sequence[Mapping[str, float]], x: str = "step", n_columns: int = 3, mark: float | None = None
) -> go.Figure:
    """One small panel for each loss in `rows` ({"step": …, "seconds": …, loss name: value, …}), over a common axis `x`.

    Losses differ by orders of magnitude, so each has its own y axis, logarithmic where the loss is positive and falls
    far. Values may be missing. Longer curves are thinned to `MAX_POINTS`, keeping every peak. A dotted line stands at
    `mark` of the axis.
    """
    sparse = (*rows[:: max(1, len(rows) // 1000)], *rows[-1:])  # a phase of training may have its own loss
    names = [name for name in dict.fromkeys(name for row in sparse for name in row) if name not in AXIS_TITLES]
    columns = {name: np.array([row.get(name, np.nan) for row in rows], dtype=np.float64) for name in (x, *names)}
    n_columns = max(1, min(n_columns, len(names)))
    n_rows = max(1, -(-len(names) // n_columns))
    log_names = {name for name in names if falls_far(columns[name])}
    figure = make_subplots(
        rows=n_rows,
        cols=n_columns,
        subplot_titles=[f"<b>{readable(name)}</b>{' (log scale)' if name in log_names else ''}" for name in names],
        horizontal_spacing=0.21 / n_columns,
        vertical_spacing=0.22 / n_rows,
    )
    for index, name in enumerate(names):
        row, column = index // n_columns + 1, index % n_columns + 1
        shown = thin(columns[name])
        figure.add_scatter(
            x=columns[x][shown],
            y=columns[name][shown],
            mode="lines",
            line={"color": SERIES_COLOUR, "width": 1.5},
            hovertemplate=f"{readable(name)} %{{y:.4g}}<br>{AXIS_TITLES[x]} %{{x:,.0f}}<extra></extra>",
            row=row,
            col=column,
        )
        is_lowest = index + n_columns >= len(names)
        x_title = AXIS_TITLES[x] if is_lowest else None
        figure.update_xaxes(matches="x", showticklabels=is_lowest, title_text=x_title, nticks=5, row=row, col=column)
        y_type = "log" if name in log_names else "linear"
        figure.update_yaxes(type=y_type, title_text="loss" if column == 1 else None, nticks=5, row=row, col=column)
        if name in log_names:
            figure.update_yaxes(dtick=1, tickformat="~g", row=row, col=column)
    for title, axis in zip(figure.select_annotations(), figure.select_xaxes(), strict=False):
        title.update(x=axis.domain[0], xanchor="left", font_size=14)
    if mark is not None and names:
        figure.add_vline(x=mark, line={"color": CONTEXT_COLOUR, "width": 1.5, "dash": "dot"}, layer="below")
    figure.update_layout(showlegend=False, height=_PANEL_HEIGHT * n_rows + 70, margin=MARGIN | {"t": 30})
    return figure


def score_figure(
    steps: Sequence[float], scores: Mapping[str, Sequence[float | None]], x: str = "step", best: float | None = None
) -> go.Figure:
    """Scores by name over `steps` on a scale that holds 0, 1 and every score; None leaves a gap.

    Lines differ in dash as well as colour. `best` marks the step of the best weights.
    """
    figure = go.Figure()
    lowest, highest = 0.0, 1.0
    positions = np.asarray(steps, dtype=np.float64)
    styles = zip(cycle(LINE_COLOURS), cycle(DASHES), strict=False)
    for (name, values), (colour, dash) in zip(scores.items(), styles, strict=False):
        series = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        lowest = min(lowest, float(np.nanmin(series, initial=0)))
        highest = max(highest, float(np.nanmax(series, initial=1)))
        shown = thin(series)
        figure.add_scatter(
            x=positions[shown],
            y=series[shown],
            name=name,
            mode="lines+markers" if len(series) <= 30 else "lines",
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate="%{y:.3f}",
        )
    if best is not None:
        figure.add_vline(x=best, line={"color": CONTEXT_COLOUR, "width": 2}, annotation_text="best")
    figure.update_xaxes(title_text=AXIS_TITLES[x], hoverformat=",.0f")
    title = "score (0 to 1)" if highest <= 1 else "score"
    figure.update_yaxes(title_text=title, range=[lowest * 1.05, highest * 1.02])
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}
    figure.update_layout(hovermode="x unified", showlegend=True, legend=legend, height=340, margin=MARGIN | {"t": 40})
    return figure


def masses_figure(
    steps: Sequence[float], masses: NDArray[np.floating], colours: Sequence[str], shares: Mapping[str, float]
) -> go.Figure:
    """The masses (T, K) that the modes have over T `steps`, and the true `shares` by label as dotted lines."""
    figure = go.Figure()
    for mode, colour in enumerate(colours):
        figure.add_scatter(
            x=np.asarray(steps, dtype=np.float64),
            y=masses[:, mode],
            name=f"mode {mode}",
            mode="lines",
            line={"color": colour, "width": 2},
            hovertemplate=f"mode {mode}: %{{y:.3f}} at step %{{x:,.0f}}<extra></extra>",
        )
    for name, share in shares.items():
        figure.add_hline(
            y=share, line={"color": CONTEXT_COLOUR, "width": 1, "dash": "dot"}, annotation_text=name, layer="below"
        )
    figure.update_xaxes(title_text=AXIS_TITLES["step"])
    figure.update_yaxes(title_text="mass", rangemode="tozero")
    figure.update_layout(showlegend=True, height=340, margin=MARGIN | {"t": 20})
    return figure


def distance_figure(steps: Sequence[float], distances: Sequence[float | None], reference: float | None) -> go.Figure:
    """A distance to the data over `steps` (lower is better), with the distance between two real samples as reference.

    The axis is logarithmic where the distance falls far. None leaves a gap.
    """
    series = np.array([np.nan if value is None else value for value in distances], dtype=np.float64)
    figure = go.Figure(
        go.Scatter(
            x=np.asarray(steps, dtype=np.float64),
            y=series,
            mode="lines+markers" if len(series) <= 30 else "lines",
            line={"color": SERIES_COLOUR, "width": 2},
            hovertemplate="%{y:.4g} at step %{x:,.0f}<extra></extra>",
        )
    )
    is_log = falls_far(series)
    if reference is not None:
        figure.add_hline(
            y=reference,
            line={"color": CONTEXT_COLOUR, "dash": "dash", "width": 2},
            annotation={"text": "real against real", "xanchor": "right", "x": 1, "yanchor": "bottom"},
        )
    figure.update_xaxes(title_text=AXIS_TITLES["step"], hoverformat=",.0f")
    title = f"Fréchet distance{' (log scale)' if is_log else ''}"
    figure.update_yaxes(title_text=title, type="log" if is_log else "linear", nticks=5)
    if not is_log:
        figure.update_yaxes(rangemode="tozero")
    figure.update_layout(showlegend=False, height=300, margin=MARGIN | {"t": 20})
    return figure


def usage_figure(usage: NDArray[np.floating], colours: Sequence[str] = (), names: Sequence[str] = ()) -> go.Figure:
    """The share of samples in each mode (K,), with the even share 1 / K; modes without samples are marked "empty"."""
    n_modes = len(usage)
    modes = np.arange(n_modes)
    even = 100 / n_modes
    texts = ["empty" if share == 0 else f"{share:.1%}" if n_modes <= 12 else "" for share in usage.tolist()]
    figure = go.Figure(
        go.Bar(
            x=modes,
            y=100 * np.asarray(usage),
            marker_color=list(colours) or mode_colours(n_modes),
            text=texts if n_modes <= 40 else None,
            textposition="outside",
            textangle=0 if n_modes <= 12 else -90,
            textfont_size=12,
            constraintext="none",
            cliponaxis=False,
            customdata=list(names) or [f"mode {mode}" for mode in modes],
            hovertemplate="%{customdata}<br>%{y:.2f}% of samples<extra></extra>",
        )
    )
    figure.add_hline(
        y=even,
        line={"color": CONTEXT_COLOUR, "dash": "dash", "width": 2},
        annotation={
            "text": f"even share<br>{even:.3g}%",
            "x": 1.01,
            "xanchor": "left",
            "yanchor": "middle",
            "align": "left",
        },
    )
    figure.update_xaxes(
        title_text="mode", showgrid=False, range=[-0.6, n_modes - 0.4], dtick=1 if n_modes <= 30 else None
    )
    highest = max(even, float(100 * np.max(usage, initial=0)))
    figure.update_yaxes(title_text="share of samples (%)", range=[0, 1.15 * highest])
    figure.update_layout(showlegend=False, height=300, margin=MARGIN | {"r": 90}, bargap=0.25)
    return figure


def thin(values: NDArray[np.floating], limit: int = MAX_POINTS) -> NDArray[np.int64]:
    """Indices, ascending, of at most `limit` values: the lowest and highest of each stretch, and both ends.

    Missing values (NaN) are chosen only where a stretch has no others.
    """
    if len(values) <= limit:
        return np.arange(len(values))
    n_buckets = (limit - 2) // 2
    size = -(-len(values) // n_buckets)
    padded = np.pad(np.asarray(values, dtype=np.float64), (0, size * n_buckets - len(values)), constant_values=np.nan)
    buckets = padded.reshape(n_buckets, size)
    lowest = np.where(np.isnan(buckets), np.inf, buckets).argmin(axis=1)
    highest = np.where(np.isnan(buckets), -np.inf, buckets).argmax(axis=1)
    starts = np.arange(n_buckets) * size
    chosen = np.unique(np.concatenate([starts + lowest, starts + highest, [0, len(values) - 1]]))
    return chosen[chosen < len(values)]


def readable(name: str) -> str:
    """A loss's name as words: "normal_recovery" becomes "normal recovery"."""
    return name.replace("_", " ")


def falls_far(values: NDArray[np.float64]) -> bool:
    """Whether positive values (N,) end so far below the first that only a logarithmic axis shows their course."""
    finite = values[np.isfinite(values)]
    if not len(finite) or finite.min() <= 0:
        return False
    return bool(finite[0] > _LOG_RATIO * np.median(finite[-max(1, len(finite) // 10) :]))
