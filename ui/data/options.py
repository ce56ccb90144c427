"""How to read own data: its label column, which rows or cells to keep, the side of its images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from clustergan_core.data.options import Orientation, OwnDataOptions
from clustergan_core.data.own.cell_text import as_text, natural_order
from clustergan_core.data.registry import DATASETS
from clustergan_core.errors import DataError, SettingsError
from ui.data.count_choices import CountChoices, choices_in_address
from ui.data.labels import AUTOMATIC, LABELS_KEY, choose_labels, label_text
from ui.frame.choices import select
from ui.frame.messages import plain, show_problem
from ui.loading.files import MAX_CLASSES, FileLook, file_stamp, look_at
from ui.loading.matrices import load_matrix

SIDES = (8, 12, 16, 20, 24, 28, 32, 48, 64, 96, 128)
_CARRIED_ROWS = "carried_rows"  # session state: the last choice of rows


def choose_options(path: Path, choices: CountChoices) -> OwnDataOptions | None:
    """Widgets for what reading this file needs beside `choices`; where it cannot be read, says why and returns None."""
    try:
        look = look_at(path, choices.read_as, choices.orientation)
        if look.kind == "counts":
            return choose_for_counts(path, look, choices)
    except DataError as problem:
        show_problem(problem)
        return None
    if look.kind == "table":
        return _choose_for_table(path, look, choices)
    labels = choose_labels(path, look, list(look.classes)) if look.classes else None
    return OwnDataOptions(labels=labels, image_side=_choose_side())


def choose_for_counts(path: Path, look: FileLook, choices: CountChoices) -> OwnDataOptions:
    """Labels and cells of a count matrix, which this reads. Raises DataError where it cannot be read."""
    assert look.preflight is not None
    looks = [
        look,
        *(
            look_at(Path(source), orientation=choices.orientation)
            for source in choices.further
            if source not in DATASETS
        ),
    ]
    columns = [column.name for each in looks if each.preflight is not None for column in each.preflight.label_columns]
    labels = choose_labels(path, look, list(dict.fromkeys(columns)))
    stamps = tuple(file_stamp(Path(source)) for source in (path, *choices.further) if str(source) not in DATASETS)
    only, drop = _choose_values("cells", _classes_of_cells(str(path), stamps, choices.orientation, choices.further))
    return OwnDataOptions(
        labels=labels,
        only=only,
        drop=drop,
        read_as=choices.read_as,
        orientation=choices.orientation,
        preparation=dict(choices.preparation),
        further=choices.further,
        sample=choices.sample,
        samples=choices.samples,
    )


def options_in_form(options: OwnDataOptions) -> dict[str, Any]:
    """Session state that shows these options in the form, to start from those of a run."""
    return {
        LABELS_KEY: label_text(options.labels),
        "side": str(options.image_side) if options.image_side else AUTOMATIC,
        "only": [_pair(column, value) for column, values in options.only.items() for value in values],
        "drop": [_pair(column, value) for column, values in options.drop.items() for value in values],
    }


def options_in_address(options: OwnDataOptions) -> dict[str, Any]:
    """These options as parameters of an address, without those that have their default."""
    chosen = {name: value for name, value in options_in_form(options).items() if value not in (AUTOMATIC, [])}
    return chosen | choices_in_address(options)


def _choose_for_table(path: Path, look: FileLook, choices: CountChoices) -> OwnDataOptions:
    labels = choose_labels(path, look, list(look.classes))
    only, drop = _choose_values("rows", look.classes)
    return OwnDataOptions(labels=labels, only=only, drop=drop, read_as=choices.read_as)


@st.cache_data(max_entries=4, show_spinner=False)
def _classes_of_cells(
    path_text: str, stamp: object, orientation: Orientation, further: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Columns of few values of a matrix's cells, and their values."""
    cells = load_matrix(Path(path_text), orientation, further).cells
    classes: dict[str, tuple[str, ...]] = {}
    for column in cells:
        if cells[column].dtype.kind == "f" or not 2 <= cells[column].nunique() <= MAX_CLASSES:
            continue
        texts = set(as_text(cells[column].to_numpy(dtype=object))) - {""}
        classes[str(column)] = tuple(natural_order(str(text) for text in texts))
    return classes


def _choose_values(
    what: str, classes: Mapping[str, Sequence[str]]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """(values of columns that are kept, values that are left out), by column; `what` is rows or cells."""
    values = {_pair(column, value): (column, value) for column, texts in classes.items() for value in texts}
    if not values:
        return {}, {}
    with st.expander(f"Use some of the {what} only", expanded=bool(_asked("only") or _asked("drop"))):
        only = _choose_rows("only", f"Keep {what} with", list(values), what)
        drop = _choose_rows("drop", f"Leave out {what} with", list(values), what)
    return _by_column(values[text] for text in only), _by_column(values[text] for text in drop)


def _choose_side() -> int | None:
    choices = [AUTOMATIC, *(str(side) for side in SIDES)]
    side = select(
        "side",
        choices,
        "Side of an image in pixels",
        help_text="Images become squares of this side. Automatic keeps small squares and resizes all others to 32; "
        "larger images take longer to train. Tables in .npz files are not resized.",
    )
    return None if side == AUTOMATIC else int(side)


def _choose_rows(name: str, label: str, options: Sequence[str], what: str) -> list[str]:
    """A picker of values that select rows; it names wrong values in the address in one sentence."""
    carried: dict[str, list[str]] = st.session_state.setdefault(_CARRIED_ROWS, {})
    asked = st.query_params.get_all(name)
    if name in st.session_state:
        st.session_state[name] = [text for text in st.session_state[name] if text in options]
    elif asked:
        wrong = [text for text in asked if text not in options]
        if wrong and asked != carried.get(name):
            remedy = "choose from the list" if options else "this file has no classes to choose rows by"
            show_problem(SettingsError(f"The address asks for {name}={wrong[0]}, which no row has: {remedy}."))
    elif name in carried:
        st.session_state[name] = [text for text in carried[name] if text in options]
    chosen = st.multiselect(label, options, key=name, bind="query-params", placeholder=f"all {what}")
    carried[name] = list(chosen)
    return list(chosen)


def _asked(name: str) -> bool:
    return bool(st.query_params.get_all(name) or st.session_state.get(name))


def _pair(column: str, value: str) -> str:
    return f"{column}={value}"


def _by_column(pairs: Any) -> dict[str, tuple[str, ...]]:
    by_column: dict[str, tuple[str, ...]] = {}
    for column, value in pairs:
        by_column[column] = (*by_column.get(column, ()), value)
    return by_column


def describe_look(look: FileLook) -> str:
    """One line on what a file holds before any option is chosen."""
    if look.kind != "table":
        return ""
    shown = ", ".join(plain(column) for column in look.columns[:8]) + (", …" if len(look.columns) > 8 else "")
    return f"{look.n_rows:,} rows, {len(look.columns):,} columns: {shown}"
