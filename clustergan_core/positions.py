"""Positions of samples as text: ranges such as "0-4,9"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def write_positions(positions: Sequence[int]) -> str:
    """Ascending positions as ranges; "" for none."""
    if not len(positions):
        return ""
    values = np.array(positions)
    parts = np.split(values, np.flatnonzero(np.diff(values) > 1) + 1)
    return ",".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else f"{part[0]}" for part in parts)


def read_positions(text: str) -> tuple[int, ...]:
    """Positions in the order of the text, which nobody has checked further; ValueError for text of another form."""
    positions: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        positions += range(int(first), int(last or first) + 1)
    return tuple(positions)
