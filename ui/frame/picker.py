"""Choosing one of several named things, such as runs: the choice is always in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from clustergan_core.errors import SettingsError
from ui.frame.choices import N_NAMED_RUNS, carried, linked, one_of, write_address
from ui.frame.messages import show_problem


def pick_named(
    key: str, names: Sequence[str], *, label: str, help_text: str, on_change: Callable[[], None] | None = None
) -> str:
    """A picker whose choice is the widget's `key` and the address's parameter: the one chosen last, else the first."""
    _address_one(key, names)
    with linked(key, one_of(names, N_NAMED_RUNS)):
        # Streamlit leaves a default out of the address, so there is none: a link made today must not show tomorrow's
        # newest.
        name = st.selectbox(
            label,
            names,
            index=None,
            required=True,
            key=key,
            bind="query-params",
            on_change=on_change,
            help=help_text,
        )
    if name is None:
        # Back led to an entry of the browser's history without a name, and Streamlit emptied the picker accordingly.
        # By now the address has a name, which the next run of the page reads.
        st.rerun()
    return name


def _address_one(key: str, names: Sequence[str]) -> None:
    """Writes the name chosen last, else the first, to an address that names none or a missing one."""
    refused = f"refused_{key}"  # session state: the sentence about a wrong name, for the coming run of the page
    if refusal := st.session_state.pop(refused, None):
        show_problem(refusal)
    asked = st.query_params.get(key)
    if asked in names:
        return
    # A choice of this session that has been deleted gives way silently.
    is_refused = asked is not None and asked != str(carried(key))
    # This page's picker drops what the last page's picker left in the session state, so it is set again.
    last = st.session_state.pop(key, None) or carried(key)
    name = str(last) if last in names else names[0]
    st.session_state[key] = name
    if write_address(key, name) and is_refused:
        st.session_state[refused] = _refuse(key, str(asked), names)
        # The picker would read the address as it was when this run began, and clear it.
        st.rerun()


def _refuse(key: str, asked: str, names: Sequence[str]) -> str:
    try:
        one_of(names, N_NAMED_RUNS)(asked)
    except SettingsError as reason:
        return f"The address asks for {key}={asked}, but {reason}; another is shown."
    raise AssertionError(f"{asked} is one of the names")
