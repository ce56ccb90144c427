"""The selection and the isolated groups of a map in the page's address, so that a link shows them again."""

from __future__ import annotations

import base64
import binascii
import zlib

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from clustergan_core.errors import SettingsError
from ui.frame.messages import show_problem
from ui.map.view import MapView

SELECTED, ONLY = "selected", "only"  # the address's parameters
MAX_LINKED = 10_000  # points: a bit each is an address of 1,700 letters, which browsers and servers still take


def linked_selection(view: MapView) -> NDArray[np.int64] | None:
    """The points that the address had selected when the map was opened; a text that fits no selection is reported.

    It stays the same while the map is open: a person's own selections replace it in the browser.
    """
    key = f"linked selection {view.run.name} {len(view.indices)}"
    if key not in st.session_state:
        st.session_state[key] = _read_selected(st.query_params.get(SELECTED), len(view.indices))
    return st.session_state[key]


def linked_groups() -> tuple[int, ...]:
    """The groups that the address isolates; the map leaves out those that it has not."""
    words = st.query_params.get(ONLY, "").split(",")
    return tuple(int(word) for word in words if word.isdecimal() and len(word) < 6)


def link_selection(view: MapView, selection: NDArray[np.int64] | None) -> None:
    """Puts the selected points, or none, into the address; more than MAX_LINKED points on the map have no link."""
    text = None
    if selection is not None and len(selection) and len(view.indices) <= MAX_LINKED:
        text = write_selected(selection, len(view.indices))
    _put(SELECTED, text)


def link_groups(groups: tuple[int, ...] | None) -> None:
    """Puts the isolated groups into the address; None, before a person isolated any, leaves it as it is."""
    if groups is not None:
        _put(ONLY, ",".join(map(str, groups)) or None)


def write_selected(selection: NDArray[np.int64], n_points: int) -> str:
    """Points as text for an address: their number, and a bit a point, deflated."""
    bits = np.zeros(n_points, dtype=np.uint8)
    bits[selection] = 1
    packed = zlib.compress(np.packbits(bits).tobytes(), 9)
    return f"{n_points}-{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def read_selected(text: str, n_points: int) -> NDArray[np.int64] | None:
    """The inverse of `write_selected`; None for what it did not write for so many points."""
    number, _, letters = text.partition("-")
    n_bytes = -(-n_points // 8)
    if number != str(n_points) or n_points > MAX_LINKED:
        return None
    try:
        packed = base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
        inflated = zlib.decompressobj().decompress(packed, n_bytes + 1)
    except (binascii.Error, ValueError, zlib.error):
        return None
    if len(inflated) != n_bytes:
        return None
    selected = np.flatnonzero(np.unpackbits(np.frombuffer(inflated, dtype=np.uint8))).astype(np.int64)
    return selected if len(selected) and selected[-1] < n_points else None


def _read_selected(text: str | None, n_points: int) -> NDArray[np.int64] | None:
    if text is None:
        return None
    selected = read_selected(text, n_points)
    if selected is None:
        number = text.partition("-")[0][:9]
        problem = (
            f"The link's selection is of a map with {number} points, and this one has {n_points:,}: choose the same "
            "samples and number of points under Map settings, or draw it anew."
        )
        show_problem(SettingsError(problem))
    return selected


def _put(name: str, text: str | None) -> None:
    if text == st.query_params.get(name):
        return
    if text is None:
        del st.query_params[name]
    else:
        st.query_params[name] = text
