"""Genes between two conditions: a volcano of all of them, and one gene in every sample."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import cut
from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN, SERIES_COLOUR

LEAST_P = 1e-300  # below, a p-value is no number any more
_N_NAMED = 12  # genes
_MOST_TRIED = 100  # genes, until so many are named
_LABEL_WIDTH, _LABEL_HEIGHT = 0.2, 0.055  # of the plot, which a name takes
_JITTER = 0.12  # of the distance of two conditions, so that equal values do not hide each other


def volcano_figure(
    changes: NDArray[np.floating],
    p: NDArray[np.floating],
    is_called: NDArray[np.bool_],
    genes: Sequence[str],
    conditions: tuple[str, str],
) -> go.Figure:
    """log2 fold changes (G,) against p-values (G,), best first; genes that are called have a colour.

    `conditions` are the reference and the other. Genes without a p-value are not drawn.
    """
    tested = np.isfinite(p)
    heights = -np.log10(np.maximum(p, LEAST_P))
    names = np.array([escape(gene, quote=False) for gene in genes], dtype=object)
    figure = go.Figure()
    for name, colour, chosen in (
        ("others", CONTEXT_COLOUR, tested & ~is_called),
        ("adjusted p of at most 0.05", SERIES_COLOUR, tested & is_called),
    ):
        figure.add_scattergl(
            x=changes[chosen],
            y=heights[chosen],
            mode="markers",
            name=name,
            marker={"color": colour, "size": 6},
            customdata=np.stack([names[chosen], p[chosen]], axis=-1),
            hovertemplate="%{customdata[0]}<br>log₂ fold change %{x:.2f}<br>p %{customdata[1]:.1e}<extra></extra>",
        )
    for gene in _choose_named(changes, heights, tested & is_called):
        figure.add_annotation(x=changes[gene], y=heights[gene], text=cut(genes[gene]), showarrow=False, yshift=11)
    figure.update_layout(
        height=420,
        margin=MARGIN | {"t": 40},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
    )
    reference, other = (cut(condition) for condition in conditions)
    figure.update_xaxes(title_text=f"log₂ fold change: higher in {reference} ← → in {other}")
    figure.update_yaxes(title_text="−log₁₀ p", rangemode="tozero")
    return figure


def _choose_named(
    changes: NDArray[np.floating], heights: NDArray[np.floating], is_called: NDArray[np.bool_]
) -> list[int]:
    """The best called genes whose names do not lie over each other."""
    shown = np.isfinite(heights)
    width = max(float(np.ptp(changes[shown])), 1e-9) if shown.any() else 1.0
    height = max(float(heights[shown].max()), 1e-9) if shown.any() else 1.0
    named: list[int] = []
    for gene in np.flatnonzero(is_called)[:_MOST_TRIED].tolist():
        is_clear = all(
            abs(changes[gene] - changes[other]) > _LABEL_WIDTH * width
            or abs(heights[gene] - heights[other]) > _LABEL_HEIGHT * height
            for other in named
        )
        if is_clear and len(named) < _N_NAMED:
            named.append(gene)
    return named


def replicates_figure(
    values: NDArray[np.floating],
    is_other: NDArray[np.bool_],
    samples: Sequence[str],
    donors: Sequence[str],
    n_cells: NDArray[np.integer],
    gene: str,
    conditions: tuple[str, str],
) -> go.Figure:
    """One gene in every sample, counts per 10,000 (S,): a dot a sample, a line a donor, a bar for a mean of several."""
    figure = go.Figure()
    places = np.zeros(len(values))
    for side, chosen in enumerate((~is_other, is_other)):
        rows = np.flatnonzero(chosen)
        places[rows] = side + (np.linspace(-_JITTER, _JITTER, len(rows)) if len(rows) > 1 else 0)
    for donor in sorted({donor for donor in donors if donor}):
        own = [row for row in range(len(donors)) if donors[row] == donor]
        figure.add_scatter(
            x=places[own], y=values[own], mode="lines", line={"color": CONTEXT_COLOUR, "width": 1.5}, hoverinfo="skip"
        )
    for side, chosen in enumerate((~is_other, is_other)):
        if chosen.sum() < 2:
            continue
        mean = float(values[chosen].mean())
        figure.add_scatter(
            x=[side - 0.22, side + 0.22],
            y=[mean, mean],
            mode="lines",
            line={"color": SERIES_COLOUR, "width": 3},
            hovertemplate=f"mean {mean:.3g}<extra></extra>",
        )
    told = [escape(f"{name}, {donor}" if donor else name, quote=False) for name, donor in zip(samples, donors)]
    figure.add_scatter(
        x=places,
        y=values,
        mode="markers",
        cliponaxis=False,  # a dot at zero would be half a dot
        marker={"color": SERIES_COLOUR, "size": 11, "opacity": 0.85},
        customdata=np.stack([told, n_cells], axis=-1),
        hovertemplate="%{customdata[0]}<br>%{y:.3g} counts per 10,000<br>%{customdata[1]} cells<extra></extra>",
    )
    figure.update_layout(showlegend=False, height=420, margin=MARGIN | {"t": 40})
    figure.update_xaxes(
        tickvals=[0, 1], ticktext=[cut(condition) for condition in conditions], range=[-0.5, 1.5], showgrid=False
    )
    figure.update_yaxes(title_text=f"{cut(gene)}, counts per 10,000", rangemode="tozero")
    return figure
