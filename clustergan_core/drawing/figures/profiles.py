"""Features of modes and samples: mean profiles, responses along a walk, codes.

The other figures a page shows beside these can be imported from here as well.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from clustergan_core.drawing.figures.axes import colour_bar, cut, swatch
from clustergan_core.drawing.figures.counts import class_balance_figure, contingency_figure
from clustergan_core.drawing.figures.curves import LINE_COLOURS
from clustergan_core.drawing.figures.scatter import embedding3d_figure, embedding3d_values_figure
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN, SERIES_COLOUR

__all__ = [
    "class_balance_figure",
    "code_figure",
    "contingency_figure",
    "embedding3d_figure",
    "embedding3d_values_figure",
    "mode_profile_figure",
    "response_figure",
]

FeatureOrder = Literal["given", "peak"]

MAX_FEATURES = 60  # columns of a heat map with readable names
MAX_CONTEXT_LINES = 200
_MAX_NAMED_MODES = 30
_MAX_LEVEL_NAMES = 16  # with more features than this, names are vertical


def mode_profile_figure(
    means: NDArray[np.floating],
    feature_names: Sequence[str],
    *,
    colours: Sequence[str] = (),
    order: FeatureOrder = "given",
    value_range: tuple[float, float] | None = None,
    value_title: str = "mean value",
    max_features: int = MAX_FEATURES,
) -> go.Figure:
    """The mean of each feature in each mode (K, F) as a heat map; a row of NaN is a mode without samples.

    Beyond `max_features` only the features that vary most between modes are shown, and the title says so. `order`
    "peak" groups the features by the mode in which they are highest.
    """
    n_modes, n_features = means.shape
    shown = rank_by_variance(means, max_features)
    if order == "peak":
        filled = np.nan_to_num(means[:, shown], nan=-np.inf)
        shown = shown[np.lexsort((-filled.max(axis=0), filled.argmax(axis=0)))]
    names = [feature_names[index] for index in map(int, shown)]
    modes, columns = np.arange(n_modes), np.arange(len(names))
    is_named = n_modes <= _MAX_NAMED_MODES
    plot_height = max(110, (24 if is_named else 8) * n_modes)
    low, high = value_range or (None, None)
    figure = go.Figure(
        go.Heatmap(
            z=means[:, shown],
            x=columns,
            y=modes,
            customdata=np.broadcast_to(np.array(names, dtype=object), (n_modes, len(names))),
            colorscale="Viridis",
            zmin=low,
            zmax=high,
            hoverongaps=False,
            xgap=1 if len(names) <= MAX_FEATURES else 0,
            ygap=1 if is_named else 0,
            hovertemplate=f"mode %{{y}}<br>%{{customdata}}<br>{value_title} %{{z:.4g}}<extra></extra>",
            colorbar=colour_bar(value_title, plot_height),
        )
    )
    figure.update_xaxes(title_text="feature", showgrid=False)
    if len(names) <= MAX_FEATURES:
        is_crowded = len(names) > _MAX_LEVEL_NAMES
        figure.update_xaxes(tickvals=columns, ticktext=[cut(name) for name in names])
        figure.update_xaxes(tickangle=-90 if is_crowded else None, tickfont_size=10 if is_crowded else 13)
    figure.update_yaxes(title_text="mode", range=[n_modes - 0.5, -0.5], showgrid=False)
    if is_named:
        swatches = list(colours) or mode_colours(n_modes)
        figure.update_yaxes(tickvals=modes, ticktext=[swatch(colour, str(k)) for k, colour in enumerate(swatches)])
    top = 20
    if len(names) < n_features:
        top = 50
        figure.update_layout(title_text=f"Showing the {len(names)} most variable of {n_features:,} features")
    names_height = 6 * max(len(cut(name)) for name in names) if len(names) > _MAX_LEVEL_NAMES else 30
    figure.update_layout(height=plot_height + top + 60 + names_height, margin=MARGIN | {"t": top})
    return figure


def response_figure(
    mus: NDArray[np.floating],
    responses: NDArray[np.floating],
    feature_names: Sequence[str],
    *,
    ends: tuple[str, str] = ("", ""),
    n_named: int = 6,
    value_title: str = "feature value",
) -> go.Figure:
    """Generated features (M, F) along μ (M,): the `n_named` that change most as named lines, the others in grey behind.

    `ends` names what μ = 0 and μ = 1 stand for.
    """
    n_features = responses.shape[1]
    changes = np.ptp(responses, axis=0)
    by_change = np.argsort(-changes, kind="stable")
    named, context = by_change[:n_named], by_change[n_named : n_named + MAX_CONTEXT_LINES]
    figure = go.Figure()
    if len(context):
        gap = np.full((1, len(context)), np.nan)
        figure.add_scatter(  # one trace for all of them: a gap ends each line
            x=np.tile(np.append(mus, np.nan), len(context)),
            y=np.concatenate([responses[:, context], gap]).T.ravel(),
            mode="lines",
            line={"color": CONTEXT_COLOUR, "width": 1},
            opacity=1 if len(context) <= 50 else 0.6,
            hoverinfo="skip",
        )
    for rank, index in enumerate(map(int, named)):
        name = feature_names[index]
        line = {
            "color": LINE_COLOURS[rank % len(LINE_COLOURS)],
            "width": 2.5,
            "dash": "solid" if rank < len(LINE_COLOURS) else "dash",
        }
        hover = f"{name} %{{y:.3f}}<br>μ = %{{x:.2f}}<extra></extra>"
        figure.add_scatter(x=mus, y=responses[:, index], mode="lines", name=name, line=line, hovertemplate=hover)
    low, high = float(responses.min()), float(responses.max())
    margin = 0.04 * (high - low or 1)
    _name_line_ends(figure, [feature_names[index] for index in map(int, named)], responses[-1, named], low, high)
    start, end = (f" ({name})" if name else "" for name in ends)
    x_title = f"μ, from {mus[0]:g}{start} to {mus[-1]:g}{end}"
    figure.update_xaxes(title_text=x_title, range=[float(mus[0]), float(mus[-1])])
    figure.update_yaxes(title_text=value_title, range=[low - margin, high + margin])
    if n_features > n_named:
        n_grey = f"{len(context):,} of the " if len(context) < n_features - n_named else ""
        others = f"{n_grey}{n_features - n_named:,} other features in grey"
        figure.update_layout(title_text=f"The {len(named)} features that change most; {others}")
    figure.update_layout(
        showlegend=False, height=380, margin=MARGIN | {"t": 50 if n_features > n_named else 20, "r": 170}
    )
    return figure


def code_figure(
    cluster: NDArray[np.floating], colours: Sequence[str] = (), normal: NDArray[np.floating] | None = None
) -> go.Figure:
    """One sample's code: the probability of each mode (K,), and its z_n where `normal` (n,) is given."""
    n_modes = len(cluster)
    best = int(np.argmax(cluster))
    figure = make_subplots(
        cols=1 if normal is None else 2, column_widths=None if normal is None else [0.55, 0.45], horizontal_spacing=0.14
    )
    figure.add_bar(
        x=np.arange(n_modes),
        y=cluster,
        marker_color=list(colours) or mode_colours(n_modes),
        hovertemplate="mode %{x}<br>probability %{y:.3f}<extra></extra>",
        row=1,
        col=1,
    )
    dtick = 1 if n_modes <= 20 else None
    figure.update_xaxes(title_text="mode", showgrid=False, range=[-0.6, n_modes - 0.4], dtick=dtick, row=1, col=1)
    figure.update_yaxes(title_text="probability", range=[0, 1.02], row=1, col=1)
    if normal is not None:
        figure.add_bar(
            x=np.arange(len(normal)),
            y=normal,
            marker_color=SERIES_COLOUR,
            hovertemplate="z_n, dimension %{x}<br>%{y:.3f}<extra></extra>",
            row=1,
            col=2,
        )
        figure.update_xaxes(title_text="dimension of z_n", showgrid=False, row=1, col=2)
        figure.update_yaxes(title_text="value", row=1, col=2)
    figure.update_layout(title_text=f"Mode {best}, confidence {float(cluster[best]):.2f} (not calibrated)")
    figure.update_layout(showlegend=False, height=280, margin=MARGIN | {"t": 50}, bargap=0.2)
    return figure


