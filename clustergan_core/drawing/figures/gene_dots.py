"""Genes against clusters: a dot plot, and a heat map of differences between clusters."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import colour_bar, cut, swatch
from clustergan_core.drawing.theme import CONTEXT_COLOUR, MARGIN

LARGEST_DOT = 17  # pixels across, for a gene that all cells of a cluster express
MOST_DEVIATIONS = 2.5  # where the heat map's colours end
_ROW_HEIGHT = 27  # pixels
_SHARES = (0.25, 0.5, 1.0)  # in the legend
_MEAN = "mean expression"


def dot_plot_figure(
    mean: NDArray[np.floating],
    fraction: NDArray[np.floating],
    genes: Sequence[str],
    cluster_names: Sequence[str],
    colours: Sequence[str],
) -> go.Figure:
    """Dots coloured by mean expression (K, n), with the fraction of cells that express the gene (K, n) as area."""
    n_clusters, n_genes = mean.shape
    rows, columns = np.divmod(np.arange(mean.size), n_genes)
    names, shown = _plain(cluster_names)[rows], _plain(genes)[columns]
    plot_height = _plot_height(n_clusters)
    figure = go.Figure(
        go.Scatter(
            x=columns,
            y=rows,
            mode="markers",
            marker={
                "size": LARGEST_DOT * np.sqrt(fraction.ravel()),
                "color": mean.ravel(),
                "colorscale": "Viridis",
                "cmin": 0,
                "colorbar": colour_bar(_MEAN, plot_height) | {"x": 1.01},
                "line": {"width": 0.5, "color": CONTEXT_COLOUR},
                "opacity": 1,
            },
            customdata=np.stack([names, shown, 100 * fraction.ravel()], axis=-1),
            hovertemplate="%{customdata[1]} in %{customdata[0]}<br>" + _MEAN + " %{marker.color:.2f}"
            "<br>%{customdata[2]:.0f}% of its cells<extra></extra>",
            showlegend=False,
        )
    )
    for share in _SHARES:
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=f"{share:.0%} of cells",
            marker={"size": LARGEST_DOT * share**0.5, "color": CONTEXT_COLOUR},
        )
    _name_axes(figure, genes, cluster_names, colours, plot_height)
    figure.update_layout(
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "itemsizing": "trace", "itemclick": False}
    )
    figure.update_layout(margin=MARGIN | {"t": 40}, height=figure.layout["height"] + 30)
    return figure


def gene_heat_figure(
    mean: NDArray[np.floating], genes: Sequence[str], cluster_names: Sequence[str], colours: Sequence[str]
) -> go.Figure:
    """Mean expression (K, n), each gene standardised over the clusters: red above its mean, blue below."""
    n_clusters = len(mean)
    plot_height = _plot_height(n_clusters)
    names, shown = np.broadcast_arrays(_plain(cluster_names)[:, None], _plain(genes))
    figure = go.Figure(
        go.Heatmap(
            z=standardise_genes(mean),
            x=np.arange(len(genes)),
            y=np.arange(n_clusters),
            zmin=-MOST_DEVIATIONS,
            zmax=MOST_DEVIATIONS,
            colorscale="RdBu",
            reversescale=True,
            xgap=1,
            ygap=1,
            customdata=np.stack([names, shown, mean], axis=-1),
            hovertemplate="%{customdata[1]} in %{customdata[0]}<br>" + _MEAN + " %{customdata[2]:.2f}"
            "<br>%{z:+.1f} standard deviations of the clusters' means<extra></extra>",
            colorbar=colour_bar("standard deviations", plot_height),
        )
    )
    _name_axes(figure, genes, cluster_names, colours, plot_height)
    return figure


def standardise_genes(mean: NDArray[np.floating]) -> NDArray[np.float64]:
    """Means (K, n) standardised over the clusters; 0 where a gene does not vary."""
    differences = mean - mean.mean(axis=0)
    deviations = mean.std(axis=0)
    return np.divide(differences, deviations, out=np.zeros(mean.shape), where=deviations > 1e-12)


def _plain(names: Sequence[str]) -> NDArray[np.object_]:
    """Escaped names, because Plotly interprets tags."""
    return np.array([escape(name, quote=False) for name in names], dtype=object)


def _plot_height(n_clusters: int) -> int:
    return max(170, _ROW_HEIGHT * n_clusters)  # less would be shorter than the colour bar's title


def _name_axes(
    figure: go.Figure, genes: Sequence[str], cluster_names: Sequence[str], colours: Sequence[str], plot_height: int
) -> None:
    n_clusters, n_genes = len(cluster_names), len(genes)
    ticks = [swatch(colour, cut(name)) for colour, name in zip(colours, cluster_names, strict=True)]
    figure.update_yaxes(
        title_text="cluster", range=[n_clusters - 0.5, -0.5], tickvals=np.arange(n_clusters), ticktext=ticks
    )
    figure.update_xaxes(
        title_text="gene",
        range=[-0.7, n_genes - 0.3],
        tickvals=np.arange(n_genes),
        ticktext=[cut(gene) for gene in genes],
        tickangle=-90,
        tickfont_size=11 if n_genes <= 40 else 9,
    )
    figure.update_yaxes(showgrid=False)
    figure.update_xaxes(showgrid=False)
    names_height = 7 * max((len(cut(gene)) for gene in genes), default=1)
    figure.update_layout(height=plot_height + names_height + 70, margin=MARGIN)
