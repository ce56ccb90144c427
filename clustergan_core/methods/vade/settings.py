"""Settings, facts and presets of VaDE."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.method_facts import MethodFacts, MethodSettings, is_convolved
from clustergan_core.preset import PRESETS, Preset, PresetName, shorten

# The authors' 3,000 epochs of MNIST in batches of 100, on all 70,000 images; and 50 epochs of pretraining, of which
# they publish only the weights.
_PAPER: dict[str, Any] = {
    "batch_size": 100,
    "learning_rate": 2e-3,
    "last_rate_share": 0.1,
    "warm_up_share": 35_000 / 2_135_000,
    "width": 1.0,
}
_PAPER_STEPS = 2_135_000
# Small samples need no more than a quarter of the width. Rate (the authors') and warm-up: digits, seeds 10 to 12.
_FAST: dict[str, Any] = {"width": 0.25, "learning_rate": 2e-3, "warm_up_share": 0.5}
_FAST_STEPS = 12_000
_FAST_LARGE: dict[str, Any] = {"width": 0.5}
_FAST_LARGE_STEPS = 10_000  # 47 epochs of MNIST


class VaDESettings(MethodSettings):
    """Settings of VaDE."""

    n_clusters: int = Field(10, ge=2, le=1000, title="Clusters K", description="Components of the latent mixture.")
    n_normal: int = Field(10, ge=1, le=1000, title="z size", description="Dimensions of the latent space.")
    warm_up_share: float = Field(
        0.3, gt=0, lt=1, title="Warm-up", description="Share of the steps that train the autoencoder alone."
    )
    batch_size: int = Field(256, ge=2, le=8192, title="Batch size", description="Samples in each batch.")
    learning_rate: float = Field(1e-3, gt=0, le=0.1, title="Learning rate", description="Adam's step size.")
    last_rate_share: float = Field(
        0.1,
        gt=0,
        le=1,
        title="Last rate",
        description="Share of the learning rate that is left at the end; it falls exponentially after the warm-up.",
    )
    width: float = Field(1.0, ge=0.05, le=4, title="Width", description="Scales every hidden layer.")


class VaDEFacts(MethodFacts):
    """A variational autoencoder whose prior is a mixture of Gaussians that is learned with it (VaDE)."""

    name = "vade"
    title = "VaDE"
    reference = "arXiv 1611.05148"
    Settings = VaDESettings
    presets = PRESETS
    assumptions = "An autoencoder already separates the clusters so far that a mixture finds them: training refines it."

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        if name == "paper":
            return Preset(_PAPER, _PAPER_STEPS)
        settings, n_steps = (_FAST_LARGE, _FAST_LARGE_STEPS) if is_convolved(kind, shape) else (_FAST, _FAST_STEPS)
        return Preset(settings, shorten(n_steps, name))
