"""One real cell as another type, its z_n kept: which genes the generator would change."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from clustergan_core.cells.expression import value_scale
from clustergan_core.runs.run import Run
from ui.cells.loading import NEEDS_DATA, RealCells, real_cells
from ui.cells.titles import ModeTitles, choose_named_mode, mode_titles
from ui.frame.messages import plain, show_problem
from ui.interpolate.contrast import show_contrast
from ui.loading.modes import assigned_samples
from ui.loading.runs import load_method

if TYPE_CHECKING:
    from clustergan_core.cells.contrasts import GeneContrast
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.scoring.latents import RunLatents


SAMPLE = "sample"  # the address's parameter, as on the Map page: a position in the data set
_BARCODE = "cell_barcode"


def show_one_cell(run: Run) -> None:
    """The cell, the type it becomes, and its genes before and after."""
    from clustergan_core.cells.contrasts import contrast_codes, one_hot

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


def choose_cell(dataset: Dataset | None, latents: RunLatents, titles: ModeTitles) -> int:
    """The row of the chosen cell in `latents`. Without data cells are called by their numbers."""
    row = _row_in_address(latents)
    if row is None:
        row = _surest_cell(latents, titles.largest()[0])
    st.query_params[SAMPLE] = str(latents.indices[row])
    st.session_state[_BARCODE] = cell_name(dataset, latents, row)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Barcode" if dataset is not None and dataset.sample_ids else "Number of the cell",
            key=_BARCODE,
            on_change=_find,
            args=(dataset, latents),
            width=240,
        )
        mode = int(latents.clusters[row])
        st.button(
            f"Another of mode {mode}",
            icon=":material/casino:",
            shortcut="N",
            on_click=_draw,
            args=(latents, mode),
        )
        with st.popover("Of another mode"):
            for other in titles.largest():
                is_empty = not (latents.clusters == other).any()
                st.button(
                    titles.choices[other], key=f"draw-{other}", on_click=_draw, args=(latents, other), disabled=is_empty
                )
    if problem := st.session_state.pop("cell_problem", None):
        show_problem(problem)
    return row


def cell_name(dataset: Dataset | None, latents: RunLatents, row: int) -> str:
    """The cell's barcode, or its number in the data set."""
    index = int(latents.indices[row])
    return str(index) if dataset is None else dataset.sample_id(index)


def _row_in_address(latents: RunLatents) -> int | None:
    asked = st.query_params.get(SAMPLE)
    if asked is None:
        return None
    rows = np.flatnonzero(latents.indices == int(asked)) if asked.isdecimal() and len(asked) < 10 else np.zeros(0, int)
    if len(rows):
        return int(rows[0])
    show_problem(f"The address asks for {SAMPLE}={asked}, but the run has no such cell; another is shown.")
    return None


def _surest_cell(latents: RunLatents, mode: int) -> int:
    """Of the mode's cells the one of highest confidence; of all cells where it has none."""
    own = latents.clusters == mode
    return int(np.where(own | ~own.any(), latents.confidence, -1).argmax())


def _find(dataset: Dataset | None, latents: RunLatents) -> None:
    """Takes the cell whose barcode was written; a wrong one is named."""
    written = st.session_state[_BARCODE].strip()
    names = (cell_name(dataset, latents, row) for row in range(len(latents.indices)))
    row = next((row for row, name in enumerate(names) if name == written), None)
    if row is None:
        examples = ", ".join(cell_name(dataset, latents, row) for row in range(min(2, len(latents.indices))))
        st.session_state["cell_problem"] = f"The run has no cell {written}: write one as the file does ({examples}, …)."
        return
    st.query_params[SAMPLE] = str(latents.indices[row])


def _draw(latents: RunLatents, mode: int) -> None:
    own = np.flatnonzero(latents.clusters == mode)
    # Never the same cell again: a press must be seen to do something.
    others = own[latents.indices[own].astype(str) != st.query_params.get(SAMPLE)]
    own = others if len(others) else own
    st.query_params[SAMPLE] = str(latents.indices[own[secrets.randbelow(len(own))]])
