"""What a person asks of a run: buttons to pause, stop and continue it, and the badge of its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

from ui.frame.messages import page_errors, section_errors

if TYPE_CHECKING:
    from clustergan_core.runs.run import Request, Run
    from clustergan_core.runs.status import Status

Colour = Literal["blue", "gray", "green", "orange", "red"]

# Colour and symbol of each state, by the word that pages use for it.
_BADGES: dict[str, tuple[Colour, str | None]] = {
    "waiting": ("gray", ":material/schedule:"),
    "starting": ("blue", ":material/hourglass_top:"),
    "training": ("blue", ":material/play_arrow:"),
    "paused": ("orange", ":material/pause:"),
    "stopped": ("gray", ":material/stop:"),
    "finished": ("green", ":material/check:"),
    "failed": ("red", ":material/error:"),
    "interrupted": ("orange", ":material/power_off:"),
    "not begun": ("gray", None),
    "bundled": ("gray", ":material/inventory_2:"),
    "damaged": ("red", ":material/error:"),
}

# A button's label, its label while the request is pending, its symbol and the key that presses it.
_BUTTONS: dict[Request, tuple[str, str, str, str]] = {
    "pause": ("Pause", "Pausing…", ":material/pause:", "P"),
    "stop": ("Stop", "Stopping…", ":material/stop:", "S"),
    "evaluate": ("Evaluate now", "Evaluating…", ":material/speed:", "E"),
}


def show_badge(state: str, before: str = "") -> None:
    """The word for a state, perhaps with a number before it, in the state's colour."""
    colour, icon = _BADGES[state]
    st.badge(f"{before} {state}".strip(), icon=icon, color=colour)


def show_requests(
    run: Run, status: Status, scheduler: str | None, keys: str, *, is_main: bool = False, has_shortcuts: bool = False
) -> None:
    """The buttons that fit the run's state: pause and stop while it is active, continue once it has ended early.

    `keys` is the pattern of their keys, such as "{}_one". `scheduler` is where a continued run trains.
    """
    if not status.is_over:
        for what in ("pause", "stop"):
            request_button(run, what, keys.format(what), has_shortcut=has_shortcuts)
    elif status.state != "finished" and not run.is_shipped:
        _continue_button(run, status, scheduler, keys.format("continue"), is_main)
        if status.state == "paused":
            request_button(run, "stop", keys.format("stop"), has_shortcut=has_shortcuts)


def request_button(run: Run, what: Request, key: str, *, has_shortcut: bool = False) -> None:
    """A request that training answers at its next row and a waiting run at once; until then the button says so."""
    label, pending, icon, shortcut = _BUTTONS[what]
    is_pending = run.is_requested(what)
    # A callback, so that the label is right in the very redraw the press causes.
    st.button(
        pending if is_pending else label,
        icon=icon,
        disabled=is_pending,
        shortcut=shortcut if has_shortcut else None,
        key=key,
        on_click=_send_request,
        args=(run, what),
    )


def _continue_button(run: Run, status: Status, scheduler: str | None, key: str, is_main: bool) -> None:
    st.button(
        "Resume" if status.state == "paused" else "Continue",
        icon=":material/play_arrow:",
        type="primary" if is_main and status.state != "failed" else "secondary",  # a failed run mostly fails again
        key=key,
        on_click=_continue_run,
        args=(run, scheduler),
    )


@page_errors()
@section_errors()
def _send_request(run: Run, what: Request) -> None:
    from clustergan_core.runs.queue.queue import request_run

    request_run(run, what)


@page_errors()
@section_errors()
def _continue_run(run: Run, scheduler: str | None) -> None:
    from clustergan_core.runs.queue.backends import continue_run

    continue_run(run, scheduler)
