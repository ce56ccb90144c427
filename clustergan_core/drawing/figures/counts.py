"""Counts of samples: labels against modes, samples of each label, and agreement between runs."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import MAX_TICKS, cut, swatch
from clustergan_core.drawing.figures.count_heat_map import count_heat_map
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.drawing.theme import MARGIN, SERIES_COLOUR

MOST_FLAT = 10  # marks below half a page; more of them touch unless they are turned


def contingency_figure(
    counts: NDArray[np.integer],
    label_names: Sequence[str],
    colours: Sequence[str] = (),
    cluster_names: Sequence[str] = (),
) -> go.Figure:
    """Samples of each label in each mode (L, K) as a heat map of counts, coloured by the share of the label's samples.

    Modes are in `matched_order`, so that one-to-one matches are on the diagonal. With `cluster_names` (K,) the figure
    uses these names and says "cluster" instead of "mode".
    """
    n_labels, n_modes = counts.shape
    word = "cluster" if cluster_names else "mode"
    mode_names = list(cluster_names) or [str(mode) for mode in range(n_modes)]
    order = matched_order(counts)
    names = np.array([escape(name, quote=False) for name in label_names], dtype=object)[:, None]
    columns = np.array([escape(name, quote=False) for name in mode_names], dtype=object)[order][None, :]
    pair = f"label %{{customdata[0]}}, {word} %{{customdata[1]}}"
    figure, plot_height = count_heat_map(counts[:, order], names, columns, pair, "the label", least_row=8)
    is_flat = n_modes <= MOST_FLAT and not cluster_names
    mode_swatches = list(colours) or mode_colours(n_modes)
    if n_modes <= MAX_TICKS:
        ticks = [swatch(mode_swatches[mode], cut(mode_names[mode])) for mode in order]
        figure.update_xaxes(tickvals=np.arange(n_modes), ticktext=ticks, tickangle=0 if is_flat else -90)
    else:
        figure.update_xaxes(showticklabels=False)
    step = -(-n_labels // MAX_TICKS)
    figure.update_yaxes(tickvals=np.arange(0, n_labels, step), ticktext=[cut(name) for name in label_names[::step]])
    figure.update_xaxes(title_text=f"{word}, matched one to one with the labels", showgrid=False)
    figure.update_yaxes(title_text="label", range=[n_labels - 0.5, -0.5], showgrid=False)
    names_height = 0 if is_flat or n_modes > MAX_TICKS else 7 * max(len(cut(name)) for name in mode_names)
    figure.update_layout(height=plot_height + names_height + 90, margin=MARGIN)
    return figure


def matched_order(counts: NDArray[np.integer]) -> NDArray[np.int64]:
    """Modes in the order of the labels they are matched with one to one (Hungarian method).

    Unmatched modes follow, ordered by their most frequent label.
    """
    from scipy.optimize import linear_sum_assignment

    labels, modes = linear_sum_assignment(counts, maximize=True)
    matched = modes[np.argsort(labels)]
    rest = np.setdiff1d(np.arange(counts.shape[1]), matched)
    return np.concatenate([matched, rest[np.argsort(counts[:, rest].argmax(axis=0), kind="stable")]]).astype(np.int64)


def class_balance_figure(
    counts: NDArray[np.integer], label_names: Sequence[str], colours: Sequence[str] = ()
) -> go.Figure:
    """Samples of each label (L,) as bars with their counts."""
    n_labels = len(counts)
    shares = counts / max(1, int(np.sum(counts)))
    figure = go.Figure(
        go.Bar(
            x=counts,
            y=np.arange(n_labels),
            orientation="h",
            marker_color=list(colours) or SERIES_COLOUR,
            text=[f"{count:,}" for count in counts.tolist()] if n_labels <= MAX_TICKS else None,
            textposition="outside",
            cliponaxis=False,
            customdata=np.stack([np.array(label_names, dtype=object), shares], axis=-1),
            hovertemplate="%{customdata[0]}<br>%{x:,} samples, %{customdata[1]:.1%}<extra></extra>",
        )
    )
    step = -(-n_labels // MAX_TICKS)
    figure.update_yaxes(tickvals=np.arange(0, n_labels, step), ticktext=[cut(name) for name in label_names[::step]])
    figure.update_xaxes(title_text="samples", range=[0, 1.12 * max(1, int(np.max(counts, initial=0)))])
    figure.update_yaxes(title_text="label", range=[n_labels - 0.5, -0.5], showgrid=False)
    height = 80 + n_labels * (26 if n_labels <= MAX_TICKS else 10)
    figure.update_layout(showlegend=False, height=height, margin=MARGIN | {"r": 50}, bargap=0.25)
    return figure


def agreeing_runs_figure(counts: NDArray[np.integer]) -> go.Figure:
    """On how many samples 1 … R runs agree: counts (R,), the first for a single run, the last for all."""
    n_runs = len(counts)
    shares = counts / max(1, int(np.sum(counts)))
    figure = go.Figure(
        go.Bar(
            x=np.arange(1, n_runs + 1),
            y=counts,
            marker_color=SERIES_COLOUR,
            text=[f"{count:,}" for count in counts.tolist()],
            textposition="outside",
            cliponaxis=False,
            customdata=shares,
            hovertemplate="%{x} of " + str(n_runs) + " runs agree<br>%{y:,} samples, %{customdata:.1%}<extra></extra>",
        )
    )
    figure.update_xaxes(title_text="runs that agree on the cluster", dtick=1, showgrid=False)
    figure.update_yaxes(title_text="samples", range=[0, 1.15 * max(1, int(np.max(counts, initial=0)))])
    figure.update_layout(showlegend=False, height=250, margin=MARGIN, bargap=0.35)
    return figure
