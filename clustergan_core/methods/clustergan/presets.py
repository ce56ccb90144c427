"""Presets of ClusterGAN: the paper's settings, a training of a few minutes, or a first look.

The step counts of the preset `paper` are given only in the authors' public code: 500,000 generator steps for images and
pendigits, 100,000 for the expression matrix. They take hours to months on a CPU; `default` keeps the method and the
five critic steps, raises the learning rate and stops after minutes.
"""

from __future__ import annotations

from typing import Any

from clustergan_core.data.dataset import Kind
from clustergan_core.method_facts import is_convolved
from clustergan_core.preset import Preset, PresetName, paper_settings, plane_settings, shorten

PAPER_STEPS = 500_000
PAPER_STEPS_EXPRESSION = 100_000

# Chosen by purity on training and validation labels (digits, seeds 10–12; see docs/decisions.md), never by test labels.
_FAST_SETTINGS: dict[str, Any] = {"learning_rate": 5e-4, "initialisation": "framework", "critic_norm": "none"}
_FAST_STEPS = 4_000
_FAST_STEPS_OF = {"synthetic": 1_500}  # all modes are found long before
# With convolutions, a step costs ten times as much on a CPU; at a quarter of the width, training takes minutes again.
# Fewer critic steps would save more time, but no clusters would be learned in it.
_FAST_CONVOLVED_SETTINGS: dict[str, Any] = {**_FAST_SETTINGS, "width": 0.25, "precision": "bfloat16"}
_FAST_CONVOLVED_STEPS = 3_000


def make_preset(name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
    """Builds one of the three presets for a data set by its name, else by its kind and shape."""
    settings = paper_settings(dataset, kind)
    if name == "paper":
        return Preset(settings, PAPER_STEPS_EXPRESSION if kind == "expression" else PAPER_STEPS)
    if is_convolved(kind, shape):
        return Preset(settings | _FAST_CONVOLVED_SETTINGS, shorten(_FAST_CONVOLVED_STEPS, name))
    fast = _FAST_SETTINGS
    if kind == "image" and "n_normal" not in settings:
        fast = fast | {"n_normal": 10}  # 30 dimensions are many for 64 pixels
    return Preset(
        settings | fast | plane_settings(kind, shape), shorten(_FAST_STEPS_OF.get(dataset, _FAST_STEPS), name)
    )
