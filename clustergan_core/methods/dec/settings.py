"""Settings, facts and presets of DEC and IDEC."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.method_facts import MethodFacts, MethodSettings, is_convolved
from clustergan_core.preset import PRESETS, Preset, PresetName, shorten

# The paper's networks, batches and lengths for MNIST: 100,000 steps of pretraining; its clustering ends when fewer than
# 0.1% of the samples change their cluster, which takes some 8,000 steps in IDEC's code.
_PAPER: dict[str, Any] = {"warm_up_share": 100_000 / 108_000, "refresh_every": 140, "width": 1.0}
_PAPER_STEPS = 108_000
_FAST: dict[str, Any] = {"width": 0.25}  # small samples need no more, and a step takes a quarter of the time
_FAST_STEPS = 12_000
_FAST_LARGE: dict[str, Any] = {"width": 0.5}
_FAST_LARGE_STEPS = 10_000  # 47 epochs of MNIST


class DECSettings(MethodSettings):
    """Settings of DEC; IDEC with a reconstruction weight above 0."""

    n_clusters: int = Field(10, ge=2, le=1000, title="Clusters K", description="Number of centres.")
    n_normal: int = Field(10, ge=1, le=1000, title="z size", description="Dimensions of the latent space.")
    reconstruction_weight: float = Field(
        0.0,
        ge=0,
        le=1000,
        title="Reconstruction",
        description="Weight of the mean squared error while clusters form. 0 drops the decoder then, which is DEC; 10 "
        "is IDEC.",
    )
    warm_up_share: float = Field(
        0.6, gt=0, lt=1, title="Warm-up", description="Share of the steps that train the autoencoder alone."
    )
    refresh_every: int = Field(
        140, ge=1, le=10_000, title="Target interval", description="Steps for which the targets of all samples stay."
    )
    batch_size: int = Field(256, ge=2, le=8192, title="Batch size", description="Samples in each batch.")
    learning_rate: float = Field(1e-3, gt=0, le=0.1, title="Learning rate", description="Adam's step size.")
    width: float = Field(1.0, ge=0.05, le=4, title="Width", description="Scales every hidden layer.")


class DECFacts(MethodFacts):
    """An autoencoder whose clusters are sharpened by their own confident assignments (DEC); IDEC keeps its decoder."""

    name = "dec"
    title = "DEC"
    reference = "arXiv 1511.06335 (IDEC: Guo, Gao, Liu, Yin, IJCAI 2017)"
    Settings = DECSettings
    presets = PRESETS
    assumptions = "An autoencoder already separates the clusters roughly, and clusters are of about equal size."

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        if name == "paper":
            return Preset(_PAPER, _PAPER_STEPS)
        settings, n_steps = (_FAST_LARGE, _FAST_LARGE_STEPS) if is_convolved(kind, shape) else (_FAST, _FAST_STEPS)
        return Preset(settings | ({"refresh_every": 20} if name == "quick" else {}), shorten(n_steps, name))
