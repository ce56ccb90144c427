"""What a teacher sets before a lesson is handed out: what is left out of it, and how fast it plays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)  # times twelve frames a second
HIDEABLE: Mapping[str, str] = {
    "controls": "choices of the training",
    "live": "live training",
    "speed": "speed",
    "picture": "picture of the frame",
    "reveal": "the answer",
}


class Told(TypedDict):
    """A handout as the player is told of it."""

    hidden: list[str]
    speed: float
    speeds: list[float]


@dataclass(frozen=True)
class Handout:
    """`hidden` are names of HIDEABLE, `speed` is one of SPEEDS."""

    hidden: frozenset[str] = frozenset()
    speed: float = 1.0

    def told(self) -> Told:
        """What the player needs of it."""
        return Told(hidden=sorted(self.hidden), speed=self.speed, speeds=list(SPEEDS))

    def address(self) -> dict[str, str | None]:
        """The parts of an address that stand for it; None is none."""
        return {
            "hide": ",".join(name for name in HIDEABLE if name in self.hidden) or None,
            "speed": None if self.speed == 1 else f"{self.speed:g}",
        }
