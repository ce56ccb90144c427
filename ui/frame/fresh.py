"""Containers that never show what belongs to something else.

While a script runs, Streamlit leaves what the last run drew on the page. Where reading another file or model takes a
while, figures and buttons of the former one would stand under the new name, and could be pressed.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_SHOWN = "fresh_subjects"  # session state: what each of these containers was last drawn for, by the container's name


def fresh_container(name: str, subject: object) -> DeltaGenerator:
    """A container for what is drawn of a subject; what it held of another one leaves the page at once."""
    shown: dict[str, object] = st.session_state.setdefault(_SHOWN, {})
    is_other = shown.get(name) != subject
    shown[name] = subject
    # An emptied place drops its content before anything slow begins; a plain container keeps what stays the same.
    return st.empty().container() if is_other else st.container()
