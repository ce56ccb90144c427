"""The Learn page's choices in the address: lesson, beat, run, frame, speed, hide, present."""

from __future__ import annotations

from typing import Literal, cast

import streamlit as st

from clustergan_core.browser.handout import HIDEABLE, SPEEDS, Handout
from clustergan_core.errors import SettingsError
from ui.frame.messages import show_problem

Beat = Literal["ask", "predict", "try", "reveal"]
BEATS: tuple[Beat, ...] = ("ask", "predict", "try", "reveal")
_SPEEDS = {f"{speed:g}": speed for speed in SPEEDS}


def shown_beats() -> tuple[Beat, ...]:
    """All beats, without Reveal where the address hides the answer."""
    return tuple(beat for beat in BEATS if beat != "reveal" or "reveal" not in asked_handout().hidden)


def asked_beat() -> Beat:
    """The beat that the address asks for, the first by default; a wrong one is named."""
    asked = _asked("beat", shown_beats())
    return BEATS[0] if asked is None else cast("Beat", asked)


def asked_run(names: tuple[str, ...]) -> str:
    """The recorded training that the address asks for, the first by default; a wrong one is named."""
    return _asked("run", names) or names[0]


def asked_frame() -> int:
    """The frame at which the address wants the player to begin."""
    text = st.query_params.get("frame", "0")
    if text.isascii() and text.isdecimal() and len(text) < 7:
        return int(text)
    show_problem(SettingsError(f"The address asks for frame={text}, but it is a whole number; the first is shown."))
    return 0


def asked_handout() -> Handout:
    """What the address leaves out, and how fast it wants the player to play."""
    return Handout(_asked_words() & HIDEABLE.keys(), _SPEEDS.get(st.query_params.get("speed", "1"), 1.0))


def name_wrong_handout() -> None:
    """Says what of the address's handout is not there."""
    if unknown := sorted(_asked_words() - HIDEABLE.keys()):
        listed = ", ".join(HIDEABLE)
        show_problem(SettingsError(f"The address asks to hide {', '.join(unknown)}, but it can hide {listed}."))
    _asked("speed", tuple(_SPEEDS), "1")


def _asked_words() -> frozenset[str]:
    return frozenset(word for word in st.query_params.get("hide", "").split(",") if word)


def is_presenting() -> bool:
    """Whether the lesson is shown on a projector."""
    return st.query_params.get("present") == "1"


def go_to(**choices: str | None) -> None:
    """Writes choices to the address; None takes one out."""
    for name, value in choices.items():
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value


def _asked(name: str, options: tuple[str, ...], default: str = "") -> str | None:
    text = st.query_params.get(name)
    if text is None or text in options:
        return text
    listed, default = ", ".join(options), default or options[0]
    show_problem(SettingsError(f"The address asks for {name}={text}, but it can be {listed}; {default} is shown."))
    return None
