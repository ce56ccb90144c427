"""Dialogs that confirm a lasting change, or ask for the one value it needs.

The change happens in the button's callback, before the page is drawn again, so that the page already shows it.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from clustergan_core.errors import AppError
from ui.frame.messages import page_errors, plain

_OUTCOME = "dialog_outcome"  # session state: "" once the change is made, else the sentence why it failed

Change = Callable[[], None]


def confirm_change(title: str, question: str, yes: str, change: Change) -> None:
    """Opens a dialog with a question in Markdown; `change` happens when it is answered with `yes`."""
    st.session_state.pop(_OUTCOME, None)

    @st.dialog(title)
    @page_errors()
    def dialog() -> None:
        st.markdown(question)
        with st.container(horizontal=True, gap="small"):
            st.button(yes, key="dialog_yes", type="primary", on_click=_attempt, args=(change,))
            if st.button("Cancel", key="dialog_cancel"):
                st.rerun()
        _finish()

    dialog()


def ask_text(title: str, label: str, value: str, placeholder: str, note: str, change: Callable[[str], None]) -> None:
    """Opens a dialog for a line of text of at most 80 characters, which `change` gets."""
    st.session_state.pop(_OUTCOME, None)

    @st.dialog(title)
    @page_errors()
    def dialog() -> None:
        with st.form("dialog_form", border=False):
            st.text_input(label, value=value, key="dialog_text", max_chars=80, placeholder=placeholder)
            st.form_submit_button("Save", key="dialog_yes", type="primary", on_click=_attempt, args=(send,))
        st.caption(note)
        _finish()

    def send() -> None:
        change(st.session_state["dialog_text"])

    dialog()


def _attempt(change: Change) -> None:
    try:
        change()
    except AppError as problem:
        st.session_state[_OUTCOME] = str(problem)
    else:
        st.session_state[_OUTCOME] = ""


def _finish() -> None:
    """Closes the dialog after the change, or says why it failed."""
    outcome = st.session_state.pop(_OUTCOME, None)
    if outcome == "":
        st.rerun()
    elif outcome:
        st.error(plain(outcome), icon=":material/info:")
