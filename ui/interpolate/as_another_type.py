"""One real cell as another type with its z_n unchanged (a counterfactual): which genes the generator would change."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from ui.cells.titles import ModeTitles, choose_named_mode
from ui.cells.view import ABSENT_DATA, CellsView, RealCells
from ui.frame.messages import plain, show_problem
from ui.interpolate.contrast import show_contrast
from ui.interpolate.ensemble import ends_in_runs, open_ensemble
from ui.loading.runs import load_latents, load_method

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clustergan_core.cells.contrasts import GeneContrast
    from clustergan_core.data.dataset import Dataset
    from clustergan_core.scoring.latents import RunLatents


SAMPLE = "sample"  # the address's parameter, as on the Map page: a position in the data set
_BARCODE = "cell_barcode"
_N_TOP = 30


def show_cell_as_another_type(view: CellsView) -> None:
    """The cell, the type it becomes, and its genes before and after."""
    from clustergan_core.cells.contrasts import contrast_codes, one_hot

    titles, cells = view.titles, view.cells
    latents = view.test_latents if cells is None else cells.latents
    if latents is None:
        st.info(f"A cell's z_n needs {ABSENT_DATA}", icon=":material/download:")
        return
    dataset = None if cells is None else cells.dataset
    left, right = st.columns([13, 5], vertical_alignment="bottom", gap="medium")
    with left:
        row = choose_cell(dataset, latents, titles)
    own = int(latents.clusters[row])
    with right:
        other = choose_named_mode("as", "As", titles, _largest_other(titles, own))
    if other == own:
        st.caption(f"The cell is already in mode {own}: choose another mode.")
        return
    scale = view.scale
    codes = one_hot(view.n_clusters, own), one_hot(view.n_clusters, other)
    contrast = contrast_codes(view.method, scale, *codes, latents.normal[row][None])
    name = cell_name(dataset, latents, row)
    label = "" if cells is None else cells.label(int(latents.indices[row]))
    title = plain(name) if dataset is not None else f"Cell {name}"
    st.markdown(
        f"**{title}** · {plain(titles.names[own])}, confidence {latents.confidence[row]:.2f} (not calibrated)"
        f"{f' · label {plain(label)}' if label else ''}. {_describe_change(contrast, titles.names[other], cells)}"
    )
    real = None
    if dataset is None:
        st.info(f"The measured expression of this cell needs {ABSENT_DATA}", icon=":material/download:")
    else:
        real = scale.expression(dataset.samples[latents.indices[row]])
    states = f"as mode {own}", f"as mode {other}"
    over_runs = None if cells is None else _differences_over_runs(view, cells, row, own, other)
    show_contrast(view, contrast, states, (own, other), f"{view.run.name}-{name}-as-{other}", real, over_runs)
    if over_runs is None:
        st.caption("How far another training would agree is not known: it needs runs with other seeds.")
    else:
        same = (np.sign(over_runs) == np.sign(contrast.differences)).all(axis=0)[contrast.top(_N_TOP)].sum()
        st.caption(
            f"Of the {_N_TOP} genes that change most, {same} change in the same direction in all {len(over_runs)} runs "
            "that differ only in their seed and have both types. The table has the range."
        )
    st.caption(
        f"The encoder reads the cell's mode and its z_n. Both states are generated from this z_n, with the code of "
        f"mode {own} and with that of mode {other}. The ring is the measured cell, with the dropouts of a single cell."
    )


def _differences_over_runs(
    view: CellsView, cells: RealCells, row: int, own: int, other: int
) -> NDArray[np.float64] | None:
    """(R, n_genes) the cell's differences in each run that has both types, by that run's z_n; None for one run."""
    from clustergan_core.cells.contrasts import contrast_codes, one_hot

    runs = open_ensemble(view.run).runs
    if len(runs) < 2:
        return None
    index, differences = cells.latents.indices[row], []
    for end in ends_in_runs(runs, len(cells.dataset.samples), own, other):
        run = runs[end.run]
        latents, codes = load_latents(run, "all"), [one_hot(run.config.n_clusters, mode) for mode in end.modes]
        normal = latents.normal[latents.indices == index]
        if len(normal):
            differences.append(contrast_codes(load_method(run), view.scale, codes[0], codes[1], normal).differences)
    return np.array(differences) if len(differences) > 1 else None


def _largest_other(titles: ModeTitles, own: int) -> int:
    """The largest mode that is not the cell's own."""
    return next((mode for mode in titles.largest() if mode != own), own)


