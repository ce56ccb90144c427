"""Labels that a person gives to samples by hand, and their text, such as "left=0-4,9; right=12"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.positions import read_positions, write_positions

MAX_NAME = 60  # characters
MAX_POSITION = 2_000_000
FORM = "labels with positions, such as left=0-4,9; right=12, each sample once, or empty"


class GivenLabels(BaseModel):
    """Positions of samples in the data set by label, in the order in which the labels came up; each sample has one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: dict[str, tuple[int, ...]] = Field(default_factory=dict)  # ascending; written as ranges "0-4,9"

    @field_validator("samples", mode="before")
    @classmethod
    def _read_ranges(cls, samples: object) -> object:
        if not isinstance(samples, dict):
            return samples
        return {name: _read(ranges) if isinstance(ranges, str) else ranges for name, ranges in samples.items()}

    @field_validator("samples")
    @classmethod
    def _vet(cls, samples: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        vetted = {vet_name(name): tuple(sorted(positions)) for name, positions in samples.items()}
        taken = [position for positions in vetted.values() for position in positions]
        if not all(vetted.values()) or len(set(taken)) < len(taken) or any(p < 0 or p > MAX_POSITION for p in taken):
            raise ValueError(FORM)
        return vetted

    @field_serializer("samples")
    def _write_ranges(self, samples: dict[str, tuple[int, ...]]) -> dict[str, str]:
        return {name: write_positions(positions) for name, positions in samples.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """The labels; label k of a method is the k-th of them."""
        return tuple(self.samples)

    @property
    def n(self) -> int:
        """How many samples have a label."""
        return sum(map(len, self.samples.values()))

    @property
    def text(self) -> str:
        """All of it on one line, which `read_given` reads."""
        return "; ".join(f"{name}={write_positions(positions)}" for name, positions in self.samples.items())

    def with_label(self, positions: Sequence[int], name: str) -> GivenLabels:
        """A copy in which these samples have this label, instead of any other; ValueError for an impossible name."""
        name = vet_name(name)
        new = {int(position) for position in positions}
        others = {other: tuple(p for p in own if p not in new) for other, own in self.samples.items()}
        others[name] = tuple(sorted({*others.get(name, ()), *new}))
        return GivenLabels(samples={label: own for label, own in others.items() if own})

    def without(self, name: str) -> GivenLabels:
        """A copy without this label."""
        return GivenLabels(samples={label: own for label, own in self.samples.items() if label != name})

    def labels(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """(N,) the numbers of the labels of samples at `indices` (N,) of the data set, UNLABELLED without one."""
        numbers = {position: number for number, own in enumerate(self.samples.values()) for position in own}
        return np.array([numbers.get(index, UNLABELLED) for index in indices.tolist()], dtype=np.int64)


def read_given(text: str) -> GivenLabels:
    """Reads what `GivenLabels.text` writes; ValueError says which form is right."""
    samples: dict[str, tuple[int, ...]] = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        name, separator, ranges = part.partition("=")
        if not separator or name.strip() in samples:
            raise ValueError(FORM)
        samples[name.strip()] = _read(ranges)
    return GivenLabels(samples=samples)


def vet_name(name: str) -> str:
    """A label without surrounding blanks; ValueError where it is empty, too long, or could not be written on a line."""
    name = name.strip()
    if not 1 <= len(name) <= MAX_NAME:
        raise ValueError(f"A label has 1 to {MAX_NAME} characters, but this one has {len(name)}: choose another.")
    if wrong := next((character for character in name if character in "=;" or not character.isprintable()), None):
        raise ValueError(f"A label holds no {wrong!r}: leave it out.")
    return name


def _read(ranges: str) -> tuple[int, ...]:
    """Positions of ranges whose ends are bounded before they are spelt out."""
    try:
        ends = [int(end) for part in ranges.split(",") for end in part.split("-")]
        if not all(0 <= end <= MAX_POSITION for end in ends):
            raise ValueError(FORM)
        return read_positions(ranges)
    except ValueError:
        raise ValueError(FORM) from None
