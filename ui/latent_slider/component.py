"""latent_slider(): handles whose picture follows the pointer; a value comes with the release of its handle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypedDict

import streamlit as st
from streamlit.components.v2 import component

from clustergan_core.browser.parts import Dial, Layout, describe_slider, describe_strip, read_part
from clustergan_core.browser.strip import Strip
from ui.canvas_map.component import send_cargo
from ui.frame.choices import slider
from ui.frame.theme import theme_name

_PART = read_part("slider")
_MAX_PART = 500_000  # bytes of samples that are sent together

_slider = component(
    "clustergan_latent_slider",
    html=_PART.html,
    css=_PART.css,
    js=_PART.js + (Path(__file__).parent / "frontend" / "component.js").read_text(encoding="utf-8"),
)


class Moved(TypedDict):
    """What the browser sends when a person releases a handle."""

    name: str | None  # of the dial; None for the track
    value: float  # 0 to 1 on the track between modes, the step's number on another
    n_sent: int  # how many values this slider has sent: an answer to an earlier one does not move the handle


def choose_place(name: str, default: float, low: float = 0, high: float = 1, step: float = 0.01) -> float:
    """A handle's value, from its last move or from the address, where `name` is its parameter.

    Streamlit's own slider, out of sight, holds the value: so it follows links, the pages and the buttons as all do.
    """
    key = f"{name}-address"
    st.html(f"<style>.st-key-{key} {{ display: none; }}</style>")
    with st.container(key=key):
        return slider(name, name, low, high, default, step)


def asked_dial(name: str, dials: Sequence[Dial]) -> Dial | None:
    """The dial of the slider `name` that a person is near, before that the one furthest up; None without dials."""
    asked = st.session_state.get(_key(name), {}).get("asked")
    return next((dial for dial in dials if dial.name == asked), max(dials, key=lambda dial: dial.value, default=None))


def latent_slider(
    name: str,
    strip: Strip | None,
    value: float = 0.0,
    *,
    label: str = "",
    ends: tuple[int, int] | None = None,
    default: float = 0.0,
    words: str = "",
    noun: str = "mode",
    texts: Sequence[str] = (),
    layout: Layout = "beside",
    dials: Sequence[Dial] = (),
    make_fan: Callable[[Dial], Strip] | None = None,
    on_step: Callable[[int], None] | None = None,
) -> None:
    """Draws the track of a strip with its steps, the dials, the picture or figures, and the code.

    A released handle starts a run, in which `choose_place(name, …)`, or that of the dial's name, is its value.
    ends: the modes at the ends 0 and 1 of the track; `default` is where a double click leads. texts: of each step of a
    track that runs between no modes. words: below the track. noun: what the page calls a mode. make_fan: the strip over
    a dial's `values`; asked for when a person comes near the dial. on_step: told the step's number when the handle of a
    track with `texts` is released, whose `value` is a number too.
    """
    key = _key(name)

    def obey() -> None:
        moved = _moved(key)
        if on_step is not None and moved["name"] is None:
            on_step(int(moved["value"]))
        else:
            st.session_state[moved["name"] or name] = moved["value"]

    with st.container(gap=None):  # no gap: the cargo takes no room on the page
        data = describe_slider(
            strip,
            theme_name(),
            label=label,
            ends=ends,
            default=default,
            words=words,
            noun=noun,
            texts=texts,
            layout=layout,
            dials=dials,
        )
        if strip is not None:
            data["walk"]["parts"] = _send(f"{key}-strip", strip)
        dial = asked_dial(name, dials)
        data["fan"] = None if dial is None or make_fan is None else _send_fan(key, dial, make_fan(dial))
        _slider(
            key=key,
            data=data | {"value": value, "n_sent": _moved(key)["n_sent"]},
            on_moved_change=obey,
            on_asked_change=lambda: None,
        )


def _send_fan(key: str, dial: Dial, strip: Strip) -> dict[str, Any]:
    return {"of": dial.name, "strip": describe_strip(strip) | {"parts": _send(f"{key}-fan", strip)}}


def _send(slot: str, strip: Strip) -> list[tuple[str, str]]:
    """The slots and digests of a strip's parts, each a cargo of its own."""
    n_steps = max(1, _MAX_PART * strip.n_steps // max(1, strip.samples.nbytes))
    parts = enumerate(strip.parts(n_steps)) if strip.form else enumerate([strip.sections()])
    return [(f"{slot}-{number}", send_cargo(f"{slot}-{number}", part)) for number, part in parts]


def _key(name: str) -> str:
    return f"{name}-slider"


def _moved(key: str) -> Moved:
    """The last move of this slider; before the first one, none was sent."""
    moved = st.session_state.get(key, {}).get("moved")
    return moved or {"name": None, "value": 0.0, "n_sent": 0}
