"""Preset: settings and length of training that suit a data set; each method has its own.

Several start from the settings of ClusterGAN's paper (arXiv 1809.03627 §6.2) for each data set, which stand here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from clustergan_core.data.dataset import Kind

PresetName = Literal["default", "paper", "quick"]
PRESETS: tuple[PresetName, ...] = get_args(PresetName)
QUICK_SHARE = 10  # `quick` trains this many times shorter than `default`

# What §6.2 gives for each data set and where it differs from ClusterGANSettings' defaults.
_PAPER_SETTINGS: dict[str, dict[str, Any]] = {
    "synthetic": {"n_normal": 6},
    "mnist": {},
    "fashion": {"n_normal": 40, "normal_weight": 0.0},
    "fashion-5": {"n_normal": 40, "normal_weight": 0.0},
    "pendigits": {"n_normal": 5},
    "coil20": {"n_normal": 20},
    "coil100": {"n_normal": 20, "batch_size": 512},
    "cifar10": {"n_normal": 50},
}
# Data sets the paper does not have take the settings of their nearest relative there.
_RELATIVES: dict[Kind, dict[str, Any]] = {"image": {}, "table": {"n_normal": 5}, "expression": {}}


@dataclass(frozen=True)
class Preset:
    """Overrides of the method's default settings, and how long to train."""

    settings: dict[str, Any]
    n_steps: int


def paper_settings(dataset: str, kind: Kind) -> dict[str, Any]:
    """What the paper sets for a data set by its name, or for its relatives where the name is not one of ours."""
    return _PAPER_SETTINGS.get(dataset, _RELATIVES[kind])


def shorten(n_steps: int, name: PresetName) -> int:
    """The steps of `default`, or of `quick`, which is the same for a shorter time."""
    return n_steps // QUICK_SHARE if name == "quick" else n_steps
