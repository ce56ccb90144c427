"""The modes of a run of cells: what each generates, gene by gene, beside the real cells it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.cells.expression import value_scale
from clustergan_core.drawing.figures.axes import MAX_TICKS, cut, swatch
from clustergan_core.drawing.figures.profiles import mode_profile_figure
from clustergan_core.drawing.figures.real_against_generated import real_against_generated_figure
from clustergan_core.drawing.palette import mode_colours
from clustergan_core.runs.run import Run
from ui.cells.loading import NEEDS_DATA, RealCells, real_cells
from ui.cells.titles import ModeTitles, choose_named_mode, mode_titles
from ui.frame.links import link_page
from ui.frame.messages import page_errors, plain
from ui.frame.theme import show_figure
from ui.loading.runs import load_method, weights_stamp

if TYPE_CHECKING:
    import pandas as pd

    from clustergan_core.cells.expression import ValueScale
    from clustergan_core.cells.fidelity import GeneratedModes, ModeFidelity
    from clustergan_core.scoring.modes import ModeSummary

_N_GENES = 60


@dataclass(frozen=True)
class CellModes:
    """What is known of a run's modes, generated and, where the data is here, real."""

    scale: ValueScale
    generated: GeneratedModes
    realism: tuple[ModeFidelity, ...]  # empty while the data is absent
    n_cells: int


def show_cell_modes(run: Run, summary: ModeSummary) -> None:
    """A row a mode with its verdict, the genes that tell the modes apart, and one mode closely."""
    cells, titles = real_cells(run), mode_titles(run)
    modes = _cell_modes(run, cells, str(run.folder), weights_stamp(run), cells is not None)
    if not modes.realism:
        st.info(f"Whether generated cells are like real ones {NEEDS_DATA}", icon=":material/download:")
    _show_table(run, _table(summary, modes, titles))
    _show_telling_genes(run, modes, titles)
    _show_one_mode(run, modes, titles)


def _table(summary: ModeSummary, modes: CellModes, titles: ModeTitles) -> pd.DataFrame:
    from clustergan_core.cells.fidelity import fidelity_table

    known = summary.table().drop(columns=["samples", "usage"])
    if modes.realism:
        known = fidelity_table(modes.realism, modes.generated, modes.n_cells).merge(known, on="mode")
    else:
        known = known.assign(share_in_training=modes.generated.shares)
    return known.assign(name=titles.short)


