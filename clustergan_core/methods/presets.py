"""Settings and length of training that suit a data set: the paper's, a few minutes' worth, or a first look.

The paper's settings: arXiv 1809.03627 §6.2. Its step counts stand only in the authors' public code: 500,000 generator
steps for images and pendigits, 100,000 for the expression matrix. Those take hours to months on a CPU; `default` keeps
the method and the five critic steps, raises the learning rate and stops after minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clustergan_core.data.dataset import Kind
from clustergan_core.errors import SettingsError
from clustergan_core.method_facts import SMALLEST_CONVOLVED
from clustergan_core.preset import PRESETS, Preset, PresetName

PAPER_STEPS = 500_000
PAPER_STEPS_EXPRESSION = 100_000

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


# Chosen by purity on training and validation labels (digits, seeds 10–12; see docs/decisions.md), never by test labels.
_FAST_SETTINGS: dict[str, Any] = {"learning_rate": 5e-4, "initialisation": "framework", "critic_norm": "none"}
_FAST_STEPS = 4_000
_FAST_STEPS_OF = {"synthetic": 1_500}  # where all modes are found long before
# Convolutions cost ten times as much a step on a CPU: a quarter of the width brings minutes back. Fewer critic steps
# would save more and learn no clusters in that time.
_FAST_CONVOLVED_SETTINGS: dict[str, Any] = {**_FAST_SETTINGS, "width": 0.25, "precision": "bfloat16"}
_FAST_CONVOLVED_STEPS = 3_000
QUICK_SHARE = 10  # `quick` trains this many times shorter than `default`


def presets_of(method: str) -> tuple[PresetName, ...]:
    """The presets a method has; only what a paper published has one that repeats it."""
    return PRESETS if method == "clustergan" else ("default", "quick")


def find_preset(method: str, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
    """A method's preset for a data set by its name, or by its kind and shape where the name is not one of ours.

    Raises SettingsError for a preset that the method does not have.
    """
    if name not in presets_of(method):
        raise SettingsError(f"{method} has no preset named {name}: choose one of {', '.join(presets_of(method))}.")
    return _FINDERS[method](name, dataset, kind, shape)


def _clustergan_preset(name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
    settings = _PAPER_SETTINGS.get(dataset, _RELATIVES[kind])
    if name == "paper":
        return Preset(settings, PAPER_STEPS_EXPRESSION if kind == "expression" else PAPER_STEPS)
    is_convolved = _is_convolved(kind, shape)
    if is_convolved:
        fast, n_steps = _FAST_CONVOLVED_SETTINGS, _FAST_CONVOLVED_STEPS
    else:
        fast, n_steps = _FAST_SETTINGS, _FAST_STEPS_OF.get(dataset, _FAST_STEPS)
    if kind == "image" and not is_convolved and "n_normal" not in settings:
        fast = fast | {"n_normal": 10}  # 30 dimensions are many for 64 pixels
    return Preset(settings | fast, n_steps if name == "default" else n_steps // QUICK_SHARE)


# The paired method's, chosen like the above (docs/decisions.md).
_PAIRED_MLP: dict[str, Any] = {
    "width": 1.0,
    "n_neighbours": 20,
    "first_temperature": 1.0,
    "temperature": 0.2,
    "pair_batch_size": 256,
    "warm_up_learning_rate": 2e-3,
    "warm_up_share": 0.5,
    "penalty_weight": 0.5,
}
_PAIRED_MLP_OF: dict[Kind, dict[str, Any]] = {
    "image": {"n_normal": 10, "n_neighbours": 5, "strictness": 0.8},
    # Cell types differ in size by tens, lie unequally dense, and are found in short starts or not at all.
    "expression": {
        "architecture": "mlp-batchnorm",
        "masses": "learned",
        "first_strictness": 0.25,
        "strictness": 0.25,
        "n_neighbours": 20,
        "n_candidates": 40,
        "n_starts": 8,
    },
}
_PAIRED_MLP_STEPS = 6_400
_PAIRED_MLP_STEPS_OF: dict[Kind, int] = {"expression": 3_200}
_PAIRED_CONVOLVED: dict[str, Any] = {"precision": "bfloat16", "warm_up_share": 0.4}
# Views of an object lie along a curve, one every five degrees; of its 3 nearest 99% show the same object, of 10 90%.
_TURNTABLE = {"n_neighbours": 3, "first_temperature": 1.0, "temperature": 0.2}
_PAIRED_CONVOLVED_OF: dict[str, dict[str, Any]] = {"coil20": _TURNTABLE, "coil100": _TURNTABLE}
_PAIRED_CONVOLVED_STEPS = 4_000
_PAIRED_CONVOLVED_STEPS_OF = {"usps": 3_600}  # in two minutes; its clusters stand long before


def _paired_preset(name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
    paper = _PAPER_SETTINGS.get(dataset, _RELATIVES[kind])
    size = {"n_normal": paper["n_normal"]} if "n_normal" in paper else {}
    if _is_convolved(kind, shape):
        own = _PAIRED_CONVOLVED_OF.get(dataset, {})
        settings = _PAIRED_CONVOLVED | own | size
        n_steps = _PAIRED_CONVOLVED_STEPS_OF.get(dataset, _PAIRED_CONVOLVED_STEPS)
    else:
        settings = _PAIRED_MLP | _PAIRED_MLP_OF.get(kind, {}) | size
        n_steps = _PAIRED_MLP_STEPS_OF.get(kind, _PAIRED_MLP_STEPS)
    return Preset(settings, n_steps if name == "default" else n_steps // QUICK_SHARE)


def _is_convolved(kind: Kind, shape: tuple[int, ...]) -> bool:
    return kind == "image" and min(shape[1:]) >= SMALLEST_CONVOLVED


_FINDERS: dict[str, Callable[[PresetName, str, Kind, tuple[int, ...]], Preset]] = {
    "clustergan": _clustergan_preset,
    "paired-clustergan": _paired_preset,
}
