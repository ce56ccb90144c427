"""The genes of a generated walk: which ones, their curves, and how each changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.browser.charts import Curves
from clustergan_core.browser.strip import Strip, chart_strip
from clustergan_core.cells.switch_genes import rank_genes
from clustergan_core.drawing.figures.axes import cut
from clustergan_core.drawing.figures.gene_walks import gene_curves_figure, gene_heat_figure, line_dash, line_look
from clustergan_core.drawing.theme import apply_theme
from ui.frame.choices import linked, one_of, segmented
from ui.frame.messages import plain
from ui.frame.theme import is_dark, show_themed, theme_name
from ui.interpolate.cell_walk.position import WalkPosition
from ui.interpolate.mu_line import mark_mu

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from clustergan_core.cells.switch_genes import Ranking
    from clustergan_core.cells.walks import BandReach

RANKINGS: dict[str, Ranking] = {"Genes that change most": "range", "that rise": "up", "that fall": "down"}
_N_CURVES = 6
_N_ROWS = 40
_MAX_ADDED = 12
_NO_GENES = "No gene changes in this way: choose another way, or add genes."


def choose_ranking() -> Ranking:
    """Which genes are shown, in the address as ?genes=."""
    return RANKINGS[segmented("genes", list(RANKINGS), "Genes that", label_visibility="collapsed")]


@dataclass(frozen=True)
class ShownGenes:
    """The genes whose curves are drawn, and how far their bands hold."""

    genes: NDArray[np.int64]
    added: NDArray[np.int64]  # those of them that a person added
    reach: BandReach | None  # None for a single z_n, and without the data

    @property
    def has_bands(self) -> bool:
        """Whether the bands are worth drawing."""
        return self.reach is None or not self.reach.is_too_narrow


def choose_genes(position: WalkPosition, ranking: Ranking) -> ShownGenes:
    """The genes that change most and those that a person adds, in the address as ?gene=."""
    walk = position.walk
    added = _add_genes(position.view.gene_names)
    genes = _append_genes(rank_genes(walk.mean, ranking, _N_CURVES), added)
    is_measured = walk.n_draws > 1 and position.cells is not None and len(genes)
    return ShownGenes(genes, added, _reach(position, genes) if is_measured else None)


def walk_strip(position: WalkPosition, shown: ShownGenes) -> Strip:
    """The curves of the genes over μ, at every step of the walk, and the codes that are read on it."""
    walk, rows = position.walk, shown.genes
    mean, low, high = walk.mean[:, rows], walk.low[:, rows], walk.high[:, rows]
    bottom, top = float(low.min(initial=0)), float(high.max(initial=0)) or 1.0
    curves = Curves(
        position.view.scale.title,
        "μ",
        [cut(position.view.gene_names[gene]) for gene in rows.tolist()],
        [line_look(rank)[0] for rank in range(len(rows))],
        walk.mus,
        mean,
        (bottom, top),
        [line_dash(rank) for rank in range(len(rows))],
        (low, high) if walk.n_draws > 1 and shown.has_bands else None,
    )
    return chart_strip((curves,), walk.codes, alt="Generated cells")


def show_gene_curves(position: WalkPosition, shown: ShownGenes) -> None:
    """What the curves mean, and the curves as a figure to read and to save."""
    walk, scale = position.walk, position.view.scale
    if not len(shown.genes):
        st.caption(_NO_GENES)
        return
    draws = (
        f"Mean of {walk.n_draws} z_n. {_describe_bands(position, shown.reach)} " if walk.n_draws > 1 else "One z_n. "
    )
    zeros = "" if scale.has_negatives else "Generated values below 0 are shown as 0. "
    st.caption(f"{draws}{zeros}Between the ends, these codes were never sampled in training.")
    with st.expander("Genes along the walk, to read and to save", icon=":material/show_chart:"):
        figure = _draw_curves(position, position.key, tuple(shown.genes.tolist()), shown.has_bands, theme_name())
        mark_mu(figure, position.mu)
        show_themed(figure, "gene-curves", "Generated expression of genes along μ")


def _reach(position: WalkPosition, genes: NDArray[np.int64]) -> BandReach:
    """How far the bands hold for the real cells of both ends, in the genes shown."""
    from clustergan_core.cells.walks import measure_bands

    assert position.cells is not None, "the data is absent"
    dataset, clusters = position.cells.dataset, position.cells.latents.clusters
    return measure_bands(position.walk, position.view.scale, dataset.samples, clusters, position.cells.space, genes)


def _describe_bands(position: WalkPosition, reach: BandReach | None) -> str:
    """What the bands hold, or why there are none."""
    if reach is None:
        return "Bands hold the middle 68% of generated cells."
    if not reach.is_too_narrow:
        return (
            "Bands hold the middle 68% of generated cells, and at the two ends "
            f"{reach.share:.0%} of the real cells' values in these genes."
        )
    from clustergan_core.cells.fidelity import ALIKE

    modes = (position.walk.mode_b, position.walk.mode_a)
    narrow = [
        f"{plain(position.titles.short[mode])} ×{ratio:.2f}"
        for mode, ratio in zip(modes, reach.variance_ratios, strict=True)
        if ratio < ALIKE[0]
    ]
    return (
        "No bands, because generated cells vary less than half as much as real ones (variance in 20 principal "
        f"components: {', '.join(narrow)}); bands would hold only {reach.share:.0%} of the real cells' values at the "
        "two ends."
    )


def show_changes(position: WalkPosition, ranking: Ranking, added: NDArray[np.int64]) -> None:
    """The heat map of the genes that change, the largest change first; it claims no order."""
    st.subheader("Genes that change")
    walk = position.walk
    rows = _append_genes(rank_genes(walk.mean, ranking, _N_ROWS), added)
    if not len(rows):
        st.caption(_NO_GENES)
        return
    figure = _draw_changes(position, position.key, tuple(rows.tolist()), theme_name())
    mark_mu(figure, position.mu)
    show_themed(figure, "gene-changes", f"{len(rows)} genes that change along μ, the largest change first")
    st.caption(
        "The largest change first. Each row runs from the gene's own lowest to its highest value. Beside its name: "
        "rises ↗, falls ↘, or peaks ∧ or dips ∨ beyond both ends by more than a quarter of its range. Where along μ a "
        "generator changes a gene does not repeat with another seed; this figure claims no order."
    )


@st.cache_data(max_entries=100, show_spinner=False)
def _draw_curves(_position: WalkPosition, key: str, genes: tuple[int, ...], has_bands: bool, theme: str) -> Figure:
    walk, rows = _position.walk, list(genes)
    names = [_position.view.gene_names[gene] for gene in rows]
    mean = walk.mean[:, rows]
    bands = (walk.low[:, rows], walk.high[:, rows]) if has_bands else (mean, mean)
    return apply_theme(
        gene_curves_figure(walk.mus, mean, *bands, names, value_title=_position.view.scale.title), is_dark()
    )


@st.cache_data(max_entries=100, show_spinner=False)
def _draw_changes(_position: WalkPosition, key: str, genes: tuple[int, ...], theme: str) -> Figure:
    walk, rows = _position.walk, list(genes)
    names = [_position.view.gene_names[gene] for gene in rows]
    turns = [walk.switches.turns[gene] for gene in rows]
    return apply_theme(gene_heat_figure(walk.mus, walk.mean[:, rows], names, turns), is_dark())


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
    numbers = {name: number for number, name in enumerate(gene_names)}
    return np.array([numbers[name] for name in added], dtype=np.int64)


def _append_genes(first: NDArray[np.int64], more: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([first, more[~np.isin(more, first)]])
