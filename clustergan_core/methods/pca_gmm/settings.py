"""Settings, facts and presets of PCA + GMM."""

from __future__ import annotations

from pydantic import Field

from clustergan_core.data.dataset import Kind
from clustergan_core.method_facts import MethodFacts, MethodSettings
from clustergan_core.preset import Preset, PresetName, shorten

_STEPS = 100  # only measure what was fitted before them


class PCAGMMSettings(MethodSettings):
    """Settings of PCA + GMM."""

    n_clusters: int = Field(10, ge=2, le=1000, title="Clusters K", description="Components of the mixture.")
    n_normal: int = Field(10, ge=1, le=1000, title="z size", description="Number of principal components.")
    batch_size: int = Field(
        256, ge=2, le=8192, title="Batch size", description="Samples on which each step measures the fit."
    )


class PCAGMMFacts(MethodFacts):
    """A Gaussian mixture on principal components, fitted at once by scikit-learn: the simplest method with modes."""

    name = "pca-gmm"
    title = "PCA + GMM"
    reference = "A baseline of Li and Dama, “Clustering with GANs”."
    Settings = PCAGMMSettings
    assumptions = "The differences that separate clusters are those of highest variance, and clusters are Gaussian."

    @classmethod
    def make_preset(cls, name: PresetName, dataset: str, kind: Kind, shape: tuple[int, ...]) -> Preset:
        return Preset({}, shorten(_STEPS, name))