def rank_by_variance(values: NDArray[np.floating], n_features: int) -> NDArray[np.int64]:
    """Indices, ascending, of the `n_features` columns of `values` (K, F) with the largest variance over the rows."""
    complete = values[~np.isnan(values).any(axis=1)]
    variances = complete.var(axis=0) if len(complete) else np.zeros(values.shape[1])
    return np.sort(np.argsort(-variances, kind="stable")[:n_features])


def _name_line_ends(
    figure: go.Figure, names: Sequence[str], ends: NDArray[np.floating], low: float, high: float
) -> None:
    """Writes each line's name to the right of its end, with a dash in its colour, apart where ends are close."""
    heights = spread(ends, gap=(high - low) * 0.065, low=low, high=high)
    for rank, (name, height) in enumerate(zip(names, heights, strict=True)):
        colour = LINE_COLOURS[rank % len(LINE_COLOURS)]
        text = f'<span style="color:{colour}">━</span> {cut(name)}'
        figure.add_annotation(x=1.01, xref="paper", xanchor="left", y=height, text=text, showarrow=False)


def spread(positions: NDArray[np.floating], gap: float, low: float, high: float) -> NDArray[np.float64]:
    """The positions moved apart, from `high` downwards, until neighbours are `gap` apart; their order stays."""
    order = np.argsort(-positions, kind="stable")
    placed = np.empty(len(positions))
    ceiling = high
    for n_below, index in zip(range(len(order) - 1, -1, -1), order, strict=True):
        floor = low + n_below * gap  # leaves room for those still to come
        placed[index] = min(ceiling, max(floor, float(positions[index])))
        ceiling = placed[index] - gap
    return placed
