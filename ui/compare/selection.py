"""A selection that two maps share: samples selected on one are shown on the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.errors import StreamlitAPIException

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")
_STATE = "compare_selection"  # session state

Samples = NDArray[np.int64]


@dataclass
class LinkedSelection:
    """Samples by their position in the data, and what each map was last told to show.

    The map on which a person selects keeps what its browser reports; the other is told, by a new turn, to show it too.
    """

    about: tuple[str, ...]  # the data and its split: a selection belongs to them
    maps: tuple[str, ...] = ()  # what is drawn: other coordinates need the selection again
    samples: Samples | None = None
    clicked: int | None = None
    shown: dict[Side, Samples | None] = field(default_factory=lambda: dict.fromkeys(SIDES))
    turns: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(SIDES, 0))

    def draw(self, maps: tuple[str, ...]) -> None:
        """Records what is drawn now, and sends the selection to maps that changed."""
        if maps != self.maps:
            self.maps = maps
            for side in SIDES:
                self._send_to(side)

    def report(self, side: Side, reported: Samples | None, indices: Samples) -> bool:
        """Records what a map of these samples (N,) reports as selected; returns whether that is a change."""
        on_map = None if self.samples is None else self.samples[np.isin(self.samples, indices)]
        if _is_same(on_map, reported):
            return False
        self.samples = reported
        self._send_to("right" if side == "left" else "left")
        return True

    def rows(self, side: Side, indices: Samples) -> Samples | None:
        """Which points a map of these samples (N,) is to show as selected."""
        shown = self.shown[side]
        return None if shown is None else np.flatnonzero(np.isin(indices, shown))

    def _send_to(self, side: Side) -> None:
        self.shown[side] = self.samples
        self.turns[side] += 1


def linked_selection(about: tuple[str, ...]) -> LinkedSelection:
    """This session's selection over the samples of that data and split."""
    selection: LinkedSelection | None = st.session_state.get(_STATE)
    if selection is None or selection.about != about:
        # Turns go on: a map may still hold what was reported in an earlier one.
        fresh = LinkedSelection(about)
        if selection is not None:
            fresh.turns = {side: turn + 1 for side, turn in selection.turns.items()}
        selection = st.session_state[_STATE] = fresh
    return selection


def run_again() -> None:
    """Draws both maps again: their fragment where it runs alone, else the page."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


def _is_same(one: Samples | None, other: Samples | None) -> bool:
    """Nothing selected and an empty selection are the same."""
    nothing = np.zeros(0, dtype=np.int64)
    return np.array_equal(np.sort(nothing if one is None else one), np.sort(nothing if other is None else other))
