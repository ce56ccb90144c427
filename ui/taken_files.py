"""Files that were brought: kept if they can be read, put beside the matrix whose cells they name, and chosen."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from clustergan_core.data.uploads.sorting import keep_files
from clustergan_core.data.uploads.store import forget_upload, list_uploads, store_beside
from clustergan_core.errors import DataError
from ui.choices import write_address
from ui.data_choice import DATASET_KEY, chosen_for, show_next, source_text
from ui.file_look import FileLook, look_at
from ui.label_choice import LABELS_KEY, likeliest_labels, likeliest_of
from ui.loaded_matrix import load_matrix


def take_files(files: list[tuple[str, memoryview]]) -> tuple[dict[str, str], list[str]]:
    """(choices that show what was brought, sentences on what else to know). What cannot be read at all is not kept.

    Raises AppError where nothing can be read.
    """
    known = set(list_uploads())
    brought = keep_files(files)
    looks: dict[Path, FileLook] = {}
    problems: list[str] = []
    for kept in brought.kept:
        try:
            looks[kept.path] = look_at(kept.path)
        except DataError as problem:
            problems.append(str(problem))
            if kept.path not in known:
                forget_upload(kept.path)
    if not looks:
        raise DataError(problems[0])
    if len(looks) == 1 and (added := _add_to_chosen(next(iter(looks)), known)):
        return added
    chosen = next((path for path, look in looks.items() if look.kind == "counts"), next(iter(looks)))
    if brought.left_out:
        problems.append(f"Left out, as it is of no kind that is read here: {', '.join(brought.left_out[:6])}.")
    return choices_of(chosen), problems


def choices_of(path: Path) -> dict[str, str]:
    """Choices that show an upload, with the labels that came with it."""
    labels = likeliest_labels(path)
    return {DATASET_KEY: source_text(str(path))} | ({LABELS_KEY: labels} if labels else {})


def show_upload(choices: dict[str, str]) -> None:
    """Has the page show what `choices_of` gave; before its picker is drawn."""
    show_next(choices[DATASET_KEY])
    st.session_state.update(choices)
    for name, text in choices.items():  # a widget that is new on the page would write it with the next run only
        write_address(name, text)


def _add_to_chosen(table: Path, known: set[Path]) -> tuple[dict[str, str], list[str]] | None:
    """Keeps a table that names the cells of the chosen matrix beside it, rather than as data of its own.

    Returns what `take_files` does; None where it is no such table, or the matrix is not the person's own.
    """
    matrix = _chosen_matrix()
    if matrix is None or look_at(table).kind != "table" or not _names_cells(table, matrix):
        return None
    kept = store_beside(matrix, table.name, table.read_bytes())
    if table not in known:
        forget_upload(table)
    labels = likeliest_of(kept)
    choices = {DATASET_KEY: source_text(str(matrix))} | ({LABELS_KEY: labels} if labels else {})
    return choices, [f"{table.name} names cells of {matrix.name} and is kept with it."]


def _chosen_matrix() -> Path | None:
    """The chosen data where it is a count matrix that was uploaded."""
    text = st.session_state.get(DATASET_KEY) or st.query_params.get(DATASET_KEY, "")
    path = next((path for path in list_uploads() if source_text(str(path)) == text), None)
    if path is None:
        return None
    choices = chosen_for(str(path))
    try:
        return path if look_at(path, choices.read_as, choices.orientation).kind == "counts" else None
    except DataError:
        return None


def _names_cells(table: Path, matrix: Path) -> bool:
    from clustergan_core.data.own.labels import names_samples
    from clustergan_core.data.own.table_text import read_table

    cells = load_matrix(matrix, chosen_for(str(matrix)).orientation).cell_ids
    return names_samples(read_table(table), cells.tolist())
