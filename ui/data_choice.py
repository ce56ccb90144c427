"""Choosing the data, the same way on every page, kept in the address as ?dataset=.

A published set stands there by its name, a person's own file as "cells.csv (0123456789ab)": its name and the first
twelve characters of its checksum, under which it is kept.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.data import DATASETS, OwnDataOptions, is_available
from clustergan_core.errors import AppError, DataError
from clustergan_core.runs.places import uploads_folder
from clustergan_core.runs.uploads import list_uploads
from ui.choices import linked, one_of
from ui.download import offer_download
from ui.messages import show_problem
from ui.own_file_options import choose_options

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset

# Matched before any part of it becomes a path; the name cannot hold a slash.
_UPLOAD = re.compile(r"([A-Za-z0-9_][A-Za-z0-9._ -]{0,99}) \(([0-9a-f]{12})\)")

DATASET_KEY = "dataset"  # the picker's key and the address's parameter


def choose_dataset() -> tuple[str, OwnDataOptions, Dataset] | None:
    """A picker of published sets and of one's own files, with what reading the latter needs.

    Returns the source as `open_dataset` and a run's config take it, how to read it, and the loaded data, which all
    sessions share and none may change. None when the data cannot be had yet; the page has then said why and what to do.
    """
    texts = list_choices()
    with linked(DATASET_KEY, one_of(texts)):
        text = st.selectbox(
            "Data set",
            texts,
            key=DATASET_KEY,
            bind="query-params",
            help="Published sets by name; your own files with the start of their checksum.",
        )
    source = source_of(text)
    if source in DATASETS:
        if not is_available(source):
            offer_download(source)
            return None
        options = OwnDataOptions()
    else:
        chosen = choose_options(Path(source))
        if chosen is None:
            return None
        options = chosen
    try:
        return source, options, load_source(source, options)
    except AppError as problem:
        show_problem(problem)
        return None


def list_choices() -> list[str]:
    """What the picker offers, as it stands in the address: published sets, then uploads, newest first."""
    return [*DATASETS, *(upload_text(path) for path in list_uploads())]


def upload_text(path: Path) -> str:
    """How an upload is called in the picker and the address."""
    return f"{path.name} ({path.parent.name})"


def source_of(text: str) -> str:
    """What `open_dataset` takes for a choice's text: a name of DATASETS or the path of an upload.

    Raises DataError for a text that is neither; never leaves the folder of uploads.
    """
    if text in DATASETS:
        return text
    found = _UPLOAD.fullmatch(text)
    path = uploads_folder().resolve() / found[2] / found[1] if found else None
    if path is None or not path.is_file() or path.resolve().parent.parent != uploads_folder().resolve():
        raise DataError(f"There is no data set or upload named {text}: choose one from the list on the Data page.")
    return str(path)


def load_source(source: str, options: OwnDataOptions) -> Dataset:
    """The data, loaded once for all sessions; raises AppError as `open_dataset` does. Nothing is downloaded."""
    return _load(source, options.model_dump_json(), _stamp(source), options)


def _stamp(source: str) -> tuple[int, int]:
    """Changes when an own file does; published files are checked by checksum instead."""
    if source in DATASETS:
        return 0, 0
    try:
        found = Path(source).stat()
    except OSError as error:
        raise DataError(f"{Path(source).name} is no longer here: upload it again.") from error
    return found.st_mtime_ns, found.st_size


@st.cache_resource(max_entries=4, show_spinner="Loading the data…")
def _load(source: str, options_text: str, stamp: tuple[int, int], _options: OwnDataOptions) -> Dataset:
    from clustergan_core.opening import open_dataset

    return open_dataset(source, _options)
