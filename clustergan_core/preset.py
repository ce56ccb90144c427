"""Preset: settings and length of training that suit a data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

PresetName = Literal["default", "paper", "quick"]
PRESETS: tuple[PresetName, ...] = get_args(PresetName)


@dataclass(frozen=True)
class Preset:
    """Overrides of the method's default settings, and how long to train."""

    settings: dict[str, Any]
    n_steps: int
