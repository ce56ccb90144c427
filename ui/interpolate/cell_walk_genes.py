"""The genes of a walk: which ones, their curves, and the order in which they switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.cells.switch_genes import rank_genes
from clustergan_core.drawing.figures.gene_walks import gene_curves_figure, switch_figure
from clustergan_core.drawing.theme import THEMES, apply_theme
from clustergan_core.runs.run import Run
from ui.frame.choices import linked, one_of
from ui.frame.theme import is_dark, show_themed, theme_name

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from clustergan_core.cells.expression import ValueScale
    from clustergan_core.cells.switch_genes import Ranking
    from clustergan_core.cells.walks import CellWalk

RANKINGS: dict[str, Ranking] = {"Genes that change most": "range", "that rise": "up", "that fall": "down"}
_N_CURVES = 6
_N_ROWS = 40
_MAX_ADDED = 12


def choose_ranking() -> Ranking:
    """Which genes are shown, in the address as ?genes=."""
    with linked("genes", one_of(list(RANKINGS))):
        change = st.segmented_control(
            "Genes that",
            list(RANKINGS),
            default=next(iter(RANKINGS)),
            required=True,
            key="genes",
            bind="query-params",
            label_visibility="collapsed",
        )
    return RANKINGS[change or next(iter(RANKINGS))]


def show_gene_curves(
    run: Run, walk: CellWalk, ranking: Ranking, scale: ValueScale, mu: float, key: str
) -> NDArray[np.int64]:
    """The curves of the genes that change most and of those a person adds, with a line at μ; returns the added ones."""

    st.subheader("Genes along the walk")
    chart = st.container()
    added = _add_genes(run.config.dataset.feature_names)
    genes = _joined(rank_genes(walk.mean, ranking, _N_CURVES), added)
    with chart:
        if not len(genes):
            st.caption("No gene changes in this way: choose another, or add genes.")
            return added
        figure = _draw_curves(run, walk, scale.title, key, tuple(genes.tolist()), theme_name())
        mark_mu(figure, mu)
        show_themed(figure, "gene-curves", "Generated expression of genes along μ")
    draws = f"Mean of {walk.n_draws} z_n; bands hold the middle 68%. " if walk.n_draws > 1 else "One z_n. "
    zeros = "" if scale.has_negatives else "Generated values below 0 are shown as 0. "
    st.caption(f"{draws}{zeros}Between the ends, these codes were never sampled in training.")
    return added


def show_switches(
    run: Run,
    walk: CellWalk,
    ranking: Ranking,
    added: NDArray[np.int64],
    mu: float,
    key: str,
) -> None:
    """The heat map, from the gene that switches first to the last."""

    st.subheader("The order in which genes switch")
    rows = walk.switches.order(_joined(rank_genes(walk.mean, ranking, _N_ROWS), added))
    if not len(rows):
        st.caption("No gene changes in this way: choose another, or add genes.")
        return
    figure = _draw_switches(run, walk, key, tuple(rows.tolist()), theme_name())
    mark_mu(figure, mu)
    show_themed(figure, "gene-switches", f"{len(rows)} genes in the order in which they switch along μ")
    st.caption(
        "Each row runs from the gene's own lowest to its highest value. Dots: half way from one end to the other, or "
        "the peak (∧) or dip (∨) of a gene that goes beyond both ends by more than a quarter of its range."
    )
    with st.expander("As a table"):
        table = walk.table(run.config.dataset.feature_names).iloc[rows, :5]
        st.dataframe(table, hide_index=True, key="switch-table", alt="Each gene with its change and where it switches")


def mark_mu(figure: Figure, mu: float) -> None:
    """A line where one stands, on a figure that is kept while only μ moves."""

    colours = THEMES[theme_name()]
    # The dots lie on a line in the page's colour, or they would vanish on dark cells of a heat map.
    for line in ({"color": colours.page, "width": 3}, {"color": colours.text, "width": 1.5, "dash": "dot"}):
        figure.add_shape(type="line", x0=mu, x1=mu, y0=0, y1=1, yref="paper", line=line, opacity=0.8)


@st.cache_data(max_entries=100, show_spinner=False)
def _draw_curves(_run: Run, _walk: CellWalk, title: str, key: str, genes: tuple[int, ...], theme: str) -> Figure:

    places = list(genes)
    names = [_run.config.dataset.feature_names[gene] for gene in places]
    bands = _walk.mean[:, places], _walk.low[:, places], _walk.high[:, places]
    return apply_theme(gene_curves_figure(_walk.mus, *bands, names, value_title=title), is_dark())


@st.cache_data(max_entries=100, show_spinner=False)
def _draw_switches(_run: Run, _walk: CellWalk, key: str, genes: tuple[int, ...], theme: str) -> Figure:

    places = list(genes)
    names = [_run.config.dataset.feature_names[gene] for gene in places]
    turns = [_walk.switches.turns[gene] for gene in places]
    figure = switch_figure(_walk.mus, _walk.mean[:, places], names, turns, _walk.switches.mus[places])
    return apply_theme(figure, is_dark())


def _add_genes(gene_names: tuple[str, ...]) -> NDArray[np.int64]:
    """Numbers of the genes a person adds, in the address as ?gene=."""
    with linked("gene", one_of(gene_names)):
        added = st.multiselect(
            "Add genes",
            gene_names,
            key="gene",
            bind="query-params",
            max_selections=_MAX_ADDED,
            placeholder=f"Add some of the run's {len(gene_names):,} genes by symbol",
            label_visibility="collapsed",
        )
    places = {name: place for place, name in enumerate(gene_names)}
    return np.array([places[name] for name in added], dtype=np.int64)


def _joined(first: NDArray[np.int64], more: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([first, more[~np.isin(more, first)]])
