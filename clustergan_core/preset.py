"""Preset: the settings and training length that suit a data set; each method has its own.

Several presets start from the settings in ClusterGAN's paper (arXiv 1809.03627 §6.2), which are listed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from clustergan_core.data.dataset import Kind

PresetName = Literal["default", "paper", "quick"]
PRESETS: tuple[PresetName, ...] = get_args(PresetName)
QUICK_SHARE = 10  # `default` has this many times as many steps as `quick`

# Settings in §6.2 for each data set that differ from ClusterGANSettings' defaults.
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
# Data sets that are not in the paper take the settings of the most similar set there.
_RELATIVES: dict[Kind, dict[str, Any]] = {"image": {}, "table": {"n_normal": 5}, "expression": {}}
# For a Wasserstein GAN on points of the plane, where a group may be a hundredth as wide as the data. The generator's
# batch statistics differ between training and use by more than that; under a penalty of 10 the critic is too smooth to
# see such a group; at a rate of 5e-4 a step moves all samples by more than its width. The toys of WGAN-GP's authors
# have a penalty of 0.1 and a rate of 1e-4, too. Measured: docs/measurements.md, "The ring".
_PLANE_SETTINGS: dict[str, Any] = {
    "architecture": "mlp",
    "batch_size": 128,
    "learning_rate": 1e-4,
    "beta1": 0.0,
    "penalty_weight": 0.1,
}


@dataclass(frozen=True)
class Preset:
    """Overrides of the method's default settings, and the number of steps."""

    settings: dict[str, Any]
    n_steps: int


def paper_settings(dataset: str, kind: Kind) -> dict[str, Any]:
    """The paper's settings for a data set by its name, or for its kind if we do not know the name."""
    return _PAPER_SETTINGS.get(dataset, _RELATIVES[kind])


def plane_settings(kind: Kind, shape: tuple[int, ...]) -> dict[str, Any]:
    """What short presets of Wasserstein GANs set for points of the plane; nothing for other data."""
    return _PLANE_SETTINGS if kind == "table" and shape == (2,) else {}


def shorten(n_steps: int, name: PresetName) -> int:
    """The steps of `default`, or the smaller number for `quick`."""
    return n_steps // QUICK_SHARE if name == "quick" else n_steps
