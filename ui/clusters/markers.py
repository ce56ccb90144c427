"""Markers of each cluster: a table for one, a file for all, and figures of the top genes of all clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from pydantic.fields import FieldInfo

from clustergan_core.drawing.figures.gene_dots import dot_plot_figure, gene_heat_figure
from ui.cells.genes import GENE, choose_genes
from ui.cells.markers import EXPLORATORY, offer_csv, show_markers
from ui.cells.names import choose_group
from ui.cells.view import CellsView
from ui.clusters.gene_cells import show_gene_maps, show_violins
from ui.frame.choices import number, segmented
from ui.frame.links import link_page
from ui.frame.messages import page_errors, plain
from ui.frame.theme import draw_figure_once, show_themed

if TYPE_CHECKING:
    from clustergan_core.cells.expression import DotPlot

_BEST, _OWN = "top markers", "own list"
_N_LINKED = 8
_DOTS, _HEAT, _VIOLINS, _MAPS, _TABLE = _KINDS = ("Dot plot", "Heat map", "Violins", "Maps", "Table")
MAX_GENES = 60  # more names than these cannot be read below a figure
_N_LISTED = FieldInfo(default=25, ge=5, le=500, title="Genes")
_N_OF_EACH = FieldInfo(default=4, ge=1, le=20, title="Genes per cluster")


@st.fragment
@page_errors()
def show_cluster_markers(view: CellsView, markers: pd.DataFrame) -> None:
    """The genes of one cluster, and a file with those of all clusters."""
    run, groups = view.run, view.groups
    st.subheader("Markers")
    st.caption(EXPLORATORY)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = choose_group("cluster", [groups[number] for number in sorted(set(markers["cluster"]))])
        n_genes = number("top", _N_LISTED, step=5, width=130)
        file = markers.assign(cluster=[groups[number].name for number in markers["cluster"]])
        offer_csv("All clusters, all genes as CSV", file, f"{run.name}-markers.csv", "markers-csv")
    own = markers[markers["cluster"] == groups.index(group)].head(n_genes)
    show_markers(own, "cluster-markers", "cluster", "the others", f"Markers of {group.name} with their figures")
    with st.container(horizontal=True, gap="small"):
        st.caption("On the map:", width="content")
        for gene in own["gene"].head(_N_LINKED):
            link_page("Map", {"run": run.name, "colour": GENE, GENE: gene}, plain(gene))


@st.fragment
@page_errors()
def show_gene_figures(view: CellsView, markers: pd.DataFrame) -> None:
    """Dot plot, heat map and table of the top markers of all clusters, or of a person's own list. Needs the data."""
    st.subheader("Genes in all clusters")
    groups = view.groups
    shown = [number for number in range(len(groups)) if (markers["cluster"] == number).any()]
    genes, in_turn = _choose_genes(view, markers, len(shown))
    if not genes:
        st.caption("Choose at least one gene.")
        return
    dots = view.plot_dots(genes)
    names, colours = [groups[number].name for number in shown], [groups[number].colour for number in shown]
    mean, fraction = dots.mean[shown], dots.fraction[shown]
    kind = segmented("genes_as", _KINDS, "Show as", label_visibility="collapsed")
    if kind == _DOTS:
        figure = draw_figure_once(dot_plot_figure, mean, fraction, genes, names, colours)
        show_themed(figure, "dot-plot", f"Mean expression and share of cells of {len(genes)} genes in each cluster")
        st.caption("Colour: mean log-normalised expression. Area: share of the cluster's cells that express the gene.")
    elif kind == _HEAT:
        figure = draw_figure_once(gene_heat_figure, mean, genes, names, colours)
        show_themed(figure, "gene-heat-map", f"Mean expression of {len(genes)} genes in each cluster, standardised")
        st.caption("Mean log-normalised expression, standardised for each gene over the clusters.")
    elif kind == _VIOLINS:
        show_violins(view, in_turn, shown, names)
    elif kind == _MAPS:
        show_gene_maps(view, in_turn)
    else:
        _show_table(view, dots, shown, names)


def _choose_genes(view: CellsView, markers: pd.DataFrame, n_clusters: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The top markers, each gene once, by cluster and then by rank, so that the first few are of many clusters.

    A person's own list stays in its order, in both.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = segmented("show", [_BEST, _OWN], "Genes")
        n_each = _choose_number(n_clusters) if source == _BEST else 0
    if source == _OWN:
        matrix = view.matrix
        assert matrix is not None, "shown with the data alone"
        genes = choose_genes(view, matrix, MAX_GENES)
        return genes, genes
    raised = markers[markers["score"] > 0].groupby("cluster", sort=True).head(n_each)
    best = tuple(dict.fromkeys(raised.sort_values("cluster", kind="stable")["gene"]))
    if len(best) > MAX_GENES:
        st.caption(f"The first {MAX_GENES} of {len(best)} genes; the table of markers lists all.")
    ranked = raised.assign(rank=raised.groupby("cluster").cumcount()).sort_values("rank", kind="stable")
    in_turn = dict.fromkeys(gene for gene in ranked["gene"] if gene in best[:MAX_GENES])
    return best[:MAX_GENES], tuple(in_turn)


def _choose_number(n_clusters: int) -> int:
    """How many genes of each cluster; the default is as many as a figure can name."""
    usual = min(_N_OF_EACH.default, max(1, MAX_GENES // max(1, n_clusters)))
    return number("each", _N_OF_EACH, default=usual, width=130)


def _show_table(view: CellsView, dots: DotPlot, shown: list[int], names: list[str]) -> None:
    rows = pd.DataFrame(
        {
            "cluster": [name for name in names for _ in dots.genes],
            "gene": [*dots.genes] * len(names),
            "mean_expression": dots.mean[shown].ravel().round(4),
            "fraction": dots.fraction[shown].ravel().round(4),
        }
    )
    st.dataframe(rows, hide_index=True, key="dots-table", height=360)
    offer_csv("CSV", rows, f"{view.run.name}-genes.csv", "dots-csv")
