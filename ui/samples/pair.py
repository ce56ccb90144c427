"""The two conditions that the page compares, chosen once for all of its sections."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui.frame.choices import select

_OTHER, _REFERENCE = "condition", "against"


def choose_pair(conditions: Sequence[str]) -> tuple[str, str]:
    """(reference, other) of at least two conditions; by default the second is compared with the first."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        other = select(_OTHER, conditions, "Compare", default=conditions[1], width=220)
        rest = [condition for condition in conditions if condition != other]
        reference = select(_REFERENCE, rest, "with", width=220)
    return reference, other


def chosen_pair(conditions: Sequence[str]) -> tuple[str, str]:
    """The pair that was chosen higher up on the page."""
    other = st.session_state.get(_OTHER, conditions[1])
    reference = st.session_state.get(_REFERENCE, conditions[0])
    return reference, other
