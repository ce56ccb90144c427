"""Scores of a trained method on a split, in both readings of its assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED, Dataset, SplitName
from clustergan_core.errors import SettingsError
from clustergan_core.evaluation.agreement import can_score, score_agreement
from clustergan_core.evaluation.clusterings import kmeans_clusters
from clustergan_core.evaluation.label_free import silhouette, usage, usage_entropy
from clustergan_core.evaluation.library_threads import libraries_on_one_thread
from clustergan_core.method_facts import Ability, LabelledSettings
from clustergan_core.score_names import AGREEMENT_SCORES, GENERATION_SCORES
from clustergan_core.scoring.labelled import without_labelled
from clustergan_core.scoring.latents import RunLatents, encode_samples, readable_indices
from clustergan_core.scoring.records import MethodScores

if TYPE_CHECKING:
    from clustergan_core.method import Method

_Figures = dict[str, Any]  # a part of a `MethodScores`
N_GENERATED = 5000  # compared with as many real samples; fewer if the split has less than twice that number
N_CYCLE_LATENTS = 1000  # of the generated samples


def explain_no_agreement(scores: MethodScores) -> str:
    """Explains in one sentence why a document has no agreement with labels."""
    if reason := scores.get("missing", {}).get("encoder"):
        return reason
    if n_labelled := scores.get("n_labelled"):
        return (
            f"Purity, accuracy, NMI and ARI need labels of at least two classes, and the {n_labelled:,} labelled "
            "samples all have the same label."
        )
    return "Purity, accuracy, NMI and ARI need labels, and the data has none."


def describe_labelled(scores: MethodScores) -> str:
    """How many of the scored samples have a label, where not all have; "" where all have."""
    n, n_labelled = scores["n"], scores.get("n_labelled", scores["n"])
    if not 0 < n_labelled < n:
        return ""
    return f"{n_labelled:,} of {n:,} samples have a label, and purity, accuracy, NMI and ARI count these alone"


def score_method(
    method: Method,
    dataset: Dataset,
    split: SplitName,
    n_generated: int = N_GENERATED,
    latents: RunLatents | None = None,
) -> MethodScores:
    """The figures of `evaluate` for a method and a split, on one thread and rounded to five digits.

    `n_generated` samples are compared with as many real ones by the Fréchet distance; above 5,000, the other real
    samples come from the training split. Raises SettingsError where the data has too few for that. `latents` are used
    where they are of the samples that are scored, which then need not be read again.
    """
    from clustergan_core.nn.acceleration import one_thread

    with one_thread(), libraries_on_one_thread():
        return _five_digits(_score(method, dataset, split, n_generated, latents))


def _score(
    method: Method, dataset: Dataset, split: SplitName, n_generated: int, latents: RunLatents | None
) -> _Figures:
    in_split = without_labelled(method, dataset, dataset.indices(split))
    indices = readable_indices(type(method), method.settings, in_split)
    others = _more_real_samples(dataset, indices, n_generated) if n_generated > N_GENERATED else None
    if method.encodes and (latents is None or not np.array_equal(latents.indices, indices)):
        latents = encode_samples(method, dataset.samples[indices], indices)
    labels = None if dataset.labels is None else dataset.labels[indices]
    scores: _Figures = {
        "dataset": dataset.name,
        "split": split,
        "is_training_data": dataset.splits.is_shared or split == "all",
        "n": len(indices),
        "n_labelled": 0 if labels is None else int((labels != UNLABELLED).sum()),
        "n_clusters": method.n_clusters,
        **_score_clusters(method, labels, latents),
        **_score_generated(method, dataset, indices, latents, n_generated, others),
    }
    missing = {ability: sentence for ability in get_args(Ability) if (sentence := method.lacks(ability))}
    if isinstance(method.settings, LabelledSettings):
        scores["n_labels_used"] = method.settings.n_labelled
        if (weights := method.mode_weights) is not None:
            scores["mode_masses"] = [float(share) for share in weights.shares]
    if len(indices) < len(in_split):
        scores["n_in_split"] = len(in_split)
    return scores | ({"missing": missing} if missing else {})


def _score_clusters(method: Method, labels: NDArray[np.int64] | None, latents: RunLatents | None) -> _Figures:
    """Agreement with labels and statistics of the clusters; null for a method without clusters."""
    if latents is None:
        figures = dict.fromkeys(("assignment", *AGREEMENT_SCORES, "silhouette", "usage", "usage_entropy"))
        return figures | {"kmeans": dict.fromkeys(AGREEMENT_SCORES)}
    n_clusters = method.n_clusters
    features = method.clustering_features(latents.encoding()).numpy()
    return {
        "assignment": "argmax",
        **_agreement(labels, latents.clusters),
        "kmeans": _agreement(labels, kmeans_clusters(features, n_clusters)),
        "silhouette": silhouette(features, latents.clusters),
        "usage": [round(float(share), 4) for share in usage(latents.clusters, n_clusters)],
        "usage_entropy": usage_entropy(latents.clusters, n_clusters),
    }


def _score_generated(
    method: Method,
    dataset: Dataset,
    indices: NDArray[np.int64],
    latents: RunLatents | None,
    n_generated: int,
    others: NDArray[np.int64] | None,
) -> _Figures:
    """Figures of generated samples: cycles, distances, coverage, variance within modes, accuracies; null without."""
    import torch

    from clustergan_core.evaluation.classifier import find_classifier
    from clustergan_core.evaluation.features import choose_features, find_inception
    from clustergan_core.generation import draw_latent, generate_all, reconstruct
    from clustergan_core.scoring.generated import N_MODE_SAMPLES, RealSamples, count_modes, cycle_losses, read_generated
    from clustergan_core.scoring.mode_variance import RealVariance

    samples = torch.from_numpy(dataset.samples[indices])
    latent = draw_latent(method, n_generated) if method.generates else None
    generated = None if latent is None else generate_all(method, latent)
    reconstructions = None if latents is None else reconstruct(method, latents.encoding())

    scores: _Figures = cycle_losses(method, samples, reconstructions, latent, generated, N_CYCLE_LATENTS)
    scores |= dict.fromkeys(("frechet", "fid", "coverage", "mode_variance", *GENERATION_SCORES, "classifier"))
    if generated is not None:
        real = RealSamples(dataset, indices, choose_features(dataset), n_generated, others)
        read = real.read(generated)
        scores |= {"frechet": real.distance(read), "coverage": real.coverage(read)}
        if (inception := find_inception(dataset)) is not None:
            real = RealSamples(dataset, indices, inception, n_generated, others)
            scores["fid"] = real.distance(real.read(generated))
    if method.has_modes and latents is not None and len(indices) > 1:
        real_variance = RealVariance(dataset.samples[indices])
        scores["mode_variance"] = real_variance.compare(method, latents.clusters, N_MODE_SAMPLES)
    if method.generates and (count := count_modes(method, dataset)) is not None:
        scores["mode_count"] = count
    classifier = find_classifier(dataset)
    if not method.has_modes or classifier is None or dataset.labels is None or not classifier.knows_labels_of(dataset):
        return scores
    clusters = None if latents is None else latents.clusters
    return scores | read_generated(method, classifier, dataset.labels[indices], clusters, reconstructions)


def _more_real_samples(dataset: Dataset, indices: NDArray[np.int64], n_generated: int) -> NDArray[np.int64]:
    """Training samples that are not among `indices`; SettingsError where either are fewer than `n_generated`."""
    others = np.setdiff1d(dataset.splits.train, indices)
    n_most = min(len(indices), len(others))
    if n_most < n_generated:
        raise SettingsError(
            f"A Fréchet distance of {n_generated:,} samples needs as many scored and as many other training samples, "
            f"and {dataset.name} has {n_most:,}: choose at most {max(n_most, N_GENERATED):,}."
        )
    return others


def _agreement(labels: NDArray[np.int64] | None, clusters: NDArray[np.int64]) -> dict[str, float | None]:
    if labels is None or not can_score(labels):
        return dict.fromkeys(AGREEMENT_SCORES)
    agreement = score_agreement(labels, clusters)
    return {name: getattr(agreement, name) for name in AGREEMENT_SCORES}


def _five_digits(value: Any) -> Any:
    """Rounds every figure of a document to five digits, which do not depend on the processor."""
    if isinstance(value, dict):
        return {key: _five_digits(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_five_digits(part) for part in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
