"""Uploading own files, and removing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import streamlit as st

from clustergan_core.data.own.labels import names_samples
from clustergan_core.data.own.sample_ids import find_sample_ids
from clustergan_core.data.own.table_text import read_table
from clustergan_core.data.uploads.label_tables import label_tables
from clustergan_core.data.uploads.sorting import store_files
from clustergan_core.data.uploads.store import forget_upload, list_uploads, store_beside, upload_size
from clustergan_core.errors import AppError, DataError
from ui.data.choice import DATASET_KEY, chosen_for, show_next
from ui.data.count_choices import FURTHER, CountChoices, set_choices
from ui.data.labels import forget_labels
from ui.data.sources import source_text
from ui.frame.choices import write_address
from ui.frame.dialogs import confirm_change
from ui.frame.messages import plain, show_problem
from ui.loading.files import FOLDER_TYPES, FileLook, look_at
from ui.loading.matrices import load_matrix

N_NAMED = 6  # skipped files that a message names
_ROUND = "upload_round"  # session state: counts accepted uploads; a new key empties the picker and frees memory
_ACCEPTED = "upload_accepted"  # session state: choices of the coming run, and messages about the files
FILES, FOLDER = "Files", "A folder"
_HELP = (
    "Counts of genes in cells: the three files of a 10x folder at once (or the folder, or a .zip of it), .h5ad, .h5, "
    ".loom, .xlsx, .csv or .tsv, with a table of labels if you have one. Or a table with one sample a row (.csv, .tsv, "
    ".txt), arrays (.npz with images or x, and labels or y), or images, whose folders become labels. It all stays on "
    "this machine."
)


def upload_form() -> None:
    """Accepts files or a folder, stores what can be read, and chooses it as the data."""
    number = st.session_state.setdefault(_ROUND, 0)
    if accepted := st.session_state.pop(_ACCEPTED, None):
        choices, messages = accepted
        show_upload(choices)
        for sentence in messages:
            st.toast(plain(sentence), icon=":material/info:", duration="long")
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.markdown("Upload your own data", width="content", help=_HELP)
        way = st.segmented_control(
            "What to upload",
            [FILES, FOLDER],
            default=FILES,
            required=True,
            key="upload_way",
            label_visibility="collapsed",
            width="content",
        )
    files = st.file_uploader(
        "Files" if way == FILES else "Folder",
        # Only such files of a folder are sent. Single files may be of any type: our error names the supported ones.
        type=None if way == FILES else FOLDER_TYPES,
        accept_multiple_files=True if way == FILES else "directory",
        key=f"upload_{way}_{number}",
        label_visibility="collapsed",
    )
    if not files:
        return
    try:
        with st.spinner("Looking at the files…"):
            choices, messages = accept_files([(file.name, file.getbuffer()) for file in files])
    except AppError as problem:
        show_problem(problem)
        return
    st.session_state[_ROUND] = number + 1
    st.session_state[_ACCEPTED] = choices, messages
    st.rerun()


def list_own_files() -> None:
    """Earlier uploads, each with buttons to open and remove it; drawn before the picker, which shows the opened one."""
    uploads = list_uploads()
    if not uploads:
        return
    with st.expander(f"Your files ({len(uploads)})"):
        for path in uploads:
            _show_upload(path)
        if len(uploads) > 1 and st.button("Remove all of them", icon=":material/delete:", key="forget_all"):
            _confirm_removal(uploads)


def _show_upload(path: Path) -> None:
    tables = [table.name for table in label_tables(path)]
    beside = f" with {', '.join(tables)}" if tables else ""
    stored_at = datetime.fromtimestamp(path.parent.stat().st_mtime).astimezone()
    what, actions = st.columns([0.58, 0.42], vertical_alignment="center")
    what.markdown(
        f"{plain(path.name)}{plain(beside)}  \n:small[:gray[{_size(upload_size(path))}, {stored_at:%-d %b %Y %H:%M}]]"
    )
    with actions, st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        name = path.parent.name
        if st.button("Open", key=f"open_{name}", type="tertiary"):
            show_upload(choices_of(path))
        if st.button("Remove", key=f"forget_{name}", icon=":material/delete:", type="tertiary"):
            _confirm_removal([path])


def _confirm_removal(paths: list[Path]) -> None:
    names = ", ".join(plain(path.name) for path in paths)

    def remove_uploads() -> None:
        for path in paths:
            forget_upload(path)
        # Samples leave the memory too; models and other data are loaded again when they are next shown.
        st.cache_resource.clear()
        st.cache_data.clear()

    confirm_change(
        "Remove this data?",
        f"**{names}** will be removed from this machine. Runs trained on it keep their weights and scores, but can no "
        "longer show its samples.",
        yes="Remove it",
        change=remove_uploads,
    )


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e5 else f"{max(1, round(n_bytes / 1e3))} kB"


def accept_files(files: list[tuple[str, memoryview]]) -> tuple[Mapping[str, str | list[str]], list[str]]:
    """(choices that show what was uploaded, messages about it). A file that cannot be read is not kept.

    Several count matrices are the samples of one data set.

    Raises AppError where nothing can be read.
    """
    earlier = set(list_uploads())
    result = store_files(files)
    looks: dict[Path, FileLook] = {}
    problems: list[str] = []
    for upload in result.uploads:
        try:
            looks[upload.path] = look_at(upload.path)
        except DataError as problem:
            problems.append(str(problem))
            if upload.path not in earlier:
                forget_upload(upload.path)
    if not looks:
        raise DataError(problems[0])
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
    return choices, problems


def choices_of(path: Path) -> dict[str, str]:
    """Choices that show an upload."""
    return {DATASET_KEY: source_text(str(path))}


def show_upload(choices: Mapping[str, str | list[str]]) -> None:
    """Shows an upload by these choices, with the samples brought with it; called before the picker is drawn."""
    data = str(choices[DATASET_KEY])
    show_next(data)
    forget_labels()
    if further := choices.get(FURTHER):
        set_choices(data, CountChoices(further=tuple(further)))
    texts = {name: text for name, text in choices.items() if name != FURTHER}
    st.session_state.update(texts)
    for name, text in texts.items():  # a widget that is new on the page would write it only on the next run
        write_address(name, text)


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
