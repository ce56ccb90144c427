"""One real cell as another type, its z_n kept: which genes the generator would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.runs.run import Run
from ui.cell_choice import cell_name, choose_cell
from ui.gene_contrast import show_contrast
from ui.loaded import load_method
from ui.messages import plain
from ui.mode_rows import assigned_samples
from ui.mode_titles import ModeTitles, mode_titles
from ui.named_mode_choice import choose_named_mode
from ui.real_cells import NEEDS_DATA, RealCells, real_cells

if TYPE_CHECKING:
    from clustergan_core.cells.contrasts import GeneContrast


def show_one_cell(run: Run) -> None:
    """The cell, the type it becomes, and its genes before and after."""
    from clustergan_core.cells.contrasts import contrast_codes, one_hot
    from clustergan_core.cells.expression import value_scale

    method, titles, cells = load_method(run), mode_titles(run), real_cells(run)
    latents = assigned_samples(run) if cells is None else cells.latents
    if latents is None:
        st.info(f"A cell's z_n {NEEDS_DATA}", icon=":material/download:")
        return
    dataset = None if cells is None else cells.dataset
    left, right = st.columns([13, 5], vertical_alignment="bottom", gap="medium")
    with left:
        row = choose_cell(dataset, latents, titles)
    own = int(latents.clusters[row])
    with right:
        other = choose_named_mode("as", "As", titles, _first_other(titles, own))
    if other == own:
        st.caption(f"The cell is of mode {own} already: choose another for it.")
        return
    scale = value_scale(run.config.dataset.preprocessing)
    codes = one_hot(run.config.n_clusters, own), one_hot(run.config.n_clusters, other)
    contrast = contrast_codes(method, scale, *codes, latents.normal[row][None])
    name = cell_name(dataset, latents, row)
    label = "" if cells is None else cells.label(int(latents.indices[row]))
    called = plain(name) if dataset is not None else f"Cell {name}"
    st.markdown(
        f"**{called}** · {plain(titles.names[own])}, confidence {latents.confidence[row]:.2f}"
        f"{f' · label {plain(label)}' if label else ''}. {_describe(contrast, titles.names[other], cells)}"
    )
    real = None
    if dataset is None:
        st.info(f"The real cell's own expression {NEEDS_DATA}", icon=":material/download:")
    else:
        real = scale.expression(dataset.samples[latents.indices[row]])
    show_contrast(
        run, contrast, (f"as mode {own}", f"as mode {other}"), (own, other), f"{run.name}-{name}-as-{other}", real
    )
    st.caption(
        "z_n is what the encoder reads in the cell beside its mode. Both states are generated from it, with mode "
        f"{own}'s code and with mode {other}'s; the ring is what was measured, with the gaps of a single cell."
    )


def _first_other(titles: ModeTitles, own: int) -> int:
    """The largest mode that the cell is not of."""
    return next((mode for mode in titles.largest() if mode != own), own)


def _describe(contrast: GeneContrast, other: str, cells: RealCells | None) -> str:
    """How many genes change, and whether real cells are near what comes out."""
    n_changed, n_genes = contrast.n_changed(), len(contrast.before)
    how = "at least two-fold" if contrast.scale.log_base is not None else "by 1 or more"
    said = f"As {plain(other)}, its z_n kept, {n_changed:,} of {n_genes:,} genes change {how}."
    if cells is None:
        return said
    distance = float(cells.space.distances(cells.space.project(contrast.samples))[0])
    limit = cells.space.limit
    if distance > limit:
        return f"{said} What comes out lies further from any real cell than 95% of real cells do from each other."
    return f"{said} What comes out lies no further from real cells than 95% of them do from each other."
