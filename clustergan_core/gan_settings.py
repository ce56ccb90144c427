"""Settings that GANs share, and those of them that train in minutes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.method_facts import (
    Architecture,
    CriticNorm,
    Initialisation,
    MethodSettings,
    Precision,
    is_convolved,
)
from clustergan_core.preset import paper_settings, plane_settings

FAST_STEPS, FAST_STEPS_CONVOLVED = 4_000, 3_000  # generator steps of `default`


class GanSettings(MethodSettings):
    """Sizes, networks and optimisers of a GAN; the defaults are those of ClusterGAN's paper for MNIST."""

    n_clusters: int = Field(10, ge=2, le=1000, title="Clusters K", description="Number of clusters.")
    n_normal: int = Field(30, ge=1, le=1000, title="z_n size", description="Dimensions of the noise.")
    batch_size: int = Field(64, ge=2, le=8192, title="Batch size", description="Samples in each batch.")
    learning_rate: float = Field(1e-4, gt=0, le=0.1, title="Learning rate", description="Adam's step size.")
    beta1: float = Field(0.5, ge=0, lt=1, title="Adam β₁", description="Decay of Adam's first moment.")
    beta2: float = Field(0.9, ge=0, lt=1, title="Adam β₂", description="Decay of Adam's second moment.")
    architecture: Architecture | Literal["auto"] = Field(
        "auto",
        title="Networks",
        description="The networks of ClusterGAN's paper by name; auto follows the data's kind and shape.",
    )
    width: float = Field(1.0, ge=0.05, le=4, title="Width", description="Scales every hidden layer.")
    initialisation: Initialisation = Field(
        "normal-0.02", title="Initialisation", description="N(0, 0.02) as in ClusterGAN, or the framework's default."
    )
    precision: Precision = Field(
        "float32",
        title="Precision",
        description="Precision of the networks' passes; bfloat16 is faster for large networks. Weights stay float32.",
    )


class WassersteinSettings(GanSettings):
    """A GAN whose critic is trained under a gradient penalty."""

    n_critic_steps: int = Field(
        5, ge=1, le=20, title="Critic steps", description="Critic updates for each generator update."
    )
    penalty_weight: float = Field(
        10.0, ge=0, le=1000, title="Gradient penalty", description="Weight of the critic's gradient penalty."
    )
    critic_norm: CriticNorm = Field(
        "paper",
        title="Critic's normalisation",
        description="Batch normalisation as in ClusterGAN's table, or none.",
    )


class DecodingSettings(MethodSettings):
    """How a method reads a sample that it has to decode by descent through its generator."""

    n_iterations: int = Field(
        200, ge=1, le=100_000, title="Iterations τ", description="Steps of each descent that decodes a sample."
    )
    n_read: int = Field(
        1000,
        ge=1,
        le=1_000_000,
        title="Samples decoded",
        description="The most samples of a split that are decoded: each takes K descents.",
    )


def known_to(model: type[MethodSettings], settings: dict[str, Any]) -> dict[str, Any]:
    """Those of the settings that a method has."""
    return {name: value for name, value in settings.items() if name in model.model_fields}


def published_settings(model: type[MethodSettings], dataset: str, kind: Kind) -> dict[str, Any]:
    """ClusterGAN's own settings for a data set, as far as a method has them."""
    return known_to(model, paper_settings(dataset, kind))


def fast_settings(model: type[MethodSettings], dataset: str, kind: Kind, shape: tuple[int, ...]) -> dict[str, Any]:
    """The settings with which ClusterGAN trains in minutes on two cores, as far as a method has them."""
    published = paper_settings(dataset, kind)
    settings = published | {"learning_rate": 5e-4, "initialisation": "framework", "critic_norm": "none"}
    if is_convolved(kind, shape):
        settings |= {"width": 0.25, "precision": "bfloat16"}
    elif kind == "image" and "n_normal" not in published:
        settings |= {"n_normal": 10}  # 30 dimensions are many for 64 pixels
    if "penalty_weight" in model.model_fields:
        settings |= plane_settings(kind, shape)
    return known_to(model, settings)


def fast_steps(kind: Kind, shape: tuple[int, ...]) -> int:
    """Generator steps of a training of minutes."""
    return FAST_STEPS_CONVOLVED if is_convolved(kind, shape) else FAST_STEPS
