"""The keys and types of the JSON documents of scores, for editors and type checkers."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from clustergan_core.data.dataset import SplitName
from clustergan_core.method_facts import Ability


class AgreementRecord(TypedDict):
    """Agreement with labels in one reading of the clusters; all None without labels."""

    purity: float | None
    accuracy: float | None
    nmi: float | None
    ari: float | None


class DistanceRecord(TypedDict):
    """Fréchet distances from `n` generated samples to `n` real ones, and from these to `n` other real ones."""

    value: float
    real_halves: float
    n: int
    features: str  # the name of the feature network


class CoverageRecord(TypedDict):
    """Coverage and density of `n` generated samples over `n` real ones, and of `n` other real ones over these."""

    value: float  # coverage
    density: float
    real_halves: float  # coverage
    real_halves_density: float
    n: int
    k: int  # a real sample is covered within the distance to its k-th nearest real one
    features: str  # the name of the feature network


class ModeVarianceRecord(TypedDict):
    """The variance within modes, generated over real, in the first principal components of the real samples."""

    value: float  # the median over the modes that have a ratio
    real_halves: float | None  # likewise, of one half of the real samples over the other; None with too few
    ratios: list[float | None]  # (K,); None for a mode with too few real samples
    n_real: int  # over all modes
    n_generated: int  # for each mode
    n_components: int


class ClassifierRecord(TypedDict):
    """The classifier that read generated samples, and the numbers of samples and labels."""

    name: str
    test_accuracy: float
    n_generated: int
    n_labels: int
    n_labels_with_a_mode: int


class GenerationRecord(TypedDict):
    """The accuracies of the paper's section 2.6; None where the method lacks a part."""

    mode_accuracy: float
    reconstruction_accuracy: float | None
    cluster_accuracy: float | None
    classifier: ClassifierRecord


class ModeCountRecord(TypedDict):
    """How many of the data's modes `n` generated samples reach (`evaluation/mode_counting.py`)."""

    n_modes: int
    n_reached: int
    n_reached_often: int
    stray_share: float
    divergence: float | None  # None if all samples are strays
    n: int
    shares: NotRequired[list[float]]  # of the modes among good samples; absent with many modes, and from older files


class MethodScores(AgreementRecord):
    """A method's scores on a split; top-level agreement uses the argmax of the code as the cluster."""

    dataset: str
    split: SplitName
    is_training_data: bool
    n: int
    n_labelled: NotRequired[int]  # this and the other optional keys are absent from older files
    n_labels_used: NotRequired[int]  # in training; their samples are not among the `n`
    mode_masses: NotRequired[list[float]]  # the share that each mode has learned, of a method that is given labels
    n_in_split: NotRequired[int]  # if the method reads only some of the samples
    n_clusters: int
    # None from here to `usage_entropy` for a method without an encoder.
    assignment: str | None
    kmeans: AgreementRecord
    silhouette: float | None
    usage: list[float] | None
    usage_entropy: float | None
    sample_cycle: NotRequired[float]  # both cycle losses only if the method can compute them
    latent_cycle: NotRequired[float]
    frechet: NotRequired[DistanceRecord | None]
    fid: NotRequired[DistanceRecord | None]
    coverage: NotRequired[CoverageRecord | None]
    mode_variance: NotRequired[ModeVarianceRecord | None]  # None without modes or without clusters
    mode_accuracy: NotRequired[float | None]
    reconstruction_accuracy: NotRequired[float | None]
    cluster_accuracy: NotRequired[float | None]
    classifier: NotRequired[ClassifierRecord | None]
    mode_count: NotRequired[ModeCountRecord]  # only if the data defines modes and the method generates
    missing: NotRequired[dict[Ability, str]]  # why the method lacks scores of an ability, in one sentence each


class RunScores(MethodScores):
    """scores.json, which is also the document of `evaluate`: a run's scores with one set of its weights."""

    run: str
    method: str
    weights: str
