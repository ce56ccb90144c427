"""Quality control sample by sample: a row for each, what is wrong with it, and doublets with their thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from clustergan_core.data.counts.quality_rules import DOUBLET_SCORE
from clustergan_core.data.counts.sample_quality import SampleQuality, judge_samples
from clustergan_core.drawing.figures.quality import doublet_histogram
from ui.data.counts.preparation import PreparationForm
from ui.frame.messages import plain
from ui.frame.theme import show_figure

if TYPE_CHECKING:
    from clustergan_core.data.counts.quality import QualityReport

_DOUBLETS = {"off": "Off", "flag": "Flag", "remove": "Remove"}
N_HISTOGRAMS = 4  # in a row


def show_samples_kept(report: QualityReport) -> None:
    """A row a sample, and warnings; nothing where samples are not told apart."""
    rows = judge_samples(report)
    if not rows:
        return
    st.markdown("**By sample**")
    st.dataframe(
        pd.DataFrame([_row(sample) for sample in rows]).dropna(axis="columns", how="all"),
        hide_index=True,
        key="samples_kept",
        column_config={
            "Cells": st.column_config.NumberColumn(format="localized"),
            "Kept": st.column_config.NumberColumn(format="localized"),
            "Removed": st.column_config.NumberColumn(format="percent", help="Share of the sample's cells."),
            "Doublets": st.column_config.NumberColumn(
                format="localized", help="Called by Scrublet within the sample, whether removed or not."
            ),
            "Median counts": st.column_config.NumberColumn(format="localized"),
            "Median genes": st.column_config.NumberColumn(format="localized"),
            "Median mitochondrial share": st.column_config.NumberColumn(format="percent"),
        },
    )
    st.caption("The rules use the medians and MADs of each sample. The medians in this table are over the cells kept.")
    for sample in rows:
        for warning in sample.warnings:
            st.warning(plain(warning), icon=":material/warning:")


def show_doublets(form: PreparationForm, report: QualityReport | None) -> None:
    """Whether doublets are looked for, flagged or removed, and their scores; `report` None where no cell is left."""
    choice, rate, found = st.columns([0.22, 0.2, 0.58], gap="medium")
    with choice:
        form.words("doublets", _DOUBLETS)
    with rate:
        form.threshold("doublet_rate")
    doublets = None if report is None else report.doublets
    if report is None or doublets is None:
        with found:
            st.caption(
                "Doublets, two cells under one barcode, have not been looked for. Flag scores each cell with Scrublet "
                "within its sample: about ten seconds for 3,000 cells. Flagged cells stay."
            )
        return
    names = [""] if report.batches is None else report.batches.names
    scores = report.figures[DOUBLET_SCORE].to_numpy(dtype=np.float64)
    with found:
        n_called = int(doublets.is_doublet.sum())
        fate = "are removed" if form.settings.quality.doublets == "remove" else "are flagged and kept"
        cells = "1 cell is called a doublet" if n_called == 1 else f"{n_called:,} cells are called doublets"
        st.markdown(f"**{cells}** and {fate}.")
        st.caption(
            "The threshold (dashed) is the lowest score that no more than the expected share of a sample's cells "
            "reach. Scrublet misses doublets of two similar cells. Raise the rate if more cells were loaded."
        )
    shown = [code for code, sample in enumerate(doublets.samples) if not sample.skipped]
    for start in range(0, len(shown), N_HISTOGRAMS):
        for column, code in zip(st.columns(N_HISTOGRAMS, gap="medium"), shown[start : start + N_HISTOGRAMS]):
            sample = doublets.samples[code]
            cells = scores if report.batches is None else scores[report.batches.codes == code]
            with column:
                figure = doublet_histogram(cells[np.isfinite(cells)], sample.simulated, sample.threshold)
                title = plain(names[code]) if names[code] else "All cells"
                st.markdown(f"**{title}** :gray[{sample.rate:.1%} expected]")
                show_figure(figure, f"doublets-{code}", f"Doublet scores of {names[code] or 'all cells'}")
    if shown:
        st.caption(
            ":blue[■] cells · :gray[■] simulated doublets, scaled to the number of cells · dashed: the threshold."
        )
    if report.batches is None and doublets.samples[0].skipped:
        st.warning(f"Doublets were not searched for, because {doublets.samples[0].skipped}.", icon=":material/warning:")


def _row(sample: SampleQuality) -> dict[str, float | str | None]:
    return {
        "Sample": sample.name,
        "Cells": sample.n_cells,
        "Kept": sample.n_left,
        "Removed": sample.share_removed,
        "Doublets": sample.n_doublets,
        "Median counts": sample.median_counts,
        "Median genes": sample.median_genes,
        "Median mitochondrial share": sample.median_mito_share,
    }
