"""The z_n that Modes and Interpolate share: a seed in the address, and a button that draws anew."""

import secrets
from collections.abc import Callable

import streamlit as st

from ui.frame.choices import keep_in_history, linked, whole_number_between

FIRST_SEED = 7
LAST_SEED = 9999


def choose_seed(on_new: Callable[[], None] | None = None) -> int:
    """The seed's field and, beside it, the button "New z_n" (key N); `on_new` is called after the button's press.

    The first z_n of a seed is the first column of Modes and the z_n of Interpolate.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
        with linked("seed", whole_number_between(0, LAST_SEED)):
            seed = st.number_input(
                "Seed of z_n",
                0,
                LAST_SEED,
                FIRST_SEED,
                key="seed",
                bind="query-params",
                width=150,
                help="The same seed gives the same z_n, here and in a link.",
            )
        keep_in_history("seed")
        st.button("New z_n", icon=":material/casino:", shortcut="N", on_click=_draw_anew, args=(on_new,))
    return seed


def _draw_anew(on_new: Callable[[], None] | None) -> None:
    seed = st.session_state.get("seed", FIRST_SEED)
    # Never the same seed again: a press must be seen to do something.
    st.session_state["seed"] = (seed + 1 + secrets.randbelow(LAST_SEED)) % (LAST_SEED + 1)
    if on_new:
        on_new()
