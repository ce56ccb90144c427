"""Settings, facts and presets of DCN."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.method_facts import MethodFacts, MethodSettings, is_convolved
from clustergan_core.preset import PRESETS, Preset, PresetName, shorten

# The authors' 50 epochs of pretraining and 50 of clustering on MNIST in batches of 128, which they weigh 0.05 to 1.
_PAPER: dict[str, Any] = {"batch_size": 128, "cluster_weight": 20.0, "warm_up_share": 0.5, "width": 1.0}
_PAPER_STEPS = 42_200
_FAST: dict[str, Any] = {"width": 0.25}  # small samples need no more, and a step takes a quarter of the time
_FAST_STEPS = 12_000
_FAST_LARGE: dict[str, Any] = {"width": 0.5}
_FAST_LARGE_STEPS = 10_000  # 47 epochs of MNIST


class DCNSettings(MethodSettings):
    """Settings of DCN."""

    n_clusters: int = Field(10, ge=2, le=1000, title="Clusters K", description="Number of centres.")
    n_normal: int = Field(10, ge=1, le=1000, title="z size", description="Dimensions of the latent space.")
    cluster_weight: float = Field(
        1.0,
        ge=0,
        le=1000,
        title="λ",
        description="Weight of the distances to the centres against the reconstruction. A large one shrinks all "
        "latents to a point.",
    )
    warm_up_share: float = Field(
        0.6, gt=0, lt=1, title="Warm-up", description="Share of the steps that train the autoencoder alone."
    )
    batch_size: int = Field(256, ge=2, le=8192, title="Batch size", description="Samples in each batch.")
    learning_rate: float = Field(
        1e-3, gt=0, le=0.1, title="Learning rate", description="Adam's step size; a tenth of it after the warm-up."
    )
    width: float = Field(1.0, ge=0.05, le=4, title="Width", description="Scales every hidden layer.")


class DCNFacts(MethodFacts):
    """An autoencoder that is trained towards the centres of a k-means which follows its latents (DCN)."""

    name = "dcn"
    title = "DCN"
    reference = "arXiv 1610.04794"
    Settings = DCNSettings
    presets = PRESETS
    assumptions = "Clusters are round and about equally wide in the latent space, as for k-means."

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        if name == "paper":
            return Preset(_PAPER, _PAPER_STEPS)
        settings, n_steps = (_FAST_LARGE, _FAST_LARGE_STEPS) if is_convolved(kind, shape) else (_FAST, _FAST_STEPS)
        return Preset(settings, shorten(n_steps, name))
