"""Bringing one's own files, and forgetting them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import streamlit as st

from clustergan_core.errors import AppError, DataError
from clustergan_core.runs.uploads import forget_upload, list_uploads, store_upload
from ui.confirmation import ask
from ui.data_choice import DATASET_KEY, upload_text
from ui.file_look import FILE_TYPES, look_at
from ui.messages import plain, show_problem

_ROUND = "upload_round"  # session state: counts taken files; a new key empties the picker and frees the server's memory
_TAKEN = "upload_taken"  # session state: the file that the coming run shall choose


def upload_form() -> None:
    """Takes a file, keeps it if it can be read, and chooses it as the data."""
    number = st.session_state.setdefault(_ROUND, 0)
    if taken := st.session_state.pop(_TAKEN, None):
        st.session_state[DATASET_KEY] = taken
    file = st.file_uploader(
        "Bring your own file",
        type=FILE_TYPES,
        key=f"upload_{number}",
        help="A table with one sample a row (.csv, .tsv, .txt, also .gz), arrays (.npz with images or x, and labels "
        "or y if known), or a .zip of pictures, whose folders become labels. It stays on this machine.",
    )
    if file is None:
        return
    try:
        path = _take(file.name, file.getvalue())
    except AppError as problem:
        show_problem(problem)
        return
    st.session_state[_ROUND] = number + 1
    st.session_state[_TAKEN] = upload_text(path)
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


def _take(name: str, content: bytes) -> Path:
    """Keeps the file; one that cannot be read at all is not kept."""
    known = set(list_uploads())
    path = store_upload(name, content)
    try:
        look_at(path)
    except DataError:
        if path not in known:
            forget_upload(path)
        raise
    return path


def _show_upload(path: Path) -> None:
    found = path.stat()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{plain(path.name)} :gray[{_size(found.st_size)}, "
            f"{datetime.fromtimestamp(found.st_mtime).astimezone():%-d %b %Y %H:%M}]",
            width="stretch",
        )
        name = path.parent.name
        if st.button("Open", key=f"open_{name}", type="tertiary"):
            st.session_state[DATASET_KEY] = upload_text(path)
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
