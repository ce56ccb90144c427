"""How to read a person's own file: its label column, which rows to keep, the side of its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from clustergan_core.data import OwnDataOptions
from clustergan_core.errors import DataError, SettingsError
from ui.choices import linked, one_of
from ui.file_look import FileLook, look_at
from ui.messages import plain, show_problem

AUTOMATIC = "automatic"
SIDES = (8, 12, 16, 20, 24, 28, 32, 48, 64, 96, 128)
_CARRIED_ROWS = "carried_rows"  # session state: the last choice of rows, which linked() cannot carry as it is a list


def choose_options(path: Path) -> OwnDataOptions | None:
    """Asks what reading this file needs; None when it cannot be read, after saying why."""
    try:
        look = look_at(path)
    except DataError as problem:
        show_problem(problem)
        return None
    if look.is_table:
        return _choose_for_table(look)
    return OwnDataOptions(image_side=_choose_side())


def options_in_form(options: OwnDataOptions) -> dict[str, Any]:
    """Session state that shows these options in the form, to begin anew from a run's."""
    return {
        "labels": options.labels or AUTOMATIC,
        "side": str(options.image_side) if options.image_side else AUTOMATIC,
        "only": [_pair(column, value) for column, values in options.only.items() for value in values],
        "drop": [_pair(column, value) for column, values in options.drop.items() for value in values],
    }


def options_in_address(options: OwnDataOptions) -> dict[str, Any]:
    """The same as parameters of an address, without those that are as they would be anyway."""
    return {name: value for name, value in options_in_form(options).items() if value not in (AUTOMATIC, [])}


def _choose_for_table(look: FileLook) -> OwnDataOptions:
    choices = [AUTOMATIC, *look.classes]
    with linked("labels", one_of(choices)):
        labels = st.selectbox(
            "Labels",
            choices,
            key="labels",
            bind="query-params",
            help="The column of known classes, if there is one. It is never trained on, only compared with the "
            "clusters. Automatic takes a column named label, labels, class or target.",
        )
    values = {_pair(column, value): (column, value) for column, texts in look.classes.items() for value in texts}
    only: list[str] = []
    drop: list[str] = []
    if values:
        with st.expander("Use some of the rows only", expanded=bool(_asked("only") or _asked("drop"))):
            only = _choose_rows("only", "Keep rows with", list(values))
            drop = _choose_rows("drop", "Leave out rows with", list(values))
    return OwnDataOptions(
        labels=None if labels == AUTOMATIC else labels,
        only=_by_column(values[text] for text in only),
        drop=_by_column(values[text] for text in drop),
    )


def _choose_side() -> int | None:
    choices = [AUTOMATIC, *(str(side) for side in SIDES)]
    with linked("side", one_of(choices)):
        side = st.selectbox(
            "Side of a picture in pixels",
            choices,
            key="side",
            bind="query-params",
            help="Pictures become squares of this side. Automatic keeps small squares and resizes all else to 32; "
            "larger pictures take longer to train. Tables in .npz files are not resized.",
        )
    return None if side == AUTOMATIC else int(side)


def _choose_rows(name: str, label: str, options: Sequence[str]) -> list[str]:
    """Values that rows are chosen by; wrong ones in the address are named in one sentence."""
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
    chosen = st.multiselect(label, options, key=name, bind="query-params", placeholder="all rows")
    carried[name] = list(chosen)
    return list(chosen)


def _asked(name: str) -> bool:
    return bool(st.query_params.get_all(name) or st.session_state.get(name))


def _pair(column: str, value: str) -> str:
    return f"{column}={value}"


def _by_column(pairs: Any) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for column, value in pairs:
        found[column] = (*found.get(column, ()), value)
    return found


def describe_look(look: FileLook) -> str:
    """One line on what was found in a file before any option is chosen."""
    if not look.is_table:
        return ""
    shown = ", ".join(plain(column) for column in look.columns[:8]) + (", …" if len(look.columns) > 8 else "")
    return f"{look.n_rows:,} rows, {len(look.columns):,} columns: {shown}"
