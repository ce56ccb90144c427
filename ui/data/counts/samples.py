"""The samples of an experiment on the Data page: which files or which column, and what is known of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from clustergan_core.data.counts.batches import (
    MAX_SAMPLES,
    TABLE_COLUMNS,
    propose_samples,
    read_sample_table,
    write_sample_table,
)
from clustergan_core.data.dataset import Batches, SampleFacts
from clustergan_core.data.opening import choose_cells, name_samples, tables_beside
from clustergan_core.data.options import OwnDataOptions
from clustergan_core.data.registry import DATASETS
from clustergan_core.errors import AppError, DataError
from ui.data.choice import list_choices, stamp_of
from ui.data.count_choices import CountChoices, set_choices
from ui.data.sample_tables import store_table, table_digest
from ui.data.sources import source_of, source_text
from ui.frame.messages import page_errors, plain, show_problem
from ui.loading.files import FileLook
from ui.loading.matrices import load_matrix

NO_SAMPLES, BY_FILE = "not told apart", "one file, one sample"
_COLUMN, _FURTHER = "sample_column", "further_samples"  # the widgets' keys
_REFUSED = "refused_samples"  # session state: data whose proposal a person refused
_ROUND = "sample_table_round"  # session state: counts tables; a new key empties the picker
_TITLES = {name: field.title or name for name, field in SampleFacts.model_fields.items()}


def show_files(source: str, looks: Sequence[FileLook], further: Sequence[str]) -> None:
    """What each of several files holds, instead of the report on one."""
    rows = []
    for name, look in zip(name_samples((source, *further)), looks, strict=True):
        if look.preflight is not None:
            rows.append({"Sample": name, "Holds": look.preflight.summary, "Format": look.preflight.form})
    n_cells = sum(look.preflight.n_cells for look in looks if look.preflight is not None)
    st.header(f"{len(looks)} samples, {n_cells:,} cells", anchor=False)
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="sample_files")
    warned: dict[str, list[str]] = {}
    for name, look in zip(name_samples((source, *further)), looks, strict=True):
        for warning in look.preflight.warnings if look.preflight is not None else ():
            warned.setdefault(warning, []).append(name)
    for warning, names in warned.items():
        which = "All samples" if len(names) == len(looks) else ", ".join(names)
        st.warning(plain(f"{which}: {warning}"), icon=":material/warning:")


def choose_files(data: str, choices: CountChoices) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Begins the section with the files, which can be chosen otherwise even where they do not belong together.

    Returns its two columns for `show_samples`.
    """
    st.subheader("Samples", anchor=False)
    left, right = st.columns([0.42, 0.58], gap="large")
    with left:
        _choose_files(data, choices)
    return left, right


def show_samples(
    path: Path,
    data: str,
    options: OwnDataOptions,
    choices: CountChoices,
    columns: tuple[DeltaGenerator, DeltaGenerator],
) -> None:
    """The rest of the section: the column that tells samples apart, and the table that describes them."""
    matrix = load_matrix(path, options.orientation, options.further)
    left, right = columns
    with left:
        _choose_column(data, choices, matrix.cells)
        if choices.further:
            st.caption(plain(matrix.notes[0]))
    try:
        batches = _find_batches(str(path), stamp_of(str(path), options), options.model_dump_json(), options)
    except AppError as problem:
        with right:
            show_problem(problem)
            if choices.samples is not None:
                st.button("Describe the samples again", on_click=_set(data, replace(choices, samples=None)))
        return
    if batches is None:
        with right:
            st.caption(
                "All cells count as one sample. If the experiment has several, upload their files together or choose "
                "the column that tells them apart: quality control and the ranking of genes then run within each."
            )
        return
    with right:
        _edit_table(data, choices, batches)


@st.cache_resource(max_entries=4, show_spinner=False)
def _find_batches(path_text: str, stamp: object, options_text: str, _options: OwnDataOptions) -> Batches | None:
    matrix = load_matrix(Path(path_text), _options.orientation, _options.further)
    return choose_cells(matrix, _options, tables_beside(path_text, _options)).batches


def _choose_files(data: str, choices: CountChoices) -> None:
    texts = [text for text in list_choices() if text != data and text not in DATASETS]
    st.session_state[_FURTHER] = [source_text(source) for source in choices.further]
    st.multiselect(
        "Files of other samples",
        list(dict.fromkeys([*texts, *st.session_state[_FURTHER]])),
        key=_FURTHER,
        placeholder="none",
        help="Each file adds a sample to the one that is shown. Files dropped together are combined at once.",
        on_change=_take_files,
        args=(data, choices),
    )


