"""Dot plot and heat map of genes: each dot and cell says its own figures, and differences diverge around zero."""

from typing import Any, cast

import numpy as np
import plotly.graph_objects as go
import pytest

from clustergan_core.drawing.figures.gene_dots import LARGEST_DOT, dot_plot_figure, gene_heat_figure, standardise_genes

MEAN = np.array([[0.0, 2.0, 1.0], [4.0, 1.0, 1.0]])
FRACTION = np.array([[0.0, 0.25, 1.0], [1.0, 0.5, 1.0]])
GENES, CLUSTERS, COLOURS = ["CD3D", "LYZ", "ACTB"], ["T cells", "Mode 2"], ["#3f90da", "#bd1f01"]


def traces(figure: go.Figure) -> list[Any]:
    return list(cast(Any, figure).data)


def test_a_dots_area_is_the_share_of_cells_and_its_colour_the_mean() -> None:
    dots, *legend = traces(dot_plot_figure(MEAN, FRACTION, GENES, CLUSTERS, COLOURS))
    places = {(x, y): place for place, (x, y) in enumerate(zip(dots.x.tolist(), dots.y.tolist(), strict=True))}
    assert len(places) == 6
    for cluster, gene in np.ndindex(2, 3):
        place = places[gene, cluster]
        assert dots.marker.size[place] == pytest.approx(LARGEST_DOT * FRACTION[cluster, gene] ** 0.5)
        assert dots.marker.color[place] == MEAN[cluster, gene]
        assert dots.customdata[place].tolist() == [CLUSTERS[cluster], GENES[gene], 100 * FRACTION[cluster, gene]]
    assert [(dot.name, round(dot.marker.size**2 / LARGEST_DOT**2, 3)) for dot in legend] == [
        ("25% of cells", 0.25),
        ("50% of cells", 0.5),
        ("100% of cells", 1),
    ]


def test_the_heat_map_standardises_each_gene_and_diverges_around_zero() -> None:
    (heat,) = traces(gene_heat_figure(MEAN, GENES, CLUSTERS, COLOURS))
    assert np.asarray(heat.z).tolist() == [[-1, 1, 0], [1, -1, 0]]
    assert heat.zmin == -heat.zmax
    assert heat.customdata[1, 0].tolist() == ["Mode 2", "CD3D", 4.0]


def test_a_name_with_tags_is_written_as_it_is() -> None:
    named = ["T <b>cells</b>", "A & B"]
    heat = gene_heat_figure(MEAN, GENES, named, COLOURS)
    assert [tick.split("</span> ")[1] for tick in cast(Any, heat).layout.yaxis.ticktext] == [
        "T &lt;b&gt;cells&lt;/b&gt;",
        "A &amp; B",
    ]
    assert traces(heat)[0].customdata[0, 0][0] == "T &lt;b&gt;cells&lt;/b&gt;"


def test_standardised_genes_have_no_mean_and_a_deviation_of_one_where_they_differ() -> None:
    mean = np.random.default_rng(0).random((5, 8))
    mean[:, 3] = 0.7
    standardised = standardise_genes(mean)
    assert standardised.mean(axis=0) == pytest.approx(np.zeros(8), abs=1e-12)
    assert standardised.std(axis=0) == pytest.approx(np.where(np.arange(8) == 3, 0, 1))
    assert standardise_genes(mean[:1]).tolist() == [[0.0] * 8]


@pytest.mark.parametrize(
    "build", [lambda *a: dot_plot_figure(MEAN, FRACTION, *a), lambda *a: gene_heat_figure(MEAN, *a)]
)
def test_axes_name_genes_and_clusters_in_their_colours(build: Any) -> None:
    figure = build(GENES, CLUSTERS, COLOURS)
    assert list(figure.layout.xaxis.ticktext) == GENES
    ticks = list(figure.layout.yaxis.ticktext)
    assert [tick.split("</span> ")[1] for tick in ticks] == CLUSTERS
    assert all(colour in tick for colour, tick in zip(COLOURS, ticks, strict=True))
