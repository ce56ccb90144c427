"""METHODS: every clustering method by name, its settings checked, and the one way to build one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from clustergan_core.data.dataset import Kind
from clustergan_core.errors import SettingsError
from clustergan_core.invalid_settings import explain_invalid
from clustergan_core.method_facts import MethodFacts, MethodSettings
from clustergan_core.methods.clustergan.settings import ClusterGANFacts
from clustergan_core.methods.paired_clustergan.settings import PairedClusterGANFacts

if TYPE_CHECKING:
    import torch

    from clustergan_core.method import Method


# What is said of each; the method itself is loaded, and PyTorch with it, once one is built.
METHODS: dict[str, type[MethodFacts]] = {method.name: method for method in (ClusterGANFacts, PairedClusterGANFacts)}

# By their rows in benchmarks/results.csv.
_BEST_FIRST: tuple[type[MethodFacts], ...] = (PairedClusterGANFacts, ClusterGANFacts)


def default_method(preset: str = "default") -> str:
    """What trains where no method is named: the one of the best figures that has the preset.

    For a preset that none has it is the one with the most, whose complaint then names them all.
    """
    methods = dict.fromkeys((*_BEST_FIRST, *METHODS.values()))
    fallback = max(methods, key=lambda method: len(method.presets))
    return next((method for method in methods if preset in method.presets), fallback).name


def find_method(name: str) -> type[MethodFacts]:
    """What is said of the method of that name, with hyphens or underscores; SettingsError lists the known ones."""
    name = name.replace("_", "-")
    if name not in METHODS:
        raise SettingsError(f"There is no method named {name}: choose one of {', '.join(METHODS)}.")
    return METHODS[name]


def find_class(name: str) -> type[Method]:
    """The method itself, likewise: what inherits the facts in `method.py` beside them."""
    from clustergan_core.method import Method

    facts = find_method(name)
    if issubclass(facts, Method):
        return facts
    module = import_module(f"{facts.__module__.rpartition('.')[0]}.method")
    return next(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Method) and issubclass(value, facts)
    )


def build_method(
    name: str, settings: MethodSettings, kind: Kind, shape: tuple[int, ...], seed: int, device: torch.device
) -> Method:
    """Builds a method for samples of this kind and shape, its first weights drawn from `seed`.

    The weights are drawn on the CPU, so that they are the same whatever the device.
    """
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        method = find_class(name)(settings, kind, shape)
    return method.to(device)


def try_networks(method: str, settings: MethodSettings, kind: Kind, shape: tuple[int, ...]) -> Method:
    """A method's networks without numbers: those that do not fit the data raise SettingsError before there is a run."""
    from clustergan_core.nn.acceleration import without_numbers

    with without_numbers():
        return find_class(method)(settings, kind, shape)


def parse_settings(method: str, settings: dict[str, Any]) -> MethodSettings:
    """Settings as the method's model; a wrong one raises SettingsError with its name, value and what it may be."""
    model = find_method(method).Settings
    try:
        return model.model_validate(settings)
    except ValidationError as error:
        problem = error.errors()[0]
        name = str(problem["loc"][0])
        if problem["type"] == "extra_forbidden":
            known = ", ".join(model.model_fields)
            raise SettingsError(f"{method} has no setting named {name}: choose one of {known}.") from error
        raise explain_invalid(error) from error
