"""Names of clusters from a reference: cells whose types are known, in a file or in another run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from clustergan_core.data.own.cell_text import as_text
from clustergan_core.data.own.labels import holds_classes
from clustergan_core.data.uploads.sorting import store_files
from clustergan_core.data.uploads.store import list_uploads
from clustergan_core.errors import AppError, DataError
from clustergan_core.runs.cells import is_of_cells
from clustergan_core.runs.clusters.names import read_annotations
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_runs, list_shipped
from ui.cells.view import CellsView
from ui.frame.links import link_page
from ui.frame.messages import page_errors, plain, show_notes, show_problem
from ui.loading.files import look_at
from ui.loading.matrices import load_matrix

if TYPE_CHECKING:
    from clustergan_core.cells.references import Reference
    from clustergan_core.runs.clusters.names import Annotations
    from clustergan_core.runs.clusters.reference_names import RunNames

FILE, RUN = "A file", "A run"
SAVED = ".npz"  # a reference that the command name saved
# Session state: how many uploads were taken, so that the picker empties; annotations before the last names were taken.
_ROUND, _BEFORE = "reference_round", "names_before_reference"


@st.fragment
@page_errors()
def show_reference_names(view: CellsView) -> None:
    """The choice of a reference, and the names that it gives, to be taken over one by one or all."""
    st.subheader("Names from a reference")
    st.caption(
        "A reference holds cells of known types. A regression on the genes that both have gives each cell here a name; "
        "a cell that lies far from all reference cells, or that no type fits, is “unknown”. You can change every name."
    )
    stored = view.reference_names
    with st.expander("Choose a reference", icon=":material/menu_book:", expanded=stored is None):
        _choose(view)
    if stored is not None:
        _show_names(view, stored)


def _choose(view: CellsView) -> None:
    way = st.segmented_control("The reference is", [FILE, RUN], default=FILE, required=True, key="reference_way")
    if way == FILE:
        path = _choose_file()
        if path is None:
            return
        column = None if path.suffix.lower() == SAVED else _choose_column(path)
        if column is None and path.suffix.lower() != SAVED:
            return
        chosen: tuple[Path | Run, str | None] = path, column
    else:
        run = _choose_run(view.run)
        if run is None:
            return
        chosen = run, _choose_kind(run)
        if chosen[1] is None:
            return
    if st.button("Name the cells", key="name_cells", type="primary", icon=":material/label:"):
        try:
            with st.spinner("Reading the reference and naming the cells: seconds for a few thousand…"):
                _name(view, *chosen)
        except AppError as problem:
            show_problem(problem)
            return
        st.rerun()


def _choose_file() -> Path | None:
    """An earlier upload or a new one."""
    number = st.session_state.setdefault(_ROUND, 0)
    files = st.file_uploader(
        "Upload counts with a column of cell types (such as .h5ad), or a reference saved by the command `name`",
        accept_multiple_files=True,
        key=f"reference_files_{number}",
    )
    if files:
        try:
            with st.spinner("Looking at the files…"):
                stored = store_files([(file.name, file.getbuffer()) for file in files]).uploads
                st.session_state["reference_file"] = str(stored[0].path)
        except AppError as problem:
            show_problem(problem)
            return None
        st.session_state[_ROUND] = number + 1
        st.rerun(scope="fragment")
    paths = {str(path): path for path in list_uploads() if path.suffix.lower() == SAVED or _holds_counts(path)}
    if not paths:
        return None
    chosen = st.selectbox(
        "File", list(paths), format_func=lambda text: paths[text].name, key="reference_file", width=420
    )
    return paths.get(chosen)


def _holds_counts(path: Path) -> bool:
    try:
        return look_at(path).kind == "counts"
    except DataError:
        return False


def _choose_column(path: Path) -> str | None:
    """A column of classes of the file's cells; None, with a sentence, without any or where it cannot be read."""
    try:
        cells = load_matrix(path).cells
    except DataError as problem:
        show_problem(problem)
        return None
    texts = {str(column): as_text(np.asarray(cells[column], dtype=object)) for column in cells}
    columns = [column for column, values in texts.items() if len(set(values.tolist())) > 1 and holds_classes(values)]
    if not columns:
        st.caption(f"{plain(path.name)} has no column of cell types: choose another file.")
        return None
    proposal = look_at(path).proposal
    first = columns.index(proposal.column) if proposal is not None and proposal.column in columns else 0
    return st.selectbox("Column of cell types", columns, index=first, key=f"reference_column_{path}", width=420)


