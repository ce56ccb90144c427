"""play(): a recording of a training in the plane, with its controls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import streamlit as st
from streamlit.components.v2 import component

from clustergan_core.browser.handout import Handout
from clustergan_core.browser.parts import make_look, read_part
from clustergan_core.lessons.live import LiveView
from ui.canvas_map.component import send_cargo
from ui.frame.theme import theme_name

_PART = read_part("player")
_HEIGHT = "clamp(18rem, 100vh - 29.5rem, 44rem)"  # its controls stand above the fold
_PRESENTED_HEIGHT = "71vh"  # at least 70% after rounding

_player = component(
    "clustergan_player",
    html=_PART.html,
    css=_PART.css,
    js=_PART.js + (Path(__file__).parent / "frontend" / "component.js").read_text(encoding="utf-8"),
)


class Rest(NamedTuple):
    """Where a person let the recording rest, and how fast it plays."""

    frame: int
    speed: float


class Live(TypedDict):
    """A training that may still grow, as the browser knows it."""

    number: int
    state: str
    step: int
    n_steps: int
    seed: int
    message: str
    has_ended: bool
    bookmarks: list[dict[str, Any]]
    parts: list[tuple[str, str]]  # slot and digest of each


def play(
    key: str,
    recording: bytes,
    n_modes: int,
    *,
    frame: int = 0,
    handout: Handout | None = None,
    is_presenting: bool = False,
    live: LiveView | None = None,
    on_command: Callable[[str], None] | None = None,
    problem: str = "",
) -> Rest | None:
    """Draws the player of a .cgr file's bytes, from `frame`, as the `handout` has it.

    live: a training that is shown in place of the recording once its first frames are there. on_command: called with
    start, restart, new-seed, stop, leave, play, pause or step; without it the player cannot train. problem: why
    training did not start. Returns where a person let the recording rest, or None before that.
    """
    slot = f"{key}-recording"

    def obey() -> None:
        if on_command is not None and (command := st.session_state[key].get("command")):
            on_command(command["command"])

    with st.container(gap=None):  # no gap: the cargo takes no room on the page
        digest = send_cargo(slot, {"recording": recording})
        answer = _player(
            key=key,
            data={
                "slot": slot,
                "digest": digest,
                "frame": frame,
                "look": make_look(theme_name(), n_modes, is_presenting=is_presenting),
                "is_presenting": is_presenting,
                "height": _PRESENTED_HEIGHT if is_presenting else _HEIGHT,
                "handout": (handout or Handout()).told(),
                "live": None if live is None else _send_live(key, live),
                "can_train": on_command is not None,
                "problem": problem,
            },
            on_rest_change=lambda: None,
            on_command_change=obey,
        )
    rest = answer.get("rest")
    return Rest(int(rest["frame"]), float(rest["speed"])) if rest and rest.get("digest") == digest else None


def _send_live(key: str, live: LiveView) -> Live:
    """Sends each part as a cargo of its own, so that only those that have changed travel again."""
    slots = [f"{key}-part-{index}" for index in range(len(live.chunks))]
    return Live(
        number=live.number,
        state=live.state,
        step=live.step,
        n_steps=live.n_steps,
        seed=live.seed,
        message=live.message,
        has_ended=live.has_ended,
        bookmarks=[mark.model_dump() for mark in live.bookmarks],
        parts=[(slot, send_cargo(slot, {"recording": part})) for slot, part in zip(slots, live.chunks, strict=True)],
    )
