"""Two clusterings of the same samples: which modes of one correspond to which of the other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import MAX_TICKS, cut, swatch
from clustergan_core.drawing.figures.count_heat_map import count_heat_map
from clustergan_core.drawing.figures.counts import matched_order
from clustergan_core.drawing.palette import UNLABELLED_COLOUR, mode_colours, rgb
from clustergan_core.drawing.theme import MARGIN

MAX_FLOWS = 150  # the eye cannot follow more bands
_FLOW_OPACITY = 0.45
_GAP, _MAX_GAPS = 8, 0.25  # pixels between two modes of the side with more, and the most gaps as a share of the height


def clusterings_figure(counts: NDArray[np.integer], left: str, right: str) -> go.Figure:
    """Samples in each pair of modes (K left, K right) as a heat map of counts, coloured by the share of the left mode.

    The right modes are in `matched_order`, so that one-to-one matches are on the diagonal.
    """
    n_left, n_right = counts.shape
    order = matched_order(counts)
    pair = "left mode %{customdata[0]}, right mode %{customdata[1]}"
    rows, columns = np.arange(n_left)[:, None], order[None, :]
    figure, plot_height = count_heat_map(counts[:, order], rows, columns, pair, "the left mode", least_row=12)
    figure.update_xaxes(title_text=f"mode of the right run ({cut(right)}), matched one to one", showgrid=False)
    figure.update_yaxes(title_text=f"mode of the left run<br>({cut(left)})", range=[n_left - 0.5, -0.5], showgrid=False)
    figure.update_xaxes(**_ticks(order), tickangle=0 if n_right <= 20 else -90)
    figure.update_yaxes(**_ticks(np.arange(n_left)))
    figure.update_layout(height=plot_height + 90, margin=MARGIN)
    return figure


def flows_figure(counts: NDArray[np.integer], left: str, right: str) -> go.Figure:
    """Samples in each pair of modes as bands from left to right modes, in the colour of the left mode (Sankey).

    Modes without samples are left out. Beyond `MAX_FLOWS` bands, the thinnest of each left mode go to "other".
    """
    n_left, n_right = counts.shape
    flows, other = _largest_flows(counts)
    lefts = np.flatnonzero(counts.sum(axis=1))
    order = matched_order(counts)
    rights = order[flows[:, order].sum(axis=0) > 0]
    sizes = [counts.sum(axis=1)[lefts], flows.sum(axis=0)[rights]]
    names, colours = [str(mode) for mode in (*lefts, *rights)], mode_colours(max(n_left, n_right))
    node_colours = [colours[mode] for mode in (*lefts, *rights)]
    if other.any():
        sizes[1] = np.append(sizes[1], other.sum())
        names.append("other")
        node_colours.append(UNLABELLED_COLOUR)
    node_of = {int(mode): len(lefts) + index for index, mode in enumerate(rights)}
    bands = [
        (index, node_of[int(mode)], int(flows[left_mode, mode]))
        for index, left_mode in enumerate(lefts)
        for mode in rights[flows[left_mode, rights] > 0]
    ]
    bands += [(index, len(names) - 1, int(other[mode])) for index, mode in enumerate(lefts) if other[mode]]
    sources, targets, values = zip(*bands, strict=True)
    n_most = max(len(lefts), len(names) - len(lefts))
    plot_height = max(300, 26 * n_most)
    gap = min(_GAP, _MAX_GAPS * plot_height / n_most)
    figure = go.Figure(
        go.Sankey(
            arrangement="fixed",
            node={
                "label": names,
                "color": node_colours,
                "x": [0.001] * len(lefts) + [0.999] * (len(names) - len(lefts)),
                "y": np.concatenate(_centres(sizes, gap / plot_height)),
                "pad": gap,
                "thickness": 14,
                "line": {"width": 0},
                "hovertemplate": "mode %{label}<br>%{value:,} samples<extra></extra>",
            },
            link={
                "source": sources,
                "target": targets,
                "value": values,
                "color": [_faint(node_colours[source]) for source in sources],
                "hovertemplate": "left mode %{source.label}, right mode %{target.label}<br>%{value:,} samples"
                "<extra></extra>",
            },
        )
    )
    for x, side, name in ((0, "left", left), (1, "right", right)):
        text = f"<b>modes of the {side} run ({cut(name)})</b>"
        figure.add_annotation(x=x, y=1, xanchor=side, yanchor="bottom", yshift=6, text=text, showarrow=False)
    margin = {"t": 40, "r": 10, "b": 20, "l": 10}
    figure.update_layout(height=plot_height + margin["t"] + margin["b"], margin=margin)
    return figure


def _largest_flows(counts: NDArray[np.integer]) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """The `MAX_FLOWS` largest counts with zeros elsewhere, and the rest of each left mode (K left,)."""
    if np.count_nonzero(counts) <= MAX_FLOWS:
        return counts, np.zeros(len(counts), dtype=counts.dtype)
    least = np.sort(counts, axis=None)[-MAX_FLOWS]
    flows = np.where(counts > least, counts, 0)
    return flows, (counts - flows).sum(axis=1)


def _centres(sizes: Sequence[NDArray[np.integer]], gap: float) -> list[NDArray[np.float64]]:
    """The centre of each mode on its side, from 0 (top) to 1; both sides fill the height.

    `gap` belongs to the side with more modes, as a share of the height. Plotly scales all modes by that side, too.
    """
    scale = (1 - gap * (max(map(len, sizes)) - 1)) / int(sizes[0].sum())
    centres = []
    for side in sizes:
        heights = scale * side
        own_gap = (1 - heights.sum()) / max(1, len(side) - 1)
        centres.append(np.cumsum(heights) - heights / 2 + own_gap * np.arange(len(side)))
    return centres


def _faint(colour: str) -> str:
    red, green, blue = rgb(colour)
    return f"rgba({red},{green},{blue},{_FLOW_OPACITY})"


def _ticks(modes: NDArray[np.integer]) -> dict[str, Any]:
    if len(modes) > MAX_TICKS:
        return {"showticklabels": False}
    colours = mode_colours(int(modes.max()) + 1)
    return {"tickvals": np.arange(len(modes)), "ticktext": [swatch(colours[mode], str(mode)) for mode in modes]}
