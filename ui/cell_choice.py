"""Choosing one real cell: by its barcode, by ?sample= in the address, or at random among those of a mode."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from ui.messages import show_problem
from ui.mode_titles import ModeTitles

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.scoring.latents import RunLatents

SAMPLE = "sample"  # the address's parameter, as on the Map page: a position in the data set
_BARCODE = "cell_barcode"


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
