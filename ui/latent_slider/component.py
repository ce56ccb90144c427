"""latent_slider(): a track along a walk, whose picture follows the pointer; its value comes with the release."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import streamlit as st
from streamlit.components.v2 import component

from clustergan_core.browser.parts import describe_strip, read_part
from clustergan_core.browser.strip import Strip
from ui.canvas_map.component import send_cargo
from ui.frame.choices import slider
from ui.frame.theme import theme_name

_PART = read_part("slider")

_slider = component(
    "clustergan_latent_slider",
    html=_PART.html,
    css=_PART.css,
    js=_PART.js + (Path(__file__).parent / "frontend" / "component.js").read_text(encoding="utf-8"),
)


class Moved(TypedDict):
    """What the browser sends when a person releases the handle."""

    value: float  # 0 to 1
    n_sent: int  # how many values this slider has sent: an answer to an earlier one does not move the handle


def choose_place(name: str, default: float) -> float:
    """The slider's value from 0 to 1, from its last move or from the address, where `name` is its parameter.

    Streamlit's own slider, out of sight, holds the value: so it follows links, the pages and the buttons as all do.
    """
    key = f"{name}-address"
    st.html(f"<style>.st-key-{key} {{ display: none; }}</style>")
    with st.container(key=key):
        return slider(name, name, 0, 1, default)


def latent_slider(
    name: str,
    strip: Strip,
    value: float,
    *,
    label: str,
    ends: tuple[int, int],
    default: float,
    words: str = "",
    noun: str = "mode",
) -> None:
    """Draws the track from the mode `ends[0]` (value 0) to `ends[1]` (value 1), its steps, its picture and its code.

    A released handle starts a run, in which `choose_place(name, …)` is its value. A double click goes to `default`.
    words: below the steps. noun: what the page calls a mode.
    """
    key = f"{name}-slider"
    slot = f"{key}-strip"
    with st.container(gap=None):  # no gap: the cargo takes no room on the page
        digest = send_cargo(slot, strip.sections())
        _slider(
            key=key,
            data={
                "slot": slot,
                "digest": digest,
                **describe_strip(strip, theme_name(), label=label, ends=ends, default=default, words=words, noun=noun),
                "value": value,
                "n_sent": _moved(key)["n_sent"],
            },
            on_moved_change=lambda: st.session_state.__setitem__(name, _moved(key)["value"]),
        )


def _moved(key: str) -> Moved:
    """The last move of this slider; before the first one, none was sent."""
    moved = st.session_state.get(key, {}).get("moved")
    return moved or {"value": 0.0, "n_sent": 0}
