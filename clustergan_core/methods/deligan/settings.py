"""Settings, presets and facts of DeLiGAN."""

from __future__ import annotations

from typing import cast

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.gan_settings import DecodingSettings, GanSettings, fast_settings
from clustergan_core.method_facts import CriticNorm, MethodFacts, MethodSettings, is_convolved
from clustergan_core.preset import Preset, PresetName, shorten

FAST_STEPS, FAST_STEPS_CONVOLVED = 10_000, 4_000
QUICK_READING = {"n_read": 300, "n_iterations": 100}  # as long as its training


class DeLiGANSettings(GanSettings, DecodingSettings):
    """Settings of DeLiGAN; the defaults are the authors' for MNIST where they are given."""

    n_normal: int = Field(30, ge=1, le=1000, title="z size", description="Dimensions of the latent mixture.")
    first_sigma: float = Field(0.2, gt=0, le=10, title="First σ", description="Every σ before training.")
    sigma_weight: float = Field(
        1 / 3, ge=0, le=1000, title="λ", description="Weight of (1 − σ)², without which a component becomes one sample."
    )
    batch_size: int = Field(
        100, ge=2, le=8192, title="Batch size", description="Samples in each batch, equally many of each component."
    )
    learning_rate: float = Field(5e-4, gt=0, le=0.1, title="Learning rate", description="Adam's step size.")
    beta2: float = Field(0.999, ge=0, lt=1, title="Adam β₂", description="Decay of Adam's second moment.")
    critic_norm: CriticNorm = Field(
        "paper",
        title="Discriminator's normalisation",
        description="Batch normalisation as in ClusterGAN's table, or none.",
    )


class DeLiGANFacts(MethodFacts):
    """A GAN on a Gaussian mixture whose means and widths are learned with the generator."""

    name = "deligan"
    title = "DeLiGAN"
    reference = "arXiv 1706.02071"
    Settings = DeLiGANSettings

    @classmethod
    def max_read_with(cls, settings: MethodSettings) -> int | None:
        return cast(DeLiGANSettings, settings).n_read

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        settings = fast_settings(cls.Settings, dataset, kind, shape) | {"critic_norm": "paper"}
        if name == "quick":
            settings |= QUICK_READING
        return Preset(settings, shorten(FAST_STEPS_CONVOLVED if is_convolved(kind, shape) else FAST_STEPS, name))