def _show_table(run: Run, table: pd.DataFrame) -> None:
    st.subheader("Can what they generate be trusted?")
    shares = [name for name in ("share", "share_in_training", "read_back", "outside", "purity") if name in table]
    percent, figure = st.column_config.NumberColumn, "%.2f"
    st.dataframe(
        table.assign(**{name: 100 * table[name] for name in shares}),
        hide_index=True,
        height="content",
        column_order=[
            "name", "verdict", "label", "purity", "cells", "share", "share_in_training", "distance_generated",
            "distance_real", "outside", "correlation_of_what_sets_apart", "correlation_of_means", "read_back", "flags",
        ],
        column_config={
            "name": st.column_config.TextColumn("mode", pinned=True),
            "verdict": st.column_config.TextColumn(width=365),
            "label": st.column_config.TextColumn(help="The most frequent label among its cells."),
            "purity": percent(format="%.0f%%", help="Share of that label among the mode's labelled cells."),
            "share": percent("real share", format="%.1f%%", help="Of the real cells, those assigned to the mode."),
            "share_in_training": percent(
                "drawn share", format="%.1f%%", help="How often training drew the mode: learned, or equal for all."
            ),
            "distance_generated": percent(
                "distance", format=figure, help="Of generated cells to their fifth nearest real cell, the median."
            ),
            "distance_real": percent(
                "real distance", format=figure, help="The same among real cells, for those the mode holds."
            ),
            "outside": percent(
                format="%.0f%%",
                help="Generated cells further from any real cell than 95% of real cells are, of the mode's own where "
                "those are sparser.",
            ),
            "correlation_of_what_sets_apart": percent(
                "r, own", format=figure,
                help="Correlation over genes of how far the mode's mean lies from that of all real cells.",
            ),
            "correlation_of_means": percent("r, means", format=figure, help="Correlation of the means of genes."),
            "read_back": percent("read back", format="%.0f%%", help="Generated cells that the encoder reads as it."),
        },
        placeholder="–",
        key="cell-modes",
        alt="Each mode with its verdict, shares, distances and correlations",
    )  # fmt: skip
    st.caption(
        "r compares, gene by gene, how far the means of generated and real cells lie from the mean of all real cells: "
        "what sets the mode apart. Outside the data: further from any real cell than 95% of real cells."
    )
    st.download_button(
        "CSV",
        lambda: table.to_csv(index=False).encode(),
        f"{run.name}-modes.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _show_telling_genes(run: Run, modes: CellModes, titles: ModeTitles) -> None:
    """Means of the genes that set modes apart, generated and real, on one scale."""
    from clustergan_core.cells.fidelity import telling_genes

    st.subheader("Genes that tell the modes apart")
    means: dict[str, NDArray[np.floating]] = {"Generated": modes.generated.means}
    if modes.realism:
        means["Real"] = np.array([mode.real_means for mode in modes.realism])
    telling = telling_genes(list(means.values())[-1], _N_GENES)
    names = [run.config.dataset.feature_names[gene] for gene in telling.tolist()]
    known = list(means.values())[-1][:, telling]
    palette = mode_colours(len(titles.short))
    ticks = [swatch(colour, cut(name)) for colour, name in zip(palette, titles.short, strict=True)]
    value_range = (float(np.nanmin(known, initial=0)), float(np.nanpercentile(known, 99)))
    for tab, (title, values) in zip(st.tabs(list(means)), means.items(), strict=True):
        with tab:
            figure = mode_profile_figure(values[:, telling], names, value_range=value_range, value_title="mean")
            figure.update_xaxes(title_text="gene")
            if len(values) <= MAX_TICKS:
                figure.update_yaxes(tickvals=list(range(len(values))), ticktext=ticks, title_text=None)
            show_figure(figure, f"telling-genes-{title}", f"{title} mean of {len(names)} genes in each mode")
    which = "real cells" if modes.realism else "generated cells"
    st.caption(
        f"Mean {modes.scale.title}. Genes highest in one mode of the {which} against the mean of all modes. Both views "
        "have one scale of colours; a mode without real cells is left blank in Real."
    )


@st.fragment
@page_errors()
def _show_one_mode(run: Run, modes: CellModes, titles: ModeTitles) -> None:
    """The chosen mode; choosing another draws nothing else."""
    from clustergan_core.cells.fidelity import gene_table

    st.subheader("One mode")
    mode = choose_named_mode("mode", "Mode", titles, titles.largest()[0])
    if not modes.realism:
        st.info(f"What its real cells are like {NEEDS_DATA}", icon=":material/download:")
        return
    realism = modes.realism[mode]
    st.markdown(f"**{plain(titles.names[mode])}**: {plain(realism.verdict())}")
    if not realism.n_real:
        return
    gene_names, colour = run.config.dataset.feature_names, mode_colours(run.config.n_clusters)[mode]
    left, right = st.columns(2, gap="medium")
    with left:
        figure = real_against_generated_figure(
            realism.real_means, realism.generated_means, gene_names, colour=colour, title="mean expression"
        )
        show_figure(figure, "mode-means", f"Mean of each gene in real and generated cells of mode {mode}")
        st.caption(f"Mean {modes.scale.title}; r = {realism.correlation:.3f}. A point is a gene.")
    with right:
        if realism.real_fractions is None or realism.generated_fractions is None:
            st.caption("The file holds scaled values, which have no zero: no cell can be said not to express a gene.")
        else:
            figure = real_against_generated_figure(
                realism.real_fractions,
                realism.generated_fractions,
                gene_names,
                colour=colour,
                title="expressing cells",
                n_named=0,
            )
            show_figure(figure, "mode-fractions", f"Fraction of cells expressing each gene, mode {mode}")
            st.caption(
                "Fraction of cells expressing each gene: above half of the gene's smallest value that is not 0 in any "
                "real cell. Generated cells lack the gaps of measured ones: a gene tends to be in all or in none."
            )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Genes of this mode as CSV",
            lambda: gene_table(realism, gene_names).to_csv(index=False).encode(),
            f"{run.name}-mode-{mode}-genes.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        link_page("Interpolate", {"run": run.name, "b": str(mode)}, "Walk from this mode to another")


@st.cache_resource(max_entries=6, show_spinner="Comparing generated with real cells…")
def _cell_modes(_run: Run, _cells: RealCells | None, folder: str, stamp: object, has_data: bool) -> CellModes:
    from clustergan_core.cells.fidelity import compare_modes, expressing_thresholds, generate_cells

    scale, method = value_scale(_run.config.dataset.preprocessing), load_method(_run)
    if _cells is None:
        return CellModes(scale, generate_cells(method, scale, None, None), (), 0)
    samples = _cells.dataset.samples
    thresholds = expressing_thresholds(scale, samples)
    generated = generate_cells(method, scale, thresholds, _cells.space)
    realism = compare_modes(generated, scale, samples, _cells.latents.clusters, _cells.space, thresholds)
    return CellModes(scale, generated, realism, len(samples))
