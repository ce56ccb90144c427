"""Leading to the Train page and the run that has just begun, from a page whose address holds a run of its own."""

from __future__ import annotations

from typing import Any

import streamlit as st

NEW, WATCH = "New run", "Watch a run"  # what the Train page does
NEXT = "next_choices"  # session state: values of widgets for the coming run of the Train page


def choices_to_watch(name: str) -> dict[str, Any]:
    """Choices of the Train page that show a run."""
    return {"task": WATCH, "run": name}


def watch(name: str) -> None:
    """Goes to the Train page, which shows the run of that name."""
    st.session_state[NEXT] = choices_to_watch(name)
    # An empty address, as Streamlit refuses to clear one that holds choices of widgets.
    st.switch_page("pages/train.py", query_params={})
