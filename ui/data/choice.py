"""Choosing the data, the same way on every page, kept in the address as ?dataset=.

A published set stands there by its name, a person's own data as "cells.csv (0123456789ab)": its name and the first
twelve characters of its checksum, under which it is kept; a file of the server's as "files/" and its path.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from clustergan_core.data.counts.cell_tables import find_cell_tables
from clustergan_core.data.dataset import Dataset
from clustergan_core.data.opening import is_count_matrix, open_dataset, prepare_counts
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.registry import DATASETS, is_available
from clustergan_core.data.uploads.server_files import list_shared
from clustergan_core.data.uploads.store import list_uploads
from clustergan_core.errors import AppError
from ui.data.count_choices import CountChoices, count_choices, leave_choices
from ui.data.download import offer_download
from ui.data.labels import forget_labels
from ui.data.options import choose_options, options_in_address
from ui.data.sources import SHARED, source_of, source_text
from ui.frame.choices import select
from ui.frame.links import link_page
from ui.frame.messages import page_errors, plain, show_problem
from ui.loading.files import file_stamp
from ui.loading.matrices import load_matrix

if TYPE_CHECKING:
    from clustergan_core.data.dataset import Dataset


DATASET_KEY = "dataset"  # the picker's key and the address's parameter


def choose_dataset() -> tuple[str, OwnDataOptions, Dataset] | None:
    """A picker of published sets and own files, with the options that reading own files needs.

    Returns the source as `open_dataset` and a run's config take it, how to read it, and the loaded data, which all
    sessions share and none may change. None when the data is not available yet; the page then says why and what to do.
    """
    source = choose_source()
    if source is None:
        return None
    options = OwnDataOptions()
    if source not in DATASETS:
        chosen = choose_options(Path(source), chosen_for(source))
        if chosen is None:
            return None
        options = chosen
    try:
        dataset = load_source(source, options)
    except AppError as problem:
        show_problem(problem)
        if options.preparation:  # it may be the cause
            text = source_text(source)
            link_page("Data", {DATASET_KEY: text, **options_in_address(options)}, "Change the preparation")
        return None
    if source not in DATASETS and dataset.kind == "expression":
        show_preparation_line(source_text(source), options, dataset)
    return source, options, dataset


def choose_source() -> str | None:
    """The picker alone; None while the data is not on this machine, after offering its download."""
    texts = list_choices()
    text = select(
        DATASET_KEY,
        texts,
        "Data set",
        on_change=_leave_other_choices,
        help_text="Published sets by name; your own data with the start of its checksum; files of this server by path.",
    )
    source = source_of(text)
    if source in DATASETS and not is_available(source):
        offer_download(source)
        return None
    return source


def show_next(data: str) -> None:
    """Has the picker show other data; before the picker is drawn."""
    leave_choices(data)
    st.session_state[DATASET_KEY] = data


@page_errors()
def _leave_other_choices() -> None:
    leave_choices(st.session_state[DATASET_KEY])
    forget_labels()  # a column of the same name in other data is not confirmed yet


def chosen_for(source: str) -> CountChoices:
    """How the Data page was told to read and prepare this data, if it is a count matrix."""
    return count_choices(source_text(source))


def list_choices() -> list[str]:
    """The options of the picker, as in the address: published sets, uploads, newest first, files by path."""
    shared = [f"{SHARED}{name}" for name in list_shared()]
    return [*DATASETS, *(source_text(str(path)) for path in list_uploads()), *shared]


def load_source(source: str, options: OwnDataOptions) -> Dataset:
    """The data, loaded once for all sessions; raises AppError as `open_dataset` does. Nothing is downloaded."""
    return _load(source, options.model_dump_json(), stamp_of(source, options), options)


def stamp_of(source: str, options: OwnDataOptions) -> tuple[tuple[int, int, int], ...]:
    """Changes when an own file does, or a table brought beside it; published files are checked by checksum instead."""
    own = [Path(name) for name in (source, *options.further) if name not in DATASETS]
    tables = [table for name in (source, *options.further) for table in find_cell_tables(name, options.labels)]
    described = [] if options.samples is None else [Path(options.samples)]
    return tuple(file_stamp(path) for path in [*own, *tables, *described])


@st.cache_resource(max_entries=4, show_spinner="Loading the data…")
def _load(source: str, options_text: str, stamp: object, _options: OwnDataOptions) -> Dataset:

    if source not in DATASETS and is_count_matrix(source, _options.read_as):
        matrix = load_matrix(Path(source), _options.orientation, _options.further)
        return prepare_counts(matrix, source, _options)
    return open_dataset(source, _options)


def show_preparation_line(data: str, options: OwnDataOptions, dataset: Dataset) -> None:
    """The cells and genes that are left, the choices behind them, and a link to change them."""
    quality = next(step for step in dataset.preprocessing if step["step"] == "quality")
    genes = next(step for step in dataset.preprocessing if step["step"] == "select_genes")
    preparation = ", ".join(f"{name} {value}" for name, value in options.preparation.items()) or "default"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**{quality['n_cells_left']:,} of {quality['n_cells']:,} cells × {len(genes['ids']):,} genes** "
            f":gray[(preparation: {plain(preparation)})]",
            width="content",
        )
        link_page("Data", {"dataset": data, **options_in_address(options)}, "Change on the Data page")
