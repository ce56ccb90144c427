"""The modes of a run of cells: what each generates, gene by gene, beside the real cells it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.drawing.figures.axes import MAX_TICKS, cut, swatch
from clustergan_core.drawing.figures.profiles import mode_profile_figure
from clustergan_core.drawing.figures.real_against_generated import real_against_generated_figure
from clustergan_core.drawing.palette import mode_colours
from ui.cells.titles import ModeTitles, choose_named_mode
from ui.cells.view import ABSENT_DATA, CellsView, RealCells
from ui.frame.links import link_page
from ui.frame.messages import page_errors, plain
from ui.frame.theme import show_figure

if TYPE_CHECKING:
    import pandas as pd

    from clustergan_core.cells.expression import ValueScale
    from clustergan_core.cells.fidelity import GeneratedModes, ModeFidelity

_N_GENES = 60


@dataclass(frozen=True)
class CellModes:
    """A run's modes compared: generated cells and, where the data is here, real ones."""

    scale: ValueScale
    generated: GeneratedModes
    realism: tuple[ModeFidelity, ...]  # empty while the data is absent
    n_cells: int
    by_sample: pd.DataFrame | None = None  # where the generator tells samples of the experiment apart


def show_cell_modes(view: CellsView) -> None:
    """A row for each mode with its verdict, the genes that tell the modes apart, and one mode in detail."""
    titles = view.titles
    modes = _compare_modes(view, *view.weights_key, view.cells is not None)
    if not modes.realism:
        st.info(f"Comparing generated with real cells needs {ABSENT_DATA}", icon=":material/download:")
    _show_table(view, _make_table(view, modes, titles))
    if modes.by_sample is not None:
        _show_by_sample(view, modes.by_sample, titles)
    _show_telling_genes(view, modes, titles)
    _show_one_mode(view, modes, titles)


def _make_table(view: CellsView, modes: CellModes, titles: ModeTitles) -> pd.DataFrame:
    """The modes' summary and fidelity, a row for each."""
    from clustergan_core.cells.fidelity import fidelity_table

    table = view.summary.table().drop(columns=["samples", "usage"])
    if modes.realism:
        table = fidelity_table(modes.realism, modes.generated, modes.n_cells).merge(table, on="mode")
    else:
        table = table.assign(share_in_training=modes.generated.shares)
    return table.assign(name=titles.short)


