"""Two pages that share a linked choice; the test reads the values as text."""

import streamlit as st

from ui.frame.choices import select, slider

RUNS = ["a", "b", "c"]


def choose_run() -> str:
    return select("run", RUNS, "Run")


def first() -> None:
    run = choose_run()
    mu = slider("mu", "μ", 0, 1, 0.5)
    st.text(f"first: {run} {mu}")


def second() -> None:
    st.text(f"second: {choose_run()}")


st.navigation([st.Page(first, default=True), st.Page(second)]).run()
