"""Settings, facts and presets of VAE + GMM."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.method_facts import Architecture, MethodFacts, MethodSettings, is_convolved
from clustergan_core.preset import PRESETS, Preset, PresetName, shorten

# Table 3 of Li and Dama, the best row on MNIST: 10 dimensions, batches of 1,024, the learning rate 1e-4 · batch / 64.
# They state no number of epochs; a hundred of MNIST are ours.
_PAPER: dict[str, Any] = {"n_normal": 10, "batch_size": 1024, "learning_rate": 1.6e-3}
_PAPER_STEPS = 5_300
_FAST: dict[str, Any] = {"n_normal": 10}
_FAST_STEPS = 4_000
_FAST_CONVOLVED: dict[str, Any] = {"n_normal": 10, "width": 0.5}
_FAST_CONVOLVED_STEPS = 3_000


class VAEGMMSettings(MethodSettings):
    """Settings of VAE + GMM."""

    n_clusters: int = Field(10, ge=2, le=1000, title="Clusters K", description="Components of the mixture.")
    n_normal: int = Field(10, ge=1, le=1000, title="z size", description="Dimensions of the latent space.")
    noise_scale: float = Field(
        0.2,
        gt=0,
        le=10,
        title="Noise s",
        description="Standard deviation of a sample's features around what is decoded: the smaller, the more the "
        "latents hold.",
    )
    batch_size: int = Field(128, ge=2, le=8192, title="Batch size", description="Samples in each batch.")
    learning_rate: float = Field(1e-3, gt=0, le=0.1, title="Learning rate", description="Adam's step size.")
    architecture: Architecture | Literal["auto"] = Field(
        "auto",
        title="Networks",
        description="ClusterGAN's encoder and generator by name; auto follows the data's kind and shape.",
    )
    width: float = Field(1.0, ge=0.05, le=4, title="Width", description="Scales every hidden layer.")


class VAEGMMFacts(MethodFacts):
    """A variational autoencoder, and a Gaussian mixture fitted to the means that its encoder gives."""

    name = "vae-gmm"
    title = "VAE + GMM"
    reference = "Li and Dama, “Clustering with GANs”; the autoencoder: arXiv 1312.6114"
    Settings = VAEGMMSettings
    presets = PRESETS
    assumptions = "Clusters are Gaussian in the latent space, although training draws all samples towards one Gaussian."

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        if name == "paper":
            return Preset(_PAPER, _PAPER_STEPS)
        if is_convolved(kind, shape):
            return Preset(_FAST_CONVOLVED, shorten(_FAST_CONVOLVED_STEPS, name))
        return Preset(_FAST, shorten(_FAST_STEPS, name))
