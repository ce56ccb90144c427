"""Bringing one's own files, and forgetting them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import streamlit as st

from clustergan_core.data.uploads.label_tables import label_tables
from clustergan_core.data.uploads.store import forget_upload, list_uploads, upload_size
from clustergan_core.errors import AppError
from ui.confirmation import ask
from ui.file_look import FOLDER_TYPES
from ui.messages import plain, show_problem
from ui.taken_files import choices_of, show_upload, take_files

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
