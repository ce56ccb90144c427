"""Settings, presets and facts of BiGAN."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.gan_settings import GanSettings, fast_settings
from clustergan_core.method_facts import MethodFacts, is_convolved
from clustergan_core.preset import PRESETS, Preset, PresetName, shorten

PAPER_STEPS = 187_000  # in the authors' code for MNIST: 400 epochs of batches of 128 in 60,000 images
FAST_STEPS = 6_000
FAST_N_NORMAL = 10


class BiGANSettings(GanSettings):
    """Settings of BiGAN; the defaults are the authors' for MNIST."""

    encoder: Literal["deterministic", "gaussian"] = Field(
        "deterministic",
        title="Encoder",
        description="Deterministic as in BiGAN; Gaussian as in ALI, with a learned mean and width for each sample.",
    )
    noise: Literal["uniform", "normal"] = Field(
        "uniform", title="Prior", description="Uniform on [−1, 1] as in BiGAN, or standard normal as in ALI."
    )
    n_normal: int = Field(50, ge=1, le=1000, title="z size", description="Dimensions of the latent space.")
    batch_size: int = Field(128, ge=2, le=8192, title="Batch size", description="Samples in each batch.")
    learning_rate: float = Field(2e-4, gt=0, le=0.1, title="Learning rate", description="Adam's step size.")
    beta2: float = Field(0.999, ge=0, lt=1, title="Adam β₂", description="Decay of Adam's second moment.")


class BiGANFacts(MethodFacts):
    """A GAN whose discriminator compares pairs of sample and latent, so that the encoder inverts the generator."""

    name = "bigan"
    title = "BiGAN"
    reference = "arXiv 1605.09782"
    Settings = BiGANSettings
    presets = PRESETS

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        # The authors' networks for MNIST: two hidden layers of 1,024.
        dense = {"architecture": "mlp-batchnorm", "width": 4.0} if is_convolved(kind, shape) else {}
        if name == "paper":
            return Preset(dense, PAPER_STEPS)
        settings = fast_settings(cls.Settings, dataset, kind, shape) | dense
        return Preset({"n_normal": FAST_N_NORMAL} | settings, shorten(FAST_STEPS, name))