def _show_table(view: CellsView, table: pd.DataFrame) -> None:
    from clustergan_core.cells.fidelity import ALIKE

    st.subheader("Can the generated cells be trusted?")
    shares = [name for name in ("share", "share_in_training", "read_back", "outside", "purity") if name in table]
    percent, figure = st.column_config.NumberColumn, "%.2f"
    st.dataframe(
        table.assign(**{name: 100 * table[name] for name in shares}),
        hide_index=True,
        height="content",
        column_order=[
            "name", "verdict", "label", "purity", "cells", "share", "share_in_training", "variance_ratio",
            "distance_generated", "distance_real", "outside", "correlation_of_what_sets_apart", "correlation_of_means",
            "read_back", "flags",
        ],
        column_config={
            "name": st.column_config.TextColumn("mode", pinned=True),
            "verdict": st.column_config.TextColumn(width=365),
            "label": st.column_config.TextColumn(help="The most frequent label among its cells."),
            "purity": percent(format="%.0f%%", help="Share of that label among the mode's labelled cells."),
            "share": percent("real share", format="%.1f%%", help="Share of real cells assigned to the mode."),
            "share_in_training": percent(
                "drawn share", format="%.1f%%", help="Mode weight in training: learned, or equal for all."
            ),
            "variance_ratio": percent(
                "variance ×", format=figure,
                help="Total variance of the mode's generated cells over that of its real cells, in the real cells' "
                "first 20 principal components. 1 is right; 0 means that the mode repeats one cell.",
            ),
            "distance_generated": percent(
                "distance", format=figure, help="Generated cells: median distance to the fifth nearest real cell."
            ),
            "distance_real": percent(
                "real distance", format=figure, help="The mode's real cells: the same median distance."
            ),
            "outside": percent(
                format="%.0f%%",
                help="Share of generated cells further from any real cell than 95% of real cells are, or than 95% of "
                "the mode's own cells where those are sparser.",
            ),
            "correlation_of_what_sets_apart": percent(
                "r, own", format=figure,
                help="Correlation over genes of the mode's difference from the mean of all real cells.",
            ),
            "correlation_of_means": percent("r, means", format=figure, help="Correlation over genes of the means."),
            "read_back": percent("read back", format="%.0f%%", help="Generated cells that are assigned to the mode."),
        },
        placeholder="–",
        key="cell-modes",
        alt="Each mode with its verdict, shares, distances and correlations",
    )  # fmt: skip
    st.caption(
        "r compares generated with real cells, gene by gene, by what sets the mode apart: how far its mean lies from "
        "that of all real cells. Variance ×: variance of generated over that of real cells, in the real cells' first "
        f"20 principal components; from {ALIKE[0]:g} to {ALIKE[1]:g}, a mode varies like its real cells. "
        "Outside the data: further from any real cell than 95% of real cells."
    )
    st.download_button(
        "CSV",
        lambda: table.to_csv(index=False).encode(),
        f"{view.run.name}-modes.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _show_by_sample(view: CellsView, table: pd.DataFrame, titles: ModeTitles) -> None:
    """The same figures for each mode and sample of the experiment."""
    with st.expander("Realism by sample", icon=":material/science:"):
        st.dataframe(
            table.assign(outside=100 * table["outside"], name=[titles.short[mode] for mode in table["mode"]]),
            hide_index=True,
            height=min(500, 38 + 35 * len(table)),
            column_order=[
                "name", "sample", "verdict", "cells", "variance_ratio", "distance_generated", "distance_real",
                "outside", "correlation_of_what_sets_apart",
            ],
            column_config={
                "name": st.column_config.TextColumn("mode", pinned=True),
                "verdict": st.column_config.TextColumn(width=365),
                "variance_ratio": st.column_config.NumberColumn("variance ×", format="%.2f"),
                "distance_generated": st.column_config.NumberColumn("distance", format="%.2f"),
                "distance_real": st.column_config.NumberColumn("real distance", format="%.2f"),
                "outside": st.column_config.NumberColumn(format="%.0f%%"),
                "correlation_of_what_sets_apart": st.column_config.NumberColumn("r, own", format="%.2f"),
            },
            placeholder="–",
            key="cell-modes-by-sample",
            alt="Each mode in each sample with its verdict, distances and correlation",
        )  # fmt: skip
        st.caption(
            "Cells generated as those of each sample, beside the real cells of the mode in that sample; r is of the "
            "difference from all cells of the sample. The table above, maps and walks name no sample: each cell is the "
            "mean over the samples that its mode has, so it varies less."
        )
        st.download_button(
            "By sample as CSV",
            lambda: table.to_csv(index=False).encode(),
            f"{view.run.name}-modes-by-sample.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _show_telling_genes(view: CellsView, modes: CellModes, titles: ModeTitles) -> None:
    """Means of the genes that set modes apart, generated and real, on one scale."""
    from clustergan_core.cells.fidelity import telling_genes

    st.subheader("Genes that tell the modes apart")
    means: dict[str, NDArray[np.floating]] = {"Generated": modes.generated.means}
    if modes.realism:
        means["Real"] = np.array([mode.real_means for mode in modes.realism])
    telling = telling_genes(list(means.values())[-1], _N_GENES)
    names = [view.gene_names[gene] for gene in telling.tolist()]
    reference = list(means.values())[-1][:, telling]
    palette = mode_colours(len(titles.short))
    ticks = [swatch(colour, cut(name)) for colour, name in zip(palette, titles.short, strict=True)]
    value_range = (float(np.nanmin(reference, initial=0)), float(np.nanpercentile(reference, 99)))
    for tab, (title, values) in zip(st.tabs(list(means)), means.items(), strict=True):
        with tab:
            figure = mode_profile_figure(values[:, telling], names, value_range=value_range, value_title="mean")
            figure.update_xaxes(title_text="gene")
            if len(values) <= MAX_TICKS:
                figure.update_yaxes(tickvals=list(range(len(values))), ticktext=ticks, title_text=None)
            show_figure(figure, f"telling-genes-{title}", f"{title} mean of {len(names)} genes in each mode")
    which = "real cells" if modes.realism else "generated cells"
    st.caption(
        f"Mean {modes.scale.title}. These genes stand out most in one mode of the {which}, compared with the mean of "
        "all modes. Both tabs share one colour scale. A mode without real cells is blank under Real."
    )


@st.fragment
@page_errors()
def _show_one_mode(view: CellsView, modes: CellModes, titles: ModeTitles) -> None:
    """The chosen mode; choosing another redraws nothing else."""
    from clustergan_core.cells.fidelity import gene_table

    st.subheader("One mode")
    mode = choose_named_mode("mode", "Mode", titles, titles.largest()[0])
    if not modes.realism:
        st.info(f"The real cells of a mode need {ABSENT_DATA}", icon=":material/download:")
        return
    realism = modes.realism[mode]
    st.markdown(f"**{plain(titles.names[mode])}**: {plain(realism.verdict())}")
    if not realism.n_real:
        return
    gene_names, colour = view.gene_names, mode_colours(view.n_clusters)[mode]
    left, right = st.columns(2, gap="medium")
    with left:
        figure = real_against_generated_figure(
            realism.real_means, realism.generated_means, gene_names, colour=colour, title="mean expression"
        )
        show_figure(figure, "mode-means", f"Mean of each gene in real and generated cells of mode {mode}")
        st.caption(f"Mean {modes.scale.title}; r = {realism.correlation:.3f}. Each point is a gene.")
    with right:
        if realism.real_fractions is None or realism.generated_fractions is None:
            st.caption(
                "The file holds scaled values, which have no zero, so whether a cell expresses a gene is unknown."
            )
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
                "Fraction of cells expressing each gene: with a value above half of the gene's smallest value that is "
                "not 0 in the real cells. Generated cells have no dropouts: a gene tends to be on in all or in none."
            )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Genes of this mode as CSV",
            lambda: gene_table(realism, gene_names).to_csv(index=False).encode(),
            f"{view.run.name}-mode-{mode}-genes.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        link_page("Interpolate", {"run": view.run.name, "b": str(mode)}, "Walk from this mode to another")


@st.cache_resource(max_entries=6, show_spinner="Comparing generated with real cells…")
def _compare_modes(_view: CellsView, folder: str, stamp: object, has_data: bool) -> CellModes:
    from clustergan_core.cells.fidelity import compare_modes, expressing_thresholds, generate_cells

    scale, method, cells = _view.scale, _view.method, _view.cells
    if cells is None:
        return CellModes(scale, generate_cells(method, scale, None, None), (), 0)
    samples = cells.dataset.samples
    thresholds = expressing_thresholds(scale, samples)
    generated = generate_cells(method, scale, thresholds, cells.space)
    realism = compare_modes(generated, scale, samples, cells.latents.clusters, cells.space, thresholds)
    return CellModes(scale, generated, realism, len(samples), _compare_samples(_view, cells))


def _compare_samples(view: CellsView, cells: RealCells) -> pd.DataFrame | None:
    """Realism by mode and sample; None for a generator that does not tell samples apart."""
    from clustergan_core.cells.sample_fidelity import sample_fidelity_table

    dataset = cells.dataset
    if dataset.batches is None or not view.method.n_batches:
        return None
    return sample_fidelity_table(
        view.method, view.scale, dataset.samples, cells.latents.clusters, dataset.batches, cells.space
    )
