"""What a person should know before a run starts: it can be trained, but its result would mislead."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clustergan_core.data.dataset import UNLABELLED, Dataset
from clustergan_core.evaluation.crossing import Crossing
from clustergan_core.runs.config import RunConfig

LEAST_SCORED = 5  # samples a cluster
MOSTLY = 0.9  # of the samples: with as many labelled, nothing need be said


def list_warnings(config: RunConfig, dataset: Dataset) -> list[str]:
    """Sentences on a K that is too large, batches larger than the data, and labels that cannot be scored."""
    return [*_warn_of_size(config, dataset), *_warn_of_labels(dataset)]


def describe_crossing(config: RunConfig, crossing: Crossing) -> str:
    """Whether the samples of an experiment mix by themselves, and what this run does about it; for several samples."""
    across = config.settings.get("partners_across")
    corrects = across not in (None, "none")
    if crossing.is_mixed:
        advice = (
            "Correction is not needed: set Partners across samples to none to train without it."
            if corrects
            else "Correction is not needed, and there is none."
        )
        return f"The samples mix by themselves: {crossing.shares}. {advice}"
    if corrects:
        advice = f"Training corrects for it (Partners across samples: {across})."
    elif across is None:
        advice = "This method does not correct for it, so clusters may follow samples: Paired ClusterGAN does."
    else:
        advice = "Clusters may follow samples: set Partners across samples to harmony to correct for it."
    return f"The samples do not mix by themselves: {crossing.shares}. {advice}"


def _warn_of_size(config: RunConfig, dataset: Dataset) -> Iterator[str]:
    n_clusters, n_scored, n_trained = config.n_clusters, len(dataset.indices("test")), len(dataset.splits.train)
    if n_clusters >= n_trained:
        yield (
            f"K = {n_clusters:,} is no less than the {n_trained:,} training samples, so at best each sample is a "
            "cluster of its own and other modes stay empty: choose a smaller K."
        )
    elif n_clusters * LEAST_SCORED > n_scored:
        yield (
            f"K = {n_clusters:,} leaves fewer than {LEAST_SCORED} of the {n_scored:,} scored samples for each cluster, "
            "so modes stay empty and purity is high by chance: choose a smaller K."
        )
    if (batch := config.settings.get("batch_size", 0)) > n_trained:
        yield (
            f"Batches of {batch:,} hold each of the {n_trained:,} training samples more than once: choose smaller ones."
        )


def _warn_of_labels(dataset: Dataset) -> Iterator[str]:
    if dataset.labels is None:
        return
    known = dataset.labels[dataset.labels != UNLABELLED]
    if not len(known):
        yield "No sample has a label, so purity, accuracy, NMI and ARI will not be shown."
    elif len(np.unique(known)) < 2:
        name = dataset.label_names[int(known[0])]
        yield f"All labels are the same ({name}): purity, accuracy, NMI and ARI cannot be scored with one class."
    elif len(known) < MOSTLY * len(dataset.labels):
        yield f"{len(known):,} of {len(dataset.labels):,} samples have a label, and only these are scored with labels."
