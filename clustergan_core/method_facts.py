"""What settings and facts of methods are made of: words and models, without the networks that they describe."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from clustergan_core.data.dataset import Kind
from clustergan_core.errors import SettingsError
from clustergan_core.preset import Preset, PresetName

Architecture = Literal["mlp", "mlp-batchnorm", "dcgan-small", "dcgan-wide"]
Initialisation = Literal["normal-0.02", "framework"]
CriticNorm = Literal["paper", "none"]
Precision = Literal["float32", "bfloat16"]
Ability = Literal["encoder", "generator", "modes"]  # what not every method has

SMALLEST_CONVOLVED = 16  # an 8×8 image would reach its convolutions' last layer as 2×2, and costs eight times an MLP


def is_convolved(kind: Kind, shape: tuple[int, ...]) -> bool:
    """Whether samples of this kind and shape are read by convolutions where the architecture is `auto`."""
    return kind == "image" and min(shape[1:]) >= SMALLEST_CONVOLVED


class MethodSettings(BaseModel):
    """Base of every method's settings: frozen, and an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_clusters: int  # K, which every method is told; each gives it a default and limits of its own


class MethodFacts(ABC):
    """Base of what is said of a method; the method itself inherits it and adds the networks."""

    name: ClassVar[str]  # its key in METHODS
    title: ClassVar[str]
    reference: ClassVar[str]  # arXiv id
    Settings: ClassVar[type[MethodSettings]]
    presets: ClassVar[tuple[PresetName, ...]] = ("default", "quick")  # "paper" only for what a paper published
    assumptions: ClassVar[str] = ""  # what it takes for granted about the data, for the form and the card
    # Whether training uses neighbours in the data: agreement with them then says nothing about the result.
    trains_on_neighbours: ClassVar[bool] = False
    encodes: ClassVar[bool] = True  # whether it reads samples: without, there are no latents and no clusters
    # How many samples are read at most where reading one takes long (latents that are optimised): such a method is
    # scored at its end alone, and on that many.
    max_read: ClassVar[int | None] = None

    @classmethod
    def lacks_encoder(cls) -> str:
        """Why there are no clusters of samples, in one sentence for people; empty where there are."""
        if cls.encodes:
            return ""
        return f"{cls.title} has no encoder: samples get no clusters, and new ones cannot be placed."

    @classmethod
    def find_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        """The preset for a data set by its name, or by its kind and shape where the name is not one of ours.

        Raises SettingsError for a preset that the method does not have.
        """
        if name not in cls.presets:
            raise SettingsError(f"{cls.name} has no preset named {name}: choose one of {', '.join(cls.presets)}.")
        return cls.make_preset(name, dataset, kind, shape)

    @classmethod
    @abstractmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        """What `find_preset` gives for one of `presets`."""
