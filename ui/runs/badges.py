"""A run's state as a badge: its colour and symbol, the same wherever it is shown."""

from __future__ import annotations

import streamlit as st

from clustergan_core.runs.status import State
from ui.loading.summaries import STATE_WORDS

_BADGES: dict[State, tuple[str, str]] = {  # colour and symbol
    "waiting": ("gray", ":material/schedule:"),
    "starting": ("blue", ":material/hourglass_top:"),
    "running": ("blue", ":material/play_arrow:"),
    "paused": ("orange", ":material/pause:"),
    "stopped": ("gray", ":material/stop:"),
    "finished": ("green", ":material/check:"),
    "failed": ("red", ":material/error:"),
    "interrupted": ("orange", ":material/power_off:"),
}


def show_badge(state: State, before: str = "") -> None:
    """The state's word, with a number or whatever else before it."""
    colour, icon = _BADGES[state]
    st.badge(f"{before} {STATE_WORDS[state]}".strip(), icon=icon, color=colour)  # type: ignore[arg-type] # its colours
