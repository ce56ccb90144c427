"""Markers of each cluster: a table of one, a file of all, and figures of the best genes of all clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from clustergan_core.drawing.figures.gene_dots import dot_plot_figure, gene_heat_figure
from clustergan_core.runs.run import Run
from ui.cells.genes import GENE, choose_genes
from ui.cells.loading import Groups, load_dots
from ui.cells.markers import EXPLORATORY, offer_csv, show_markers
from ui.cells.names import choose_group
from ui.frame.choices import linked, one_of, whole_number_between
from ui.frame.links import link_page
from ui.frame.messages import page_errors, plain
from ui.frame.theme import show_figure

if TYPE_CHECKING:
    from clustergan_core.cells.expression import DotPlot
    from clustergan_core.data.counts.matrix import CountMatrix

_BEST, _OWN = "top markers", "own list"
_N_LINKED = 8
MAX_GENES = 60  # whose names can still be read below a figure


@st.fragment
@page_errors()
def show_cluster_markers(run: Run, groups: Groups, markers: pd.DataFrame) -> None:
    """One cluster's genes, and all clusters' as a file."""
    st.subheader("Markers")
    st.caption(EXPLORATORY)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = choose_group("cluster", [groups[number] for number in sorted(set(markers["cluster"]))])
        with linked("top", whole_number_between(5, 500)):
            n_genes = st.number_input("Genes", 5, 500, 25, 5, key="top", bind="query-params", width=130)
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
def show_gene_figures(run: Run, groups: Groups, markers: pd.DataFrame, matrix: CountMatrix) -> None:
    """Dot plot and heat map of the best markers of all clusters, or of a person's own list, and both as a table."""

    st.subheader("Genes in all clusters")
    shown = [number for number in range(len(groups)) if (markers["cluster"] == number).any()]
    genes = _choose_genes(run, markers, matrix, len(shown))
    if not genes:
        st.caption("Choose at least one gene.")
        return
    dots = load_dots(run, groups, genes)
    names, colours = [groups[number].name for number in shown], [groups[number].colour for number in shown]
    mean, fraction = dots.mean[shown], dots.fraction[shown]
    dot_tab, heat_tab, table_tab = st.tabs(["Dot plot", "Heat map", "Table"])
    with dot_tab:
        figure = dot_plot_figure(mean, fraction, genes, names, colours)
        show_figure(figure, "dot-plot", f"Mean expression and share of cells of {len(genes)} genes in each cluster")
        st.caption("Colour: mean of log-normalised expression. Area: share of the cluster's cells that have the gene.")
    with heat_tab:
        figure = gene_heat_figure(mean, genes, names, colours)
        show_figure(figure, "gene-heat-map", f"Mean expression of {len(genes)} genes in each cluster, standardised")
        st.caption("Mean of log-normalised expression, each gene standardised over the clusters.")
    with table_tab:
        _show_table(run, dots, shown, names)


def _choose_genes(run: Run, markers: pd.DataFrame, matrix: CountMatrix, n_clusters: int) -> tuple[str, ...]:
    """The best of each cluster in turn, each gene once, or those of a list."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with linked("show", one_of([_BEST, _OWN])):
            way = st.segmented_control(
                "Genes", [_BEST, _OWN], default=_BEST, required=True, key="show", bind="query-params"
            )  # fmt: skip
        n_each = _choose_number(n_clusters) if way == _BEST else 0
    if way == _OWN:
        return choose_genes(run, matrix, MAX_GENES)
    raised = markers[markers["score"] > 0].groupby("cluster", sort=True).head(n_each)
    best = tuple(dict.fromkeys(raised.sort_values("cluster", kind="stable")["gene"]))
    if len(best) > MAX_GENES:
        st.caption(f"The first {MAX_GENES} of {len(best)} genes; the table of markers has all.")
    return best[:MAX_GENES]


def _choose_number(n_clusters: int) -> int:
    """How many genes of each cluster; at first no more than a figure can name."""
    usual = min(4, max(1, MAX_GENES // max(1, n_clusters)))
    with linked("each", whole_number_between(1, 20)):
        return st.number_input("Genes a cluster", 1, 20, usual, key="each", bind="query-params", width=130)


def _show_table(run: Run, dots: DotPlot, shown: list[int], names: list[str]) -> None:
    rows = pd.DataFrame(
        {
            "cluster": [name for name in names for _ in dots.genes],
            "gene": [*dots.genes] * len(names),
            "mean_expression": dots.mean[shown].ravel().round(4),
            "fraction": dots.fraction[shown].ravel().round(4),
        }
    )
    st.dataframe(rows, hide_index=True, key="dots-table", height=360)
    offer_csv("CSV", rows, f"{run.name}-genes.csv", "dots-csv")
