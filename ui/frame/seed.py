"""The z_n that Modes and Interpolate share: a seed in the address, and a button that draws another."""

import secrets
from collections.abc import Callable

import streamlit as st
from pydantic.fields import FieldInfo

from ui.frame.choices import keep_in_history, number

FIRST_SEED = 7
LAST_SEED = 9999
_SEED = FieldInfo(
    default=FIRST_SEED,
    ge=0,
    le=LAST_SEED,
    title="Seed of z_n",
    description="The same seed gives the same z_n, here and in a link.",
)


def choose_seed(on_new: Callable[[], None] | None = None) -> int:
    """The seed's field and, beside it, the button "New z_n" (key N); `on_new` is called after the button's press.

    The first z_n of a seed is the first column of Modes and the z_n of Interpolate.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
        seed = number("seed", _SEED, width=150)
        keep_in_history("seed")
        st.button("New z_n", icon=":material/casino:", shortcut="N", on_click=_draw_seed, args=(on_new,))
    return seed


def _draw_seed(on_new: Callable[[], None] | None) -> None:
    seed = st.session_state.get("seed", FIRST_SEED)
    # Never the same seed again: a press must be seen to do something.
    st.session_state["seed"] = (seed + 1 + secrets.randbelow(LAST_SEED)) % (LAST_SEED + 1)
    if on_new:
        on_new()
