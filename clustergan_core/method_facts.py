"""What settings and facts of methods are made of: words and models, without the networks that they describe."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

Architecture = Literal["mlp", "mlp-batchnorm", "dcgan-small", "dcgan-wide"]
Initialisation = Literal["normal-0.02", "framework"]
CriticNorm = Literal["paper", "none"]
Precision = Literal["float32", "bfloat16"]

SMALLEST_CONVOLVED = 16  # an 8×8 image would reach its convolutions' last layer as 2×2, and costs eight times an MLP


class MethodSettings(BaseModel):
    """Base of every method's settings: frozen, and an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MethodFacts:
    """Base of what is said of a method; the method itself inherits it and adds the networks."""

    name: ClassVar[str]  # its key in METHODS
    title: ClassVar[str]
    reference: ClassVar[str]  # arXiv id
    Settings: ClassVar[type[MethodSettings]]
    assumptions: ClassVar[str] = ""  # what it takes for granted about the data, for the form and the card
    # Whether training uses neighbours in the data: agreement with them then says nothing about the result.
    trains_on_neighbours: ClassVar[bool] = False
