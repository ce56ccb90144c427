"""Bringing one's own files, and forgetting them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import streamlit as st

from clustergan_core.data.own.labels import names_samples
from clustergan_core.data.own.table_text import read_table
from clustergan_core.data.uploads.label_tables import label_tables
from clustergan_core.data.uploads.sorting import store_files
from clustergan_core.data.uploads.store import forget_upload, list_uploads, store_beside, upload_size
from clustergan_core.errors import AppError, DataError
from ui.data.choice import DATASET_KEY, chosen_for, show_next, source_text
from ui.data.labels import LABELS_KEY, likeliest_labels, likeliest_of
from ui.frame.choices import write_address
from ui.frame.dialogs import ask
from ui.frame.messages import plain, show_problem
from ui.loading.files import FOLDER_TYPES, FileLook, look_at
from ui.loading.matrices import load_matrix

_ROUND = "upload_round"  # session state: counts taken files; a new key empties the picker and frees the server's memory
_TAKEN = "upload_taken"  # session state: choices of the coming run, and what to say of the files
FILES, FOLDER = "Files", "A folder"
_HELP = (
    "Counts of genes in cells: the three files of a 10x folder at once (or the folder, or a .zip of it), .h5ad, .h5, "
    ".loom, .xlsx, .csv or .tsv, with a table of labels if you have one. Or a table with one sample a row (.csv, .tsv, "
    ".txt), arrays (.npz with images or x, and labels or y), or pictures, whose folders become labels. It all stays on "
    "this machine."
)


def upload_form() -> None:
    """Takes files or a folder, keeps what can be read, and chooses it as the data."""
    number = st.session_state.setdefault(_ROUND, 0)
    if taken := st.session_state.pop(_TAKEN, None):
        choices, told = taken
        show_upload(choices)
        for sentence in told:
            st.toast(plain(sentence), icon=":material/info:", duration="long")
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.markdown("Bring your own data", width="content", help=_HELP)
        way = st.segmented_control(
            "What to bring",
            [FILES, FOLDER],
            default=FILES,
            required=True,
            key="upload_way",
            label_visibility="collapsed",
            width="content",
        )
    files = st.file_uploader(
        "Files" if way == FILES else "Folder",
        # Of a folder only such files are sent; of files any, as our sentence on a wrong one says what to bring.
        type=None if way == FILES else FOLDER_TYPES,
        accept_multiple_files=True if way == FILES else "directory",
        key=f"upload_{way}_{number}",
        label_visibility="collapsed",
    )
    if not files:
        return
    try:
        with st.spinner("Looking at the files…"):
            choices, told = take_files([(file.name, file.getbuffer()) for file in files])
    except AppError as problem:
        show_problem(problem)
        return
    st.session_state[_ROUND] = number + 1
    st.session_state[_TAKEN] = choices, told
    st.rerun()


def list_own_files() -> None:
    """Earlier uploads, each with a way to open and to forget it; before the picker, which shows what is opened."""
    uploads = list_uploads()
    if not uploads:
        return
    with st.expander(f"Your files ({len(uploads)})"):
        for path in uploads:
            _show_upload(path)
        if len(uploads) > 1 and st.button("Forget all of them", icon=":material/delete:", key="forget_all"):
            _ask_to_forget(uploads)


def _show_upload(path: Path) -> None:
    tables = [table.name for table in label_tables(path)]
    beside = f" with {', '.join(tables)}" if tables else ""
    kept_since = datetime.fromtimestamp(path.parent.stat().st_mtime).astimezone()
    what, actions = st.columns([0.58, 0.42], vertical_alignment="center")
    what.markdown(
        f"{plain(path.name)}{plain(beside)}  \n:small[:gray[{_size(upload_size(path))}, {kept_since:%-d %b %Y %H:%M}]]"
    )
    with actions, st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        name = path.parent.name
        if st.button("Open", key=f"open_{name}", type="tertiary"):
            show_upload(choices_of(path))
        if st.button("Forget", key=f"forget_{name}", icon=":material/delete:", type="tertiary"):
            _ask_to_forget([path])


def _ask_to_forget(paths: list[Path]) -> None:
    names = ", ".join(plain(path.name) for path in paths)

    def forget() -> None:
        for path in paths:
            forget_upload(path)
        # Samples held in memory go too; models and other data are loaded again when they are next looked at.
        st.cache_resource.clear()
        st.cache_data.clear()

    ask(
        "Forget this data?",
        f"**{names}** will be removed from this machine. Runs trained on it keep their weights and scores, but can no "
        "longer show its samples.",
        yes="Forget it",
        change=forget,
    )


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e5 else f"{max(1, round(n_bytes / 1e3))} kB"


def take_files(files: list[tuple[str, memoryview]]) -> tuple[dict[str, str], list[str]]:
    """(choices that show what was brought, sentences on what else to know). What cannot be read at all is not kept.

    Raises AppError where nothing can be read.
    """
    known = set(list_uploads())
    result = store_files(files)
    looks: dict[Path, FileLook] = {}
    problems: list[str] = []
    for kept in result.uploads:
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
    if result.left_out:
        problems.append(f"Left out, as it is of no kind that is read here: {', '.join(result.left_out[:6])}.")
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

    cells = load_matrix(matrix, chosen_for(str(matrix)).orientation).cell_ids
    return names_samples(read_table(table), cells.tolist())
