"""Settings, presets and facts of InfoGAN."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.gan_settings import GanSettings, fast_settings, known_to
from clustergan_core.method_facts import CriticNorm, MethodFacts, is_convolved
from clustergan_core.preset import PRESETS, Preset, PresetName, paper_settings, shorten

PAPER_STEPS = 5_000  # in the authors' code: 50 epochs of 100 batches
FAST_STEPS, FAST_STEPS_CONVOLVED = 10_000, 4_000


class InfoGANSettings(GanSettings):
    """Settings of InfoGAN; the defaults are the authors' for MNIST."""

    n_normal: int = Field(62, ge=1, le=1000, title="Noise size", description="Dimensions of the noise.")
    n_continuous: int = Field(
        2, ge=0, le=100, title="Continuous codes", description="Entries of the noise that are recovered like the mode."
    )
    noise: Literal["uniform", "normal"] = Field(
        "uniform", title="Noise", description="Uniform on [−1, 1] as in InfoGAN's paper, or standard normal."
    )
    batch_size: int = Field(128, ge=2, le=8192, title="Batch size", description="Samples in each batch.")
    learning_rate: float = Field(
        2e-4, gt=0, le=0.1, title="Learning rate", description="Adam's step size for the discriminator and Q."
    )
    generator_learning_rate: float = Field(
        1e-3, gt=0, le=0.1, title="Generator's learning rate", description="Adam's step size for the generator."
    )
    beta2: float = Field(0.999, ge=0, lt=1, title="Adam β₂", description="Decay of Adam's second moment.")
    information_weight: float = Field(
        1.0, ge=0, le=1000, title="λ", description="Weight of the mutual information of codes and samples."
    )
    critic_norm: CriticNorm = Field(
        "paper",
        title="Discriminator's normalisation",
        description="Batch normalisation as in ClusterGAN's table, or none.",
    )


class InfoGANFacts(MethodFacts):
    """A GAN whose discriminator also reads the mode of a sample, as a probability for each mode."""

    name = "infogan"
    title = "InfoGAN"
    reference = "arXiv 1606.03657"
    Settings = InfoGANSettings
    presets = PRESETS

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        # For other data than images ClusterGAN's paper has as much normal noise as for ClusterGAN, and no other codes.
        published = {} if kind == "image" else known_to(cls.Settings, paper_settings(dataset, kind))
        if kind != "image":
            published |= {"noise": "normal", "n_continuous": 0}
        if name == "paper":
            return Preset(published, PAPER_STEPS)
        fast = fast_settings(cls.Settings, dataset, kind, shape)
        fast |= {"noise": "normal", "n_continuous": 0, "critic_norm": "paper"}
        n_steps = FAST_STEPS_CONVOLVED if is_convolved(kind, shape) else FAST_STEPS
        return Preset(published | fast, shorten(n_steps, name))
