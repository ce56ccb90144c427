"""Clusters for new samples."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.data.uploads.store import safe_name
from clustergan_core.errors import AppError
from clustergan_core.runs.clusters.splits import describe_new_samples
from clustergan_core.runs.run import Run
from ui.cells.names import read_names
from ui.frame.messages import plain, show_notes, show_problem

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Kind
    from clustergan_core.runs.assignments import AssignedFile

FILE_TYPES: dict[Kind, tuple[str, ...]] = {
    "image": ("npz", "zip"),
    "table": ("csv", "tsv", "txt", "gz", "npz"),
    "expression": ("h5ad", "h5", "hdf5", "loom", "mtx", "xlsx", "csv", "tsv", "txt", "gz", "zip"),
}
_RESULT = "assigned"  # session state: (run, files, result) of the last assignment
N_SHOWN_ROWS = 200


def assign_form(run: Run) -> None:
    """Accepts data like the training data and gives back a table of clusters; the data is not kept."""
    record = run.config.dataset
    is_of_cells = record.kind == "expression"
    needed = {
        "image": "images of the same kind (.npz, or a .zip of images)",
        "table": f"a table with the {len(record.feature_names)} columns it was trained on",
        "expression": "counts of the same genes, in any supported format (all three files of a 10x folder at once)",
    }[record.kind]
    what = "cells" if is_of_cells else "samples"
    given = st.file_uploader(
        f"New {what}: {needed}. They are prepared exactly as in training and are not kept.",
        type=FILE_TYPES[record.kind],
        accept_multiple_files=is_of_cells,
        key=f"assign_{run.name}",
    )
    files = given if isinstance(given, list) else [given] if given else []
    if not files:
        return
    done = st.session_state.get(_RESULT)
    ids = tuple(file.file_id for file in files)
    if done is None or done[:2] != (run.name, ids):
        try:
            with st.spinner("Assigning…"):
                assigned = _assign(run, {file.name: file.getbuffer() for file in files})
        except AppError as problem:
            show_problem(problem)
            return
        done = st.session_state[_RESULT] = (run.name, ids, assigned)
    _show_result(run, files[0].name, done[2])


def _assign(run: Run, files: dict[str, memoryview]) -> AssignedFile:
    from clustergan_core.runs.assignments import assign_file

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "new"
        folder.mkdir()
        for name, content in files.items():
            (folder / safe_name(name)).write_bytes(content)
        paths = list(folder.iterdir())
        return assign_file(run, paths[0] if len(paths) == 1 else folder)


def _show_result(run: Run, name: str, assigned: AssignedFile) -> None:
    table = assigned.table()
    n_clusters = table["cluster"].nunique()
    st.markdown(
        f"{len(table):,} samples of {plain(name)} in {n_clusters} cluster{'' if n_clusters == 1 else 's'}, mean "
        f"confidence {table['confidence'].mean():.2f} (not calibrated)."
    )
    splits = read_names(run).splits if run.config.dataset.kind == "expression" else ()
    show_notes((*assigned.notes, *describe_new_samples(splits)))
    st.dataframe(table.head(N_SHOWN_ROWS), hide_index=True, height=240)
    if len(table) > N_SHOWN_ROWS:
        st.caption(f"The first {N_SHOWN_ROWS} rows; the CSV file has all of them.")
    st.download_button(
        "Clusters as CSV",
        table.to_csv(index=False),
        file_name=f"{Path(name).stem}-clusters.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="download_assigned",
    )
