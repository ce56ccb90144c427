"""Two generated states of cells gene by gene: a figure of the genes that change most, and a table of all genes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.drawing.figures.gene_contrast import gene_contrast_figure
from clustergan_core.drawing.palette import mode_colours
from ui.cells.view import CellsView
from ui.frame.theme import show_figure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clustergan_core.cells.contrasts import GeneContrast

_N_GENES = 30
_DIFFERENCE = (
    "log₂ of the ratio of 1 + expression, from the means of generated logarithms. The fold change of markers is "
    "another figure: a ratio of mean counts of real cells."
)


def show_contrast(
    view: CellsView,
    contrast: GeneContrast,
    states: tuple[str, str],
    colours: tuple[int, int],
    name: str,
    real: NDArray[np.float32] | None = None,
    over_runs: NDArray[np.floating] | None = None,
    real_name: str = "real cell",
) -> None:
    """The genes that change most from one state to the other, beside a table of all genes.

    `colours` number the states' colours, as modes and samples are numbered, `name` is that of the CSV file, `real` is
    a measured cell or mean (n_genes,) on the same scale, called `real_name`, and `over_runs` (R, n_genes) are the
    differences of several runs.
    """
    gene_names, genes = view.gene_names, contrast.top(_N_GENES)
    palette = mode_colours(1 + max(colours))
    figure = gene_contrast_figure(
        [gene_names[gene] for gene in genes.tolist()],
        contrast.before[genes],
        contrast.after[genes],
        contrast.differences[genes],
        states=states,
        colours=(palette[colours[0]], palette[colours[1]]),
        value_title=contrast.scale.title,
        difference_title=contrast.scale.difference_title,
        real=None if real is None else real[genes],
        real_name=real_name,
    )
    table = contrast.table(gene_names, states, over_runs)
    if real is not None:
        table.insert(2, real_name, table["gene"].map(dict(zip(gene_names, real.round(4).tolist(), strict=True))))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_figure(figure, "gene-contrast", f"The {len(genes)} genes that change most from {states[0]} to {states[1]}")
    with right:
        st.dataframe(
            table,
            hide_index=True,
            height=500,
            column_config={
                column: st.column_config.NumberColumn(
                    "log₂ difference" if column == "log2_difference" else None,
                    format="%d" if column == "runs_that_agree" else "%.2f",
                    help=_DIFFERENCE if column == "log2_difference" else None,
                )
                for column in table.columns[1:]
            },
            key="contrast-table",
            alt="Every gene in both states with its change",
        )
        st.download_button(
            "Genes as CSV",
            lambda: table.to_csv(index=False).encode(),
            f"{name}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
