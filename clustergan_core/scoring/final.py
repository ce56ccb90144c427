"""Scores of a trained method on a split, in both readings of its assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED, Dataset, SplitName
from clustergan_core.evaluation.agreement import score_agreement
from clustergan_core.evaluation.clusterings import kmeans_clusters
from clustergan_core.evaluation.label_free import silhouette, usage, usage_entropy
from clustergan_core.evaluation.library_threads import libraries_on_one_thread
from clustergan_core.score_names import AGREEMENT_SCORES, GENERATION_SCORES
from clustergan_core.scoring.latents import RunLatents, encode_samples

if TYPE_CHECKING:
    from clustergan_core.method import Method

RunScores = dict[str, Any]  # the JSON document of `evaluate`
N_GENERATED = 5000  # compared with as many real ones, fewer where the split holds less than twice that
N_CYCLE_LATENTS = 1000  # of those generated


def score_method(method: Method, dataset: Dataset, split: SplitName) -> RunScores:
    """The figures of `evaluate` for a method and a split; one thread and five digits, as they do not depend on it."""
    from clustergan_core.nn.acceleration import one_thread

    with one_thread(), libraries_on_one_thread():
        return _five_digits(_score(method, dataset, split))


def _score(method: Method, dataset: Dataset, split: SplitName) -> RunScores:
    indices = dataset.indices(split)
    samples = dataset.samples[indices]
    latents = encode_samples(method, samples, indices)
    features = method.clustering_features(latents.encoding()).numpy()
    labels = None if dataset.labels is None else dataset.labels[indices]
    n_clusters = method.prior.n_clusters
    return {
        "dataset": dataset.name,
        "split": split,
        "is_training_data": dataset.splits.is_shared or split == "all",
        "n": len(indices),
        "n_labelled": 0 if labels is None else int((labels != UNLABELLED).sum()),
        "n_clusters": n_clusters,
        "assignment": "argmax",
        **_agreement(labels, latents.clusters),
        "kmeans": _agreement(labels, kmeans_clusters(features, n_clusters)),
        "silhouette": silhouette(features, latents.clusters),
        "usage": [round(float(share), 4) for share in usage(latents.clusters, n_clusters)],
        "usage_entropy": usage_entropy(latents.clusters, n_clusters),
        **_score_generated(method, dataset, latents),
    }


def _score_generated(method: Method, dataset: Dataset, latents: RunLatents) -> RunScores:
    """Cycle losses, Fréchet distances and what the data set's classifier reads, null where there is none."""
    import torch

    from clustergan_core.evaluation.classifier import find_classifier
    from clustergan_core.evaluation.features import choose_features, find_inception
    from clustergan_core.generation import draw_latent, generate_all, reconstruct
    from clustergan_core.scoring.generated import RealSamples, cycle_losses, read_generated

    samples = torch.from_numpy(dataset.samples[latents.indices])
    latent = draw_latent(method, N_GENERATED)
    generated = generate_all(method, latent)
    reconstructions = reconstruct(method, latents.encoding())
    inception, classifier = find_inception(dataset), find_classifier(dataset)
    scores: RunScores = {
        **cycle_losses(method, samples, reconstructions, latent, generated, N_CYCLE_LATENTS),
        "frechet": RealSamples(dataset, latents.indices, choose_features(dataset), N_GENERATED).compare(generated),
        "fid": inception and RealSamples(dataset, latents.indices, inception, N_GENERATED).compare(generated),
        **dict.fromkeys((*GENERATION_SCORES, "classifier")),
    }
    if classifier is None or dataset.labels is None or not classifier.knows_labels_of(dataset):
        return scores
    labels = dataset.labels[latents.indices]
    return scores | read_generated(method, classifier, labels, latents.clusters, reconstructions)


def _agreement(labels: NDArray[np.int64] | None, clusters: NDArray[np.int64]) -> dict[str, float | None]:
    if labels is None or not (labels != UNLABELLED).any():
        return dict.fromkeys(AGREEMENT_SCORES)
    agreement = score_agreement(labels, clusters)
    return {name: getattr(agreement, name) for name in AGREEMENT_SCORES}


def _five_digits(value: Any) -> Any:
    """Every figure of a document rounded to what does not depend on the processor."""
    if isinstance(value, dict):
        return {key: _five_digits(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_five_digits(part) for part in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