def _describe_change(contrast: GeneContrast, other: str, cells: RealCells | None) -> str:
    """How many genes change, and whether the generated cell is near real ones."""
    n_changed, n_genes = contrast.n_changed(), len(contrast.before)
    how = "at least two-fold" if contrast.scale.log_base is not None else "by 1 or more"
    change = f"As {plain(other)} with the same z_n, {n_changed:,} of {n_genes:,} genes change {how}."
    if cells is None:
        return change
    distance = float(cells.space.distances(cells.space.project(contrast.samples))[0])
    if distance > cells.space.limit:
        return (
            f"{change} The generated cell lies further from any real cell than 95% of real cells lie from each other."
        )
    return f"{change} The generated cell lies no further from real cells than 95% of them lie from each other."


def choose_cell(dataset: Dataset | None, latents: RunLatents, titles: ModeTitles) -> int:
    """The row of the chosen cell in `latents`. Without data, cells are called by their numbers."""
    row = _row_in_address(latents)
    if row is None:
        row = _most_confident_cell(latents, titles.largest()[0])
    st.query_params[SAMPLE] = str(latents.indices[row])
    st.session_state[_BARCODE] = cell_name(dataset, latents, row)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Barcode" if dataset is not None and dataset.sample_ids else "Number of the cell",
            key=_BARCODE,
            on_change=_find_cell,
            args=(dataset, latents),
            width=240,
        )
        mode = int(latents.clusters[row])
        st.button(
            f"Another of mode {mode}",
            icon=":material/casino:",
            shortcut="N",
            on_click=_draw_cell,
            args=(latents, mode),
        )
        with st.popover("From another mode"):
            for other in titles.largest():
                is_empty = not (latents.clusters == other).any()
                st.button(
                    titles.choices[other],
                    key=f"draw-{other}",
                    on_click=_draw_cell,
                    args=(latents, other),
                    disabled=is_empty,
                )
    if problem := st.session_state.pop("cell_problem", None):
        show_problem(problem)
    return row


def cell_name(dataset: Dataset | None, latents: RunLatents, row: int) -> str:
    """The cell's barcode, or its number in the data set."""
    index = int(latents.indices[row])
    return str(index) if dataset is None else dataset.sample_id(index)


def _row_in_address(latents: RunLatents) -> int | None:
    """The row of the cell in the address; a wrong number is reported and ignored."""
    asked = st.query_params.get(SAMPLE)
    if asked is None:
        return None
    rows = np.flatnonzero(latents.indices == int(asked)) if asked.isdecimal() and len(asked) < 10 else np.zeros(0, int)
    if len(rows):
        return int(rows[0])
    show_problem(f"The address asks for {SAMPLE}={asked}, but the run has no such cell; another is shown.")
    return None


def _most_confident_cell(latents: RunLatents, mode: int) -> int:
    """The row of the most confident cell of the mode, or of all cells where the mode is empty."""
    own = latents.clusters == mode
    return int(np.where(own | ~own.any(), latents.confidence, -1).argmax())


def _find_cell(dataset: Dataset | None, latents: RunLatents) -> None:
    """Chooses the cell whose barcode was typed; a wrong one is reported."""
    typed = st.session_state[_BARCODE].strip()
    names = (cell_name(dataset, latents, row) for row in range(len(latents.indices)))
    row = next((row for row, name in enumerate(names) if name == typed), None)
    if row is None:
        examples = ", ".join(cell_name(dataset, latents, row) for row in range(min(2, len(latents.indices))))
        st.session_state["cell_problem"] = f"The run has no cell {typed}: type one as in the file ({examples}, …)."
        return
    st.query_params[SAMPLE] = str(latents.indices[row])


def _draw_cell(latents: RunLatents, mode: int) -> None:
    """Chooses a random cell of the mode."""
    own = np.flatnonzero(latents.clusters == mode)
    # Never the same cell again, because a press must have a visible effect.
    others = own[latents.indices[own].astype(str) != st.query_params.get(SAMPLE)]
    own = others if len(others) else own
    st.query_params[SAMPLE] = str(latents.indices[own[secrets.randbelow(len(own))]])
