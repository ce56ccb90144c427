"""Settings, presets and facts of WGAN-GP."""

from __future__ import annotations

from typing import Literal, cast

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.gan_settings import (
    DecodingSettings,
    WassersteinSettings,
    fast_settings,
    fast_steps,
    published_settings,
)
from clustergan_core.method_facts import MethodFacts, MethodSettings
from clustergan_core.preset import PRESETS, Preset, PresetName, shorten

PriorName = Literal["one-hot", "mixture", "normal", "uniform"]
Reading = Literal["critic-features", "back-projection"]
AdversarialLoss = Literal["wasserstein", "saturating", "non-saturating"]

PAPER_STEPS = 200_000  # generator steps in ClusterGAN's public code
PAPER_ITERATIONS = 5_000


class WGANGPSettings(WassersteinSettings, DecodingSettings):
    """Settings of WGAN-GP; the defaults are those of ClusterGAN's paper for MNIST."""

    prior: PriorName = Field(
        "one-hot",
        title="Prior",
        description="All have z_n size + K dimensions. One-hot: noise beside a unit vector. Mixture: noise around the "
        "first K unit vectors. Normal and uniform: noise alone, without modes.",
    )
    adversarial_loss: AdversarialLoss = Field(
        "wasserstein",
        title="Adversarial loss",
        description="Wasserstein: the critic's mean scores, under the gradient penalty. The other two are the first "
        "GAN's: a discriminator by cross-entropy, without a penalty, and a generator that minimises log(1 − D(G(z))) "
        "(saturating) or −log D(G(z)) (non-saturating).",
    )
    reading: Reading = Field(
        "critic-features",
        title="Reading",
        description="Critic-features: the nearest centre of k-means on the critic's last hidden layer. "
        "Back-projection: the latent of each sample is found by descent (Algorithm 1), which is slow.",
    )
    latent_weight: float = Field(
        10.0, ge=0, le=1000, title="λ", description="Weight of the squared noise in Algorithm 1's loss."
    )


class WGANGPFacts(MethodFacts):
    """A Wasserstein GAN without an encoder, on one of four priors; read by its critic or by descent."""

    name = "wgan-gp"
    title = "WGAN-GP"
    reference = "arXiv 1704.00028"
    Settings = WGANGPSettings
    presets = PRESETS

    @classmethod
    def max_read_with(cls, settings: MethodSettings) -> int | None:
        settings = cast(WGANGPSettings, settings)
        return settings.n_read if settings.reading == "back-projection" else None

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        if name == "paper":
            published = published_settings(cls.Settings, dataset, kind)
            return Preset(published | {"n_iterations": PAPER_ITERATIONS}, PAPER_STEPS)
        return Preset(fast_settings(cls.Settings, dataset, kind, shape), shorten(fast_steps(kind, shape), name))
