"""The clusters of a run's cells as tables: a row per cluster, per cell, or per clustering."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED, SplitName
from clustergan_core.evaluation.agreement import ari, score_agreement
from clustergan_core.evaluation.label_free import silhouette
from clustergan_core.runs.assignments import run_table
from clustergan_core.runs.clusters.names import Annotations, read_annotations
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run, Weights
from clustergan_core.scoring.latents import RunLatents

REFERENCE_SCORES = ("purity", "accuracy", "nmi", "ari")

UNSURE_BELOW = 0.9  # the default confidence below which a cell counts as unsure


def cluster_table(
    cells: RunLatents, n_clusters: int, annotations: Annotations, unsure_below: float = UNSURE_BELOW
) -> pd.DataFrame:
    """Columns cluster, name, note, cells, share, median_confidence (missing for an empty cluster), unsure.

    A row for each of the model's `n_clusters` and for each cluster that was split off. `share` is of all cells;
    `unsure` counts cells with a confidence below `unsure_below`, which is the model's in its own cluster.
    """
    numbers = annotations.numbers(n_clusters)
    clusters = annotations.edit(cells.clusters, cells.indices)
    confidences = [cells.confidence[clusters == cluster] for cluster in numbers]
    sizes = np.array([len(own) for own in confidences])
    return pd.DataFrame(
        {
            "cluster": numbers,
            "name": [annotations.name_of(cluster) for cluster in numbers],
            "note": [annotations.notes.get(cluster, "") for cluster in numbers],
            "cells": sizes,
            "share": sizes / max(1, len(clusters)),
            "median_confidence": [float(np.median(own)) if len(own) else np.nan for own in confidences],
            "unsure": [int((own < unsure_below).sum()) for own in confidences],
        }
    )


def edited_run_table(run: Run, split: SplitName = "all", which: Weights = "best") -> pd.DataFrame:
    """`run_table` with the name or number of each sample's cluster as a person has edited it, in `edited_cluster`.

    The column is there only where cells were split off; `cluster` is always the model's.
    """
    table = run_table(run, split, which)
    annotations = read_annotations(run)
    if not annotations.splits:
        return table
    latents = run_latents(run, split, which)
    edited = annotations.edit(latents.clusters, latents.indices).tolist()
    name = "edited_cluster"
    while name in table:  # the data has a column of this name
        name += "_"
    table.insert(list(table).index("cluster") + 1, name, [annotations.name_of(cluster, "") for cluster in edited])
    return table


def compare_clusterings(
    clusterings: Mapping[str, NDArray[np.int64]],
    components: NDArray[np.float32],
    reference: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """One row per clustering (N,): clustering, clusters, silhouette, ari_with_first, and four scores with a reference.

    `silhouette` is computed from the same components (N, D) for all, of at most 2,000 cells; None where meaningless.
    `reference` (N,) numbers the classes of a column, UNLABELLED where a cell has none; without a labelled cell there
    are no scores.
    """
    first = next(iter(clusterings.values()))
    is_scored = reference is not None and bool((reference != UNLABELLED).any())
    rows = []
    for name, clusters in clusterings.items():
        row = {
            "clustering": name,
            "clusters": len(np.unique(clusters)),
            "silhouette": silhouette(components, clusters),
            "ari_with_first": ari(first, clusters),
        }
        if reference is not None and is_scored:
            agreement = score_agreement(reference, clusters)
            row |= {score: getattr(agreement, score) for score in REFERENCE_SCORES}
        rows.append(row)
    return pd.DataFrame(rows)
