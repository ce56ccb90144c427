"""The JSON documents of scores: their keys and types, so that an editor can follow them."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from clustergan_core.data.dataset import SplitName


class AgreementRecord(TypedDict):
    """Agreement with labels in one reading of the clusters; all None without labels."""

    purity: float | None
    accuracy: float | None
    nmi: float | None
    ari: float | None


class DistanceRecord(TypedDict):
    """A Fréchet distance of `n` generated samples to `n` real ones, and of these to `n` other real ones."""

    value: float
    real_halves: float
    n: int
    features: str  # the name of the feature network


class ClassifierRecord(TypedDict):
    """The classifier that read generated samples, and what it read them in."""

    name: str
    test_accuracy: float
    n_generated: int
    n_labels: int
    n_labels_with_a_mode: int


class MethodScores(AgreementRecord):
    """A method's scores on a split; agreement at top level takes the argmax of the code as the cluster."""

    dataset: str
    split: SplitName
    is_training_data: bool
    n: int
    n_labelled: NotRequired[int]  # this and the other optional keys are absent from older files
    n_clusters: int
    assignment: str
    kmeans: AgreementRecord
    silhouette: float | None
    usage: list[float]
    usage_entropy: float
    sample_cycle: NotRequired[float]
    latent_cycle: float
    frechet: NotRequired[DistanceRecord | None]
    fid: NotRequired[DistanceRecord | None]
    mode_accuracy: NotRequired[float | None]
    reconstruction_accuracy: NotRequired[float | None]
    cluster_accuracy: NotRequired[float | None]
    classifier: NotRequired[ClassifierRecord | None]


class RunScores(MethodScores):
    """scores.json, which is also the document of `evaluate`: a run's scores with one of its weights."""

    run: str
    method: str
    weights: str
