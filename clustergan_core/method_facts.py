"""Base classes of the settings and facts of methods, without the networks that they describe."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from clustergan_core.data.dataset import Kind
from clustergan_core.errors import SettingsError
from clustergan_core.given_labels import read_given
from clustergan_core.preset import Preset, PresetName

Architecture = Literal["mlp", "mlp-batchnorm", "dcgan-small", "dcgan-wide", "linear"]
Initialisation = Literal["normal-0.02", "framework"]
CriticNorm = Literal["paper", "none"]
Precision = Literal["float32", "bfloat16"]
Upsampling = Literal["transposed", "nearest"]  # how a generator doubles the sides of an image
Ability = Literal["encoder", "generator", "modes"]  # abilities that a method may lack

SMALLEST_CONVOLVED = 16  # an 8×8 image would be 2×2 at the last convolution, at eight times the cost of an MLP


def is_convolved(kind: Kind, shape: tuple[int, ...]) -> bool:
    """Whether convolutions read samples of this kind and shape if the architecture is `auto`."""
    return kind == "image" and min(shape[1:]) >= SMALLEST_CONVOLVED


class MethodSettings(BaseModel):
    """Base of every method's settings; they are frozen, and an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_clusters: int  # K, which every method takes; each sets its own default and limits


class LabelledSettings(MethodSettings):
    """Base of the settings of methods that are given labels."""

    n_labelled: int  # number of training samples; each method sets its own default and limits
    given: str = Field(
        "",
        title="Given labels",
        description="Labels that a person gave by hand, as on the Map: names with positions in the data, such as "
        "left=0-4,9; right=12. Without any, labels of the data's own are drawn, as many as `Labels` says.",
    )

    @field_validator("given")
    @classmethod
    def _check_given(cls, text: str) -> str:
        return read_given(text).text

    @model_validator(mode="before")
    @classmethod
    def _count_given(cls, values: Any) -> Any:
        """As many labels as are given by hand, where any are."""
        if not isinstance(values, dict) or not isinstance(text := values.get("given", ""), str) or not text.strip():
            return values
        try:
            return values | {"n_labelled": read_given(text).n}
        except ValueError:
            return values  # the field says what is wrong


class MethodFacts(ABC):
    """Base of the facts about a method; the method itself inherits them and adds the networks."""

    name: ClassVar[str]  # its key in METHODS
    title: ClassVar[str]
    reference: ClassVar[str]  # arXiv id
    Settings: ClassVar[type[MethodSettings]]
    presets: ClassVar[tuple[PresetName, ...]] = ("default", "quick")  # "paper" only for published methods
    assumptions: ClassVar[str] = ""  # what it assumes about the data, for the form and the card
    # Whether training uses neighbours in the data, so that agreement with them says nothing about the result.
    trains_on_neighbours: ClassVar[bool] = False
    encodes: ClassVar[bool] = True  # whether it reads samples; if not, there are no latents and no clusters
    max_read: ClassVar[int | None] = None  # what `max_read_with` returns, unless it depends on the settings
    uses_labels: ClassVar[bool] = False  # whether training sees labels; only a `LabelledMethod` does

    @classmethod
    def title_with_labels(cls, n_labels: int) -> str:
        """Its title and, unless training used none, how many labels it used."""
        return f"{cls.title}, used {n_labels} labels" if n_labels else cls.title

    @classmethod
    def lacks_encoder(cls) -> str:
        """Why there are no clusters of samples, in one sentence for the user; empty if there are."""
        if cls.encodes:
            return ""
        return f"{cls.title} has no encoder: samples get no clusters, and new ones cannot be placed."

    @classmethod
    def max_read_with(cls, settings: MethodSettings) -> int | None:
        """The most samples that are read with these settings, if reading one is slow (latents that are optimised).

        Such a method is scored only at its end, and only on that many samples.
        """
        return cls.max_read

    @classmethod
    def generator_begins(cls, settings: MethodSettings, n_steps: int) -> int:
        """The last step of a training of `n_steps` before the generator learns; 0 where it learns from the first."""
        return 0

    @classmethod
    def describe_step(cls, settings: MethodSettings, step: int, n_steps: int) -> str:
        """What has been trained up to a step of a training of `n_steps`, in sentences; "" without phases."""
        return ""

    @classmethod
    def find_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        """The preset for a data set by its name, or by its kind and shape if we do not know the name.

        Raises SettingsError for a preset that the method does not have.
        """
        if name not in cls.presets:
            raise SettingsError(f"{cls.name} has no preset named {name}: choose one of {', '.join(cls.presets)}.")
        return cls.make_preset(name, dataset, kind, shape)

    @classmethod
    @abstractmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        """Builds the preset that `find_preset` returns, for one of `presets`."""