def _choose_run(own: Run) -> Run | None:
    runs = {run.name: run for run in [*list_runs(), *list_shipped()] if run.name != own.name and _can_name(run)}
    if not runs:
        st.caption("There is no other run of cells with labels, or with names that you gave its clusters.")
        return None
    name = st.selectbox("Run", list(runs), format_func=lambda name: runs[name].title, key="reference_run", width=420)
    return runs.get(name)


def _can_name(run: Run) -> bool:
    try:
        return is_of_cells(run) and run.is_data_here() and bool(_kinds(run))
    except AppError:
        return False


def _kinds(run: Run) -> list[str]:
    kinds = ["labels"] if run.config.dataset.label_names else []
    return [*kinds, "cluster names"] if read_annotations(run).names else kinds


def _choose_kind(run: Run) -> str | None:
    return st.segmented_control("Named by its", _kinds(run), default=_kinds(run)[-1], key=f"reference_kind_{run.name}")


def _name(view: CellsView, source: Path | Run, column: str | None) -> None:
    from clustergan_core.cells.references import load_reference
    from clustergan_core.runs.clusters.reference_names import name_run, reference_of_file, reference_of_run

    reference: Reference
    if isinstance(source, Run):
        reference = reference_of_run(source, column or "labels")
    elif column is None:
        reference = load_reference(source)
    else:
        reference = reference_of_file(source, column)
    name_run(view.run, reference, view.dataset, view.matrix)


def _show_names(view: CellsView, names: RunNames) -> None:
    """What the reference says of each cluster, and the buttons that take names over."""
    from clustergan_core.runs.clusters.reference_names import propose_names

    cells = names.cells
    st.markdown(
        f"**{len(cells.named):,} cells named from {plain(names.source)}.** {cells.is_unknown.mean():.1%} are unknown. "
        f"Regression and neighbours agree on {cells.agrees.mean():.1%}."
    )
    show_notes(names.notes)
    table = propose_names(view.run, names, view.annotations)
    st.dataframe(
        _readable(view, table),
        hide_index=True,
        column_config={
            "of its cells": st.column_config.NumberColumn(format="%.0f%%"),
            "unknown": st.column_config.NumberColumn(format="%.0f%%"),
            "nearest cells are": st.column_config.TextColumn(
                help="The most frequent type of the nearest reference cells."
            ),
        },
    )
    nameable = table[table["name"] != "unknown"]
    rows = nameable.to_dict("records")
    labels = {row["cluster"]: f"{row['cluster']}: {row['name']} ({row['share']:.0%})" for row in rows}
    chosen = st.multiselect(
        "Clusters to name",
        list(labels),
        default=table.loc[table["proposed"], "cluster"].tolist(),
        format_func=labels.__getitem__,
        key=f"reference_accept_{view.run.name}_{names.source}",
        help="Preset: those where at least half of the cells have the name. Clusters of the same name count as one.",
    )
    what = "1 name" if len(chosen) == 1 else f"{len(chosen)} names"
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"Accept {what}", key="accept_names", icon=":material/check:", disabled=not chosen):
            _accept(view, names, table, chosen)
        _offer_undo(view)
        st.caption("The h5ad below holds each cell's name as clustergan_reference.", width="content")
        link_page("Map", {"run": view.run.name, "colour": "name from reference"}, "Names on the map")


def _readable(view: CellsView, table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cluster": table["cluster"],
            "named now": [view.annotations.names.get(cluster, "") for cluster in table["cluster"]],
            "reference says": table["name"],
            "of its cells": 100 * table["share"],
            "unknown": 100 * table["unknown_share"],
            "nearest cells are": table["neighbours"],
            "cells": table["cells"],
        }
    )


def _accept(view: CellsView, names: RunNames, table: pd.DataFrame, clusters: Sequence[int]) -> None:
    from clustergan_core.runs.clusters.reference_names import accept_names

    before = read_annotations(view.run)
    try:
        accept_names(view.run, names, table, clusters)
    except AppError as problem:
        show_problem(problem)
        return
    st.session_state[_BEFORE] = str(view.run.folder), before, tuple(clusters)
    st.rerun()


def _offer_undo(view: CellsView) -> None:
    """A button that gives the clusters back the names they had, where this session took names over."""
    from clustergan_core.runs.clusters.reference_names import restore_names

    last: tuple[str, Annotations, tuple[int, ...]] | None = st.session_state.get(_BEFORE)
    if last is None or last[0] != str(view.run.folder):
        return
    if st.button(
        "Undo", key="undo_names", icon=":material/undo:", help="Restores the names that the clusters had before."
    ):
        restore_names(view.run, last[1], last[2])
        del st.session_state[_BEFORE]
        st.rerun()
