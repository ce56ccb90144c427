"""Presets of Paired ClusterGAN.

They were chosen by purity on training and validation labels (docs/decisions.md), never by test labels.
"""

from __future__ import annotations

from typing import Any

from clustergan_core.data.dataset import Kind
from clustergan_core.method_facts import is_convolved
from clustergan_core.preset import Preset, PresetName, paper_settings, shorten

_MLP: dict[str, Any] = {
    "width": 1.0,
    "n_neighbours": 20,
    "first_temperature": 1.0,
    "temperature": 0.2,
    "pair_batch_size": 256,
    "warm_up_learning_rate": 2e-3,
    "warm_up_share": 0.5,
    "penalty_weight": 0.5,
}
_MLP_OF: dict[Kind, dict[str, Any]] = {
    "image": {"n_normal": 10, "n_neighbours": 5, "strictness": 0.8},
    "table": {"energy_weight": 20.0},
    # Cell types differ tenfold in size and also differ in density; they are found in short starts or not at all.
    "expression": {
        "architecture": "mlp-batchnorm",
        "masses": "learned",
        "first_strictness": 0.25,
        "strictness": 0.25,
        "n_neighbours": 20,
        "n_candidates": 40,
        "n_starts": 8,
        "energy_weight": 20.0,
    },
}
_MLP_STEPS = 6_400
_MLP_STEPS_OF: dict[Kind, int] = {"expression": 3_200}
_CONVOLVED: dict[str, Any] = {"precision": "bfloat16", "warm_up_share": 0.4}
# An object's views lie along a curve, one every five degrees; 99% of the 3 nearest show the same object, 90% of the 10.
_TURNTABLE = {"n_neighbours": 3, "first_temperature": 1.0, "temperature": 0.2}
_CONVOLVED_OF: dict[str, dict[str, Any]] = {"coil20": _TURNTABLE, "coil100": _TURNTABLE}
_CONVOLVED_STEPS = 4_000
_CONVOLVED_STEPS_OF = {"usps": 3_600}  # takes two minutes; the clusters form long before


def make_preset(name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
    """Builds the preset `default` or `quick` for a data set by its name, else by its kind and shape."""
    paper = paper_settings(dataset, kind)
    size = {"n_normal": paper["n_normal"]} if "n_normal" in paper else {}
    if is_convolved(kind, shape):
        settings = _CONVOLVED | _CONVOLVED_OF.get(dataset, {}) | size
        return Preset(settings, shorten(_CONVOLVED_STEPS_OF.get(dataset, _CONVOLVED_STEPS), name))
    settings = _MLP | _MLP_OF.get(kind, {}) | size
    return Preset(settings, shorten(_MLP_STEPS_OF.get(kind, _MLP_STEPS), name))
