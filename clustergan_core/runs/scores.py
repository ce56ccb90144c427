"""Scores of a finished run on a split, in both readings of its assignment."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED, SplitName
from clustergan_core.evaluation.agreement import score_agreement
from clustergan_core.evaluation.label_free import silhouette, usage, usage_entropy
from clustergan_core.evaluation.reference_clusterings import kmeans_clusters
from clustergan_core.live_scores import AGREEMENT_SCORES, cycle_losses
from clustergan_core.runs.atomic import write_atomically
from clustergan_core.runs.latents import encode_samples
from clustergan_core.runs.store import Run, Weights

RunScores = dict[str, Any]  # the JSON document of `evaluate`


def score_run(run: Run, split: SplitName = "test", which: Weights = "best") -> RunScores:
    """Scores the weights on a split; agreement is null without labels. DataError when the data is absent.

    `purity`, `accuracy`, `nmi`, `ari` at top level read the cluster as the argmax of the code, under "kmeans" as
    k-means on the latents, which is how the authors' code of ClusterGAN reports it. `sample_cycle` and `latent_cycle`
    are means over dimensions and samples.
    """
    dataset, method = run.dataset(), run.load(which)
    indices = dataset.indices(split)
    samples = dataset.samples[indices]
    latents = encode_samples(method, samples, indices)
    encoding = latents.encoding()
    features = method.clustering_features(encoding).numpy()
    labels = None if dataset.labels is None else dataset.labels[indices]
    n_clusters = run.config.n_clusters
    by_kmeans = kmeans_clusters(features, n_clusters)
    return {
        "run": run.name,
        "method": run.config.method,
        "dataset": dataset.name,
        "split": split,
        "is_training_data": dataset.splits.is_shared or split == "all",
        "weights": which,
        "n": len(indices),
        "n_labelled": 0 if labels is None else int((labels != UNLABELLED).sum()),
        "n_clusters": n_clusters,
        "assignment": "argmax",
        **_agreement(labels, latents.clusters),
        "kmeans": _agreement(labels, by_kmeans),
        "silhouette": silhouette(features, latents.clusters),
        "usage": [round(float(share), 4) for share in usage(latents.clusters, n_clusters)],
        "usage_entropy": usage_entropy(latents.clusters, n_clusters),
        **cycle_losses(method, torch.from_numpy(samples), encoding.normal, encoding.cluster),
        "frechet": None,
    }


def write_scores(run: Run, scores: RunScores) -> None:
    """Keeps a run's final scores as scores.json, so that lists need not compute them."""
    write_atomically(run.folder / "scores.json", json.dumps(scores, indent=2).encode())


def read_scores(run: Run) -> RunScores | None:
    """The kept final scores, or None before the run is finished."""
    path = run.folder / "scores.json"
    return json.loads(path.read_text()) if path.exists() else None


def _agreement(labels: NDArray[np.int64] | None, clusters: NDArray[np.int64]) -> dict[str, float | None]:
    if labels is None or not (labels != UNLABELLED).any():
        return dict.fromkeys(AGREEMENT_SCORES)
    agreement = score_agreement(labels, clusters)
    return {name: getattr(agreement, name) for name in AGREEMENT_SCORES}
