"""Settings, presets and facts of NEMGAN."""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationInfo, field_validator

from clustergan_core.data.dataset import Kind
from clustergan_core.gan_settings import WassersteinSettings, fast_settings, fast_steps
from clustergan_core.method_facts import LabelledSettings, MethodFacts
from clustergan_core.preset import PRESETS, Preset, PresetName, shorten

PAPER_STEPS = 200_000  # in the authors' code
FEW_LABELS = 100
FAST_MASS_RATE = 0.01  # at the authors' rate masses would hardly move in so few steps


class NEMGANSettings(WassersteinSettings):
    """Settings of NEMGAN; the defaults are the authors' where they are given."""

    n_normal: int = Field(50, ge=1, le=1000, title="z size", description="Dimensions of the latent, at least K.")
    masses: str = Field(
        "",
        title="Mode masses",
        description="The share of samples in each mode, such as 0.7 0.3 for two; without any, all are equal.",
    )
    spread: float = Field(0.3, gt=0, lt=0.5, title="Spread", description="Noise is uniform within ± this of each mode.")
    n_critic_steps: int = Field(
        1, ge=1, le=20, title="Critic steps", description="Critic updates for each generator update."
    )
    normal_weight: float = Field(
        10.0, ge=0, le=1000, title="Latent weight", description="Weight of recovering z from the generated sample."
    )
    cluster_weight: float = Field(
        1.0, ge=0, le=1000, title="Mode weight", description="Weight of recovering the mode from the generated sample."
    )

    @field_validator("masses")
    @classmethod
    def _check_masses(cls, text: str, others: ValidationInfo) -> str:
        n_clusters = others.data.get("n_clusters")
        if text.strip() and n_clusters and not _are_masses(text, n_clusters):
            raise ValueError(f"{n_clusters} positive numbers with spaces between, one for each cluster, or empty")
        return text.strip()

    def shares(self) -> list[float]:
        """The given masses, scaled to a sum of 1."""
        if not self.masses:
            return [1 / self.n_clusters] * self.n_clusters
        masses = [float(word) for word in self.masses.split()]
        return [mass / sum(masses) for mass in masses]


class LabelledNEMGANSettings(NEMGANSettings, LabelledSettings):
    """Settings of NEMGAN with learned masses; given masses are those it begins with."""

    n_labelled: int = Field(
        500, ge=1, le=100_000, title="Labels", description="Training samples whose labels it is given."
    )
    mass_rate: float = Field(
        1e-3, gt=0, le=1, title="Masses' learning rate", description="Adam's step size for the masses' logits α."
    )


def _are_masses(text: str, count: int) -> bool:
    try:
        masses = [float(word) for word in text.split()]
    except ValueError:
        return False
    return len(masses) == count and all(0 < mass < float("inf") for mass in masses)


class NEMGANFacts(MethodFacts):
    """A Wasserstein GAN on modes of given masses, with an inverter that recovers the mode and the whole latent."""

    name = "nemgan"
    title = "NEMGAN"
    reference = "arXiv 2005.02435"
    Settings = NEMGANSettings
    presets = PRESETS
    assumptions = "It takes the shares of the clusters as given: equal, unless other masses are set."

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        if name == "paper":
            return Preset({}, PAPER_STEPS)
        # ClusterGAN's, but for the weights, of which NEMGAN's are its own.
        settings = fast_settings(cls.Settings, dataset, kind, shape) | cls.more_settings()
        settings.pop("normal_weight", None)
        return Preset(settings, shorten(fast_steps(kind, shape), name))

    @classmethod
    def more_settings(cls) -> dict[str, Any]:
        """What the presets of minutes set besides ClusterGAN's."""
        return {"n_critic_steps": 5}  # without labels; digits, seeds 10 and 11: purity 0.68, with one step 0.60


class LabelledNEMGANFacts(NEMGANFacts):
    """NEMGAN whose inverter learns from a few labels, and whose masses follow what the inverter finds in the data."""

    name = "nemgan-labelled"
    title = "NEMGAN, learned masses"
    Settings = LabelledNEMGANSettings
    uses_labels = True
    assumptions = "It is given the labels of a few samples; mode k means label k."

    @classmethod
    def more_settings(cls) -> dict[str, Any]:
        return {"n_labelled": FEW_LABELS, "mass_rate": FAST_MASS_RATE}
