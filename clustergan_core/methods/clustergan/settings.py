"""Settings of ClusterGAN, and what is said of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.method_facts import (
    Architecture,
    CriticNorm,
    Initialisation,
    MethodFacts,
    MethodSettings,
    Precision,
)
from clustergan_core.methods.clustergan.presets import make_preset
from clustergan_core.preset import PRESETS, Preset, PresetName


class ClusterGANSettings(MethodSettings):
    """Settings of ClusterGAN; the defaults are the paper's for MNIST."""

    n_clusters: int = Field(10, ge=2, le=1000, title="Clusters K", description="Number of modes of the latent prior.")
    n_normal: int = Field(30, ge=1, le=1000, title="z_n size", description="Dimensions of the normal part of z.")
    sigma: float = Field(0.1, gt=0, le=10, title="σ", description="Standard deviation of z_n.")
    batch_size: int = Field(64, ge=2, le=8192, title="Batch size", description="Samples in each batch.")
    n_critic_steps: int = Field(
        5, ge=1, le=20, title="Critic steps", description="Critic updates for each generator update."
    )
    learning_rate: float = Field(1e-4, gt=0, le=0.1, title="Learning rate", description="Adam's step size.")
    beta1: float = Field(0.5, ge=0, lt=1, title="Adam β₁", description="Decay of Adam's first moment.")
    beta2: float = Field(0.9, ge=0, lt=1, title="Adam β₂", description="Decay of Adam's second moment.")
    penalty_weight: float = Field(
        10.0, ge=0, le=1000, title="Gradient penalty", description="Weight of the critic's gradient penalty."
    )
    normal_weight: float = Field(
        10.0, ge=0, le=1000, title="β_n", description="Weight of recovering z_n from the generated sample."
    )
    cluster_weight: float = Field(
        10.0, ge=0, le=1000, title="β_c", description="Weight of recovering the mode from the generated sample."
    )
    architecture: Architecture | Literal["auto"] = Field(
        "auto", title="Networks", description="The paper's networks by name; auto follows the kind and shape of data."
    )
    width: float = Field(1.0, ge=0.05, le=4, title="Width", description="Scales every hidden layer.")
    initialisation: Initialisation = Field(
        "normal-0.02", title="Initialisation", description="N(0, 0.02) as in the paper, or the framework's own."
    )
    critic_norm: CriticNorm = Field(
        "paper",
        title="Critic's normalisation",
        description="Batch normalisation where the paper's table has it, or none.",
    )
    precision: Precision = Field(
        "float32",
        title="Precision",
        description="Of the networks' passes; bfloat16 is faster where the networks are large. Weights stay float32.",
    )


class ClusterGANFacts(MethodFacts):
    """Generator, encoder and Wasserstein critic on the discrete-continuous prior."""

    name = "clustergan"
    title = "ClusterGAN"
    reference = "arXiv 1809.03627"
    Settings = ClusterGANSettings
    presets = PRESETS

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        return make_preset(name, dataset, kind, shape)
