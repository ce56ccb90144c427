"""Uploading own files, and removing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import streamlit as st

from clustergan_core.data.uploads.label_tables import label_tables
from clustergan_core.data.uploads.store import forget_upload, list_uploads, upload_size
from clustergan_core.errors import AppError
from ui.data.accepting import accept_files, choices_of
from ui.data.choice import DATASET_KEY, show_next
from ui.data.count_choices import FURTHER, SAMPLES, CountChoices, set_choices
from ui.data.labels import forget_labels
from ui.frame.choices import write_address
from ui.frame.dialogs import confirm_change
from ui.frame.messages import plain, show_problem
from ui.loading.files import FOLDER_TYPES

_ROUND = "upload_round"  # session state: counts accepted uploads; a new key empties the picker and frees memory
_ACCEPTED = "upload_accepted"  # session state: choices of the coming run, and messages about the files
FILES, FOLDER = "Files", "A folder"
_HELP = (
    "Counts of genes in cells: the three files of a 10x folder at once (or the folder, or a .zip of it), .h5ad, .h5, "
    ".loom, .xlsx, .csv or .tsv, with a table of labels if you have one. Several of them together, or a .zip or .tar "
    "of several, are the samples of one experiment. Or a table with one sample a row (.csv, .tsv, .txt), arrays (.npz "
    "with images or x, and labels or y), or images, whose folders become labels. It all stays on this machine."
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
            choices, messages = accept_files([(file.name, file.getbuffer()) for file in files], _show_progress())
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


def _show_progress() -> Callable[[int, int], None]:
    """What shows how many of several files have been looked at."""
    slot = st.empty()
    return lambda done, all_of_them: slot.progress(done / all_of_them, f"{done} of {all_of_them} files") and None


def show_upload(choices: Mapping[str, str | list[str]]) -> None:
    """Shows an upload by these choices, with the samples brought with it; called before the picker is drawn."""
    data = str(choices[DATASET_KEY])
    show_next(data)
    forget_labels()
    if further := choices.get(FURTHER):
        samples = choices.get(SAMPLES)
        set_choices(data, CountChoices(further=tuple(further), samples=None if samples is None else str(samples)))
    texts = {name: text for name, text in choices.items() if name not in (FURTHER, SAMPLES)}
    st.session_state.update(texts)
    for name, text in texts.items():  # a widget that is new on the page would write it only on the next run
        write_address(name, text)
