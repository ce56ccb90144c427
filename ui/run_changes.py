"""Renaming and deleting a run, each in a dialog."""

from __future__ import annotations

import streamlit as st

from clustergan_core.errors import RunError
from clustergan_core.runs.store import Run
from ui.messages import page_errors, plain, show_problem


@st.dialog("Rename the run")
@page_errors()
def rename(run: Run) -> None:
    """Asks for a title; the run's name, which links and the command line use, stays."""
    with st.form("rename_form", border=False):
        title = st.text_input("Title", value=run.config.title, key="new_title", max_chars=80, placeholder=run.name)
        is_sent = st.form_submit_button("Save", type="primary")
    st.caption(plain(f"Links and the command line go on calling it {run.name}."))
    if not is_sent:
        return
    try:
        run.rename(title or "")
    except RunError as problem:
        show_problem(problem)
        return
    st.rerun()


@st.dialog("Delete this run?")
@page_errors()
def confirm_delete(run: Run, title: str) -> None:
    """Asks once more; nothing is deleted before."""
    st.markdown(f"**{plain(title)}** goes with its weights, scores, maps and log. This cannot be undone.")
    with st.container(horizontal=True, gap="small"):
        is_sure = st.button("Delete it", key="delete_now", type="primary", icon=":material/delete:")
        if st.button("Keep it", key="keep"):
            st.rerun()
    if not is_sure:
        return
    try:
        run.delete()
    except RunError as problem:
        show_problem(problem)
        return
    st.toast(f"{plain(title)} is deleted.", icon=":material/delete:")
    st.rerun()
