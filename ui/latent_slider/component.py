"""latent_slider(): handles whose picture follows the pointer; a value comes with the release of its handle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

import streamlit as st
from streamlit.components.v2 import component

from clustergan_core.browser.parts import Dial, Layout, describe_slider, describe_strip, read_part
from clustergan_core.browser.strip import Strip
from ui.canvas_map.component import send_cargo
from ui.frame.choices import slider
from ui.frame.theme import theme_name

_FRONTEND = Path(__file__).parent / "frontend"
_PART = read_part("slider")
_MAX_PART = 500_000  # bytes of samples that are sent together

_slider = component(
    "clustergan_latent_slider",
    html=_PART.html,
    css=_PART.css,
    js=_PART.js + (_FRONTEND / "component.js").read_text(encoding="utf-8"),
)
_fan = component("clustergan_latent_fan", js=(_FRONTEND / "fan.js").read_text(encoding="utf-8"))


class Moved(TypedDict):
    """What the browser sends when a person releases a handle."""

    # By dial, None for the track: where handles were released since the last answer. A value lies between a dial's
    # ends; on the track it is 0 to 1 between modes, and the step's number otherwise.
    values: list[tuple[str | None, float]]
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
    asked = st.session_state.get(f"{_key(name)}-fan", {}).get("asked")
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
        for dial, moved_to in _moved(key)["values"]:
            if on_step is not None and dial is None:
                on_step(int(moved_to))
            else:
                st.session_state[dial or name] = moved_to

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
        n_sent = _moved(key)["n_sent"]
        _slider(key=key, data=data | {"owner": key, "value": value, "n_sent": n_sent}, on_moved_change=obey)
        if dials and make_fan is not None:
            _show_fan(name, dials, make_fan, n_sent)


@st.fragment  # so that the pointer's arrival at a dial computes its strip, and nothing else of the page
def _show_fan(name: str, dials: Sequence[Dial], make_fan: Callable[[Dial], Strip], n_sent: int) -> None:
    key = _key(name)
    dial = asked_dial(name, dials)
    assert dial is not None, "there are dials"
    strip = make_fan(dial)
    told = describe_strip(strip) | {"parts": _send(f"{key}-fan", strip)}
    _fan(
        key=f"{key}-fan",
        data={"owner": key, "fan": {"of": dial.name, "n_sent": n_sent, "strip": told}},
        on_asked_change=lambda: None,
    )


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
    return moved or {"values": [], "n_sent": 0}
