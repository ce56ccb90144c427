"""A command line to copy, and where it works."""

import streamlit as st


def show_shell(command: str, note: str = "") -> None:
    """The command, a sentence on it perhaps, and what it needs around it."""
    st.code(command, language="shell", wrap_lines=True)
    st.caption(f"{note} In the program's folder, with its environment on: `source .venv/bin/activate`.".strip())
