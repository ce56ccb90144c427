"""METHODS: every clustering method by name; checks their settings and builds them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from clustergan_core.data.dataset import Kind
from clustergan_core.errors import SettingsError
from clustergan_core.invalid_settings import explain_invalid
from clustergan_core.method_facts import MethodFacts, MethodSettings
from clustergan_core.methods.bigan.settings import BiGANFacts
from clustergan_core.methods.clustergan.settings import ClusterGANFacts
from clustergan_core.methods.dcn.settings import DCNFacts
from clustergan_core.methods.dec.settings import DECFacts
from clustergan_core.methods.deligan.settings import DeLiGANFacts
from clustergan_core.methods.infogan.settings import InfoGANFacts
from clustergan_core.methods.nemgan.settings import LabelledNEMGANFacts, NEMGANFacts
from clustergan_core.methods.paired_clustergan.settings import PairedClusterGANFacts
from clustergan_core.methods.pca_gmm.settings import PCAGMMFacts
from clustergan_core.methods.vade.settings import VaDEFacts
from clustergan_core.methods.vae_gmm.settings import VAEGMMFacts
from clustergan_core.methods.wgan_gp.settings import WGANGPFacts

if TYPE_CHECKING:
    import torch

    from clustergan_core.method import Method


# The facts of each method; the method itself is loaded, with PyTorch, when one is built.
METHODS: dict[str, type[MethodFacts]] = {
    method.name: method
    for method in (
        ClusterGANFacts,
        PairedClusterGANFacts,
        WGANGPFacts,
        InfoGANFacts,
        DeLiGANFacts,
        BiGANFacts,
        NEMGANFacts,
        LabelledNEMGANFacts,
        PCAGMMFacts,
        VAEGMMFacts,
        VaDEFacts,
        DECFacts,
        DCNFacts,
    )
}

# According to their rows in benchmarks/results.csv.
_BEST_FIRST: tuple[type[MethodFacts], ...] = (PairedClusterGANFacts, ClusterGANFacts)


def default_method(preset: str = "default") -> str:
    """The method that trains if none is named: the one with the best figures that has the preset.

    If none has the preset, it is the method with the most presets, whose error message then lists them all.
    """
    methods = dict.fromkeys((*_BEST_FIRST, *METHODS.values()))
    fallback = max(methods, key=lambda method: len(method.presets))
    return next((method for method in methods if preset in method.presets), fallback).name


def find_method(name: str) -> type[MethodFacts]:
    """The facts of a method by its name, with hyphens or underscores; SettingsError lists the known names."""
    name = name.replace("_", "-")
    if name not in METHODS:
        raise SettingsError(f"There is no method named {name}: choose one of {', '.join(METHODS)}.")
    return METHODS[name]


def find_class(name: str) -> type[Method]:
    """The class of a method by its name: the one in `method.py` that inherits the facts next to it."""
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
    name: str,
    settings: MethodSettings,
    kind: Kind,
    shape: tuple[int, ...],
    seed: int,
    device: torch.device,
    n_batches: int = 0,
) -> Method:
    """Builds a method for samples of this kind and shape, with its initial weights drawn from `seed`.

    `n_batches` is the number of samples of the experiment, where they are told apart. The weights are drawn on the CPU,
    so that they are the same on every device.
    """
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        method = find_class(name)(settings, kind, shape)
        method.condition_on(n_batches)
    return method.to(device)


def try_networks(method: str, settings: MethodSettings, kind: Kind, shape: tuple[int, ...]) -> Method:
    """Builds a method's networks without weights; raises SettingsError, before a run exists, if they do not fit."""
    from clustergan_core.nn.acceleration import without_numbers

    with without_numbers():
        return find_class(method)(settings, kind, shape)


def parse_settings(method: str, settings: dict[str, Any]) -> MethodSettings:
    """Validates settings with the method's model; SettingsError gives a wrong setting's name, value and remedy."""
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
