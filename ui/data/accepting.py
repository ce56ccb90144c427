"""What uploaded files become: the data that the page shows, its samples, and the tables that go with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import streamlit as st

from clustergan_core.data.counts.batches import read_sample_table
from clustergan_core.data.opening import name_samples
from clustergan_core.data.own.labels import names_samples
from clustergan_core.data.own.sample_ids import find_sample_ids
from clustergan_core.data.own.table_text import read_table
from clustergan_core.data.uploads.sorting import store_files
from clustergan_core.data.uploads.store import forget_upload, list_uploads, store_beside
from clustergan_core.errors import DataError
from ui.data.choice import DATASET_KEY, chosen_for
from ui.data.count_choices import FURTHER, SAMPLES
from ui.data.sample_tables import store_table
from ui.data.sources import source_text
from ui.loading.files import FileLook, look_at
from ui.loading.matrices import load_matrix

N_NAMED = 6  # skipped files that a message names


def accept_files(
    files: list[tuple[str, memoryview]], on_look: Callable[[int, int], object] = lambda done, all_of_them: None
) -> tuple[Mapping[str, str | list[str]], list[str]]:
    """(choices that show what was uploaded, messages about it). A file that cannot be read is not kept.

    Several count matrices are the samples of one data set, and a table that has a row for each describes them.
    `on_look` is told how many of several files have been looked at.

    Raises AppError where nothing can be read.
    """
    earlier = set(list_uploads())
    result = store_files(files)
    looks: dict[Path, FileLook] = {}
    problems: list[str] = [*result.notes]
    for number, upload in enumerate(result.uploads):
        if len(result.uploads) > 1:
            on_look(number, len(result.uploads))
        try:
            looks[upload.path] = look_at(upload.path)
        except DataError as problem:
            problems.append(str(problem))
            if upload.path not in earlier:
                forget_upload(upload.path)
    if not looks:
        raise DataError(problems[len(result.notes)])
    if len(looks) == 1 and (added := _add_to_chosen(next(iter(looks)), earlier)):
        return added
    if len(looks) > 1 and all(look.kind == "table" for look in looks.values()):
        problems += _join_tables(looks, earlier)
    matrices = [path for path, look in looks.items() if look.kind == "counts"]
    chosen = next(iter(matrices), next(iter(looks)))
    if result.left_out:
        more = len(result.left_out) - N_NAMED
        shown = ", ".join(result.left_out[:N_NAMED]) + (f" and {more:,} more" if more > 0 else "")
        problems.append(f"Skipped unsupported files: {shown}.")
    choices: dict[str, str | list[str]] = {**choices_of(chosen)}
    if len(matrices) > 1:
        choices[FURTHER] = [str(path) for path in matrices[1:]]
        problems.append(f"{len(matrices)} files are combined as {len(matrices)} samples.")
        problems += _describe_samples(choices, [path for path in looks if path not in matrices], matrices, earlier)
    return choices, problems


def choices_of(path: Path) -> dict[str, str]:
    """Choices that show an upload."""
    return {DATASET_KEY: source_text(str(path))}


def _describe_samples(
    choices: dict[str, str | list[str]], tables: list[Path], matrices: list[Path], earlier: set[Path]
) -> list[str]:
    """Takes a table with a row for each sample for the table of samples; a sentence on it."""
    names = name_samples([str(path) for path in matrices])
    for path in tables:
        with suppress(DataError):
            read_sample_table(path, names)
            choices[SAMPLES] = str(store_table(path.read_bytes()))
            if path not in earlier:
                forget_upload(path)
            return [f"{path.name} describes the samples."]
    return []


def _add_to_chosen(table: Path, earlier: set[Path]) -> tuple[dict[str, str], list[str]] | None:
    """Stores a table that names the cells of the chosen matrix beside it, rather than as separate data.

    Returns (choices, messages); None for another table, or where the matrix was not uploaded.
    """
    matrix = _chosen_matrix()
    if matrix is None or look_at(table).kind != "table" or not _names_cells(table, matrix):
        return None
    store_beside(matrix, table.name, table.read_bytes())
    if table not in earlier:
        forget_upload(table)
    return choices_of(matrix), [f"{table.name} names cells of {matrix.name} and is stored with it."]


def _join_tables(looks: dict[Path, FileLook], earlier: set[Path]) -> list[str]:
    """Stores tables of classes that name the rows of the widest one beside it, and takes them out of `looks`.

    It may hold counts that are not recognised as such; the tables would be lost to whoever then reads it as counts.
    """
    data = max(looks, key=lambda path: len(looks[path].columns))
    _, ids = find_sample_ids(read_table(data))
    messages = []
    for path in [path for path in looks if path != data and looks[path].classes]:
        if len(looks[path].columns) < len(looks[data].columns) and names_samples(read_table(path), ids):
            store_beside(data, path.name, path.read_bytes())
            del looks[path]
            if path not in earlier:
                forget_upload(path)
            messages.append(f"{path.name} names rows of {data.name} and is stored with it.")
    return messages


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

    cells = load_matrix(matrix, chosen_for(str(matrix)).orientation).cell_ids
    return names_samples(read_table(table), cells.tolist())
