"""Two pages that share a linked choice; the test reads the values as text."""

import streamlit as st

from ui.frame.choices import linked, number, one_of

RUNS = ["a", "b", "c"]


def choose_run() -> str:
    with linked("run", one_of(RUNS)):
        return st.selectbox("Run", RUNS, key="run", bind="query-params")


def first() -> None:
    run = choose_run()
    with linked("mu", number(0, 1)):
        mu = st.slider("μ", 0.0, 1.0, 0.5, key="mu", bind="query-params")
    st.text(f"first: {run} {mu}")


def second() -> None:
    st.text(f"second: {choose_run()}")


st.navigation([st.Page(first, default=True), st.Page(second)]).run()
