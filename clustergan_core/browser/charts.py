"""Figures that move with a handle: curves with a line at the step, and bars of the values at the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Curves:
    """S curves over the N steps of a strip."""

    title: str  # of the values
    x_title: str
    names: Sequence[str]
    colours: Sequence[str]  # "#rrggbb"
    places: NDArray[np.floating]  # (N,) of the steps on the horizontal axis
    values: NDArray[np.floating]  # (N, S)
    limits: tuple[float, float]  # of the vertical axis
    dashes: Sequence[int] = ()  # 0 solid, 1 dash, 2 dot, 3 dash and dot; solid by default
    bands: tuple[NDArray[np.floating], NDArray[np.floating]] | None = None  # (N, S) below and above the curves
    is_log: bool = False

    def describe(self) -> dict[str, Any]:
        """All but the arrays over the steps, as the browser reads it."""
        dashes = list(self.dashes) or [0] * len(self.names)
        return {
            "kind": "curves",
            "title": self.title,
            "x_title": self.x_title,
            "names": list(self.names),
            "colours": list(self.colours),
            "dashes": dashes,
            "places": [float(place) for place in self.places],
            "limits": list(self.limits),
            "is_log": self.is_log,
        }

    def sections(self) -> dict[str, bytes]:
        """The arrays over the steps by name, in single precision."""
        sections = {"": _bytes(self.values)}
        if self.bands is not None:
            sections |= {"-lows": _bytes(self.bands[0]), "-highs": _bytes(self.bands[1])}
        return sections


@dataclass(frozen=True)
class Bars:
    """S bars that stand, or lie one below the other, with their values at each of the N steps of a strip."""

    title: str
    names: Sequence[str]
    colours: Sequence[str]  # "#rrggbb"
    values: NDArray[np.floating]  # (N, S)
    limits: tuple[float, float]  # of the values
    beside: NDArray[np.floating] | None = None  # (S,) what the bars are compared with
    bounds: Sequence[float] = ()  # values at which a line is drawn across standing bars
    do_lie: bool = False

    def describe(self) -> dict[str, Any]:
        """All but the arrays, as the browser reads it."""
        return {
            "kind": "rows" if self.do_lie else "bars",
            "title": self.title,
            "names": list(self.names),
            "colours": list(self.colours),
            "limits": list(self.limits),
            "bounds": list(self.bounds),
            "is_log": False,
        }

    def sections(self) -> dict[str, bytes]:
        """The arrays by name, in single precision."""
        return {"": _bytes(self.values)} | ({} if self.beside is None else {"-beside": _bytes(self.beside)})


Chart = Curves | Bars


def _bytes(values: NDArray[np.floating]) -> bytes:
    return np.ascontiguousarray(values, dtype="<f4").tobytes()