@page_errors()
def _take_files(data: str, choices: CountChoices) -> None:
    further = tuple(source_of(text) for text in st.session_state[_FURTHER])
    set_choices(data, replace(choices, further=further, samples=None))


def _choose_column(data: str, choices: CountChoices, cells: pd.DataFrame) -> None:
    proposal = None if choices.further else propose_samples({str(name): cells[name] for name in cells})
    none = BY_FILE if choices.further else NO_SAMPLES
    columns = [str(name) for name in cells if _may_tell(cells[name])]
    named = choices.sample if choices.sample is None or choices.sample in columns else None
    st.session_state[_COLUMN] = named or none
    st.selectbox(
        "Samples are told apart by",
        [none, *columns],
        key=_COLUMN,
        help="The column that holds each cell's sample. None is used until you choose it.",
        on_change=_take_column,
        args=(data, choices),
    )
    if choices.sample is not None and named is None:
        show_problem(f"This data has no column {choices.sample} that tells samples apart: choose one from the list.")
    if proposal is None or choices.sample is not None or data in st.session_state.get(_REFUSED, set()):
        return
    with st.container(border=True):
        st.markdown(f"**Are these samples?** {plain(proposal.describe())}.")
        with st.container(horizontal=True, gap="small"):
            chosen = replace(choices, sample=proposal.column)
            st.button("Tell samples apart", key="confirm_samples", on_click=_set(data, chosen))
            st.button("One sample", key="refuse_samples", on_click=_refuse, args=(data,))


@page_errors()
def _take_column(data: str, choices: CountChoices) -> None:
    chosen = st.session_state[_COLUMN]
    column = None if chosen in (NO_SAMPLES, BY_FILE) else chosen
    set_choices(data, replace(choices, sample=column, samples=None))


def _may_tell(column: pd.Series) -> bool:
    """Whether a column may name samples: numbers with fractions are measurements, but donors may be 1.0, 2.0."""
    if column.dtype.kind == "f" and not (column.notna() & (column % 1 == 0)).all():
        return False
    return 2 <= column.nunique() <= min(MAX_SAMPLES, len(column) / 2)


def _refuse(data: str) -> None:
    st.session_state.setdefault(_REFUSED, set()).add(data)


def _edit_table(data: str, choices: CountChoices, batches: Batches) -> None:
    table = pd.DataFrame([facts.model_dump() for facts in batches.table])
    stem = "new" if choices.samples is None else table_digest(Path(choices.samples))
    edited = st.data_editor(
        table,
        hide_index=True,
        disabled=["sample"],
        key=f"samples_{stem}_{'-'.join(table['sample'])}",
        column_config={
            name: st.column_config.TextColumn(_TITLES[name], help=field.description)
            for name, field in SampleFacts.model_fields.items()
        },
    )
    if (facts := _facts(edited)) != list(batches.table):
        _take_table(data, choices, write_sample_table(facts), batches)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            "Download as CSV", write_sample_table(batches.table), "samples.csv", "text/csv", icon=":material/download:"
        )
        _upload_table(data, choices, batches)
    st.caption(
        "Type into the table, or upload one: a CSV with the columns "
        f"{', '.join(TABLE_COLUMNS)}. It is saved with every run, and maps can be coloured by its columns."
    )


def _upload_table(data: str, choices: CountChoices, batches: Batches) -> None:
    number = st.session_state.setdefault(_ROUND, 0)
    with st.popover("Upload a table", icon=":material/upload:"):
        file = st.file_uploader("A CSV of samples", key=f"sample_table_{number}")
    if file is None:
        return
    _take_table(data, choices, file.getvalue(), batches)  # a file that is refused stays, to be replaced


def _take_table(data: str, choices: CountChoices, content: bytes, batches: Batches) -> None:
    """Describes the samples by a table; one that does not fit is refused and leaves things as they are."""
    path = store_table(content)
    try:
        read_sample_table(path, [facts.sample for facts in batches.table])
    except DataError as problem:
        show_problem(problem)
        return
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    set_choices(data, replace(choices, samples=str(path)))
    st.rerun()


def _facts(table: pd.DataFrame) -> list[SampleFacts]:
    return [
        SampleFacts(**{str(name): str(value).strip() for name, value in row.items()})
        for row in table.fillna("").to_dict("records")
    ]


def _set(data: str, choices: CountChoices) -> Callable[[], None]:
    """A callback that sets these choices."""
    return page_errors()(lambda: set_choices(data, choices))
