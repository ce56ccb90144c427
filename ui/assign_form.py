"""Clusters for samples of a new file."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.errors import AppError
from clustergan_core.runs.store import Run
from ui.messages import plain, show_notes, show_problem

if TYPE_CHECKING:
    from clustergan_core.runs.assignments import AssignedFile

FILE_TYPES = ("csv", "tsv", "txt", "gz", "npz", "zip")
CELL_FILE_TYPES = ("h5ad", "h5", "loom", "csv", "tsv", "txt", "gz", "zip", "xlsx")
_RESULT = "assigned"  # session state: (run, file, result) of the last assignment
N_SHOWN_ROWS = 200


def assign_form(run: Run) -> None:
    """Takes a file like the one the run was trained on and gives back a table of clusters; the file is not kept."""
    config = run.config
    needed = {
        "table": f"a table with the {len(config.dataset.feature_names)} columns it was trained on",
        "image": "pictures of the same kind (.npz, or a .zip of pictures)",
        "expression": "a count matrix with the genes it was trained on (.h5ad, .h5, a zipped 10x folder, …)",
    }[config.dataset.kind]
    file = st.file_uploader(
        f"New samples: {needed}. They are prepared exactly as in training and not kept.",
        type=CELL_FILE_TYPES if config.dataset.kind == "expression" else FILE_TYPES,
        key=f"assign_{run.name}",
    )
    if file is None:
        return
    done = st.session_state.get(_RESULT)
    if done is None or done[:2] != (run.name, file.file_id):
        try:
            with st.spinner("Assigning…"):
                assigned = _assign(run, file.name, file.getvalue())
        except AppError as problem:
            show_problem(problem)
            return
        done = st.session_state[_RESULT] = (run.name, file.file_id, assigned)
    _show_result(run, file.name, done[2])


def _assign(run: Run, name: str, content: bytes) -> AssignedFile:
    from clustergan_core.runs.assignments import assign_file

    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", name).lstrip(".")[-100:] or "upload"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / safe
        path.write_bytes(content)
        return assign_file(run, path)


def _show_result(run: Run, name: str, assigned: AssignedFile) -> None:
    table = assigned.table()
    n_clusters = table["cluster"].nunique()
    st.markdown(
        f"{len(table):,} samples of {plain(name)} in {n_clusters} cluster{'' if n_clusters == 1 else 's'}, mean "
        f"confidence {table['confidence'].mean():.2f}."
    )
    show_notes(assigned.notes)
    st.dataframe(table.head(N_SHOWN_ROWS), hide_index=True, height=240)
    if len(table) > N_SHOWN_ROWS:
        st.caption(f"The first {N_SHOWN_ROWS} rows; the file holds all.")
    st.download_button(
        "Clusters as CSV",
        table.to_csv(index=False),
        file_name=f"{Path(name).stem}-clusters.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="download_assigned",
    )
