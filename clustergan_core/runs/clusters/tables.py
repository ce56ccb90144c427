"""The clusters of a run's cells as a table, one row per cluster."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.evaluation.agreement import ari, score_agreement
from clustergan_core.evaluation.label_free import silhouette
from clustergan_core.runs.clusters.names import Annotations
from clustergan_core.scoring.latents import RunLatents

REFERENCE_SCORES = ("purity", "accuracy", "nmi", "ari")

UNSURE_BELOW = 0.9  # the default confidence below which a cell counts as unsure


def cluster_table(
    cells: RunLatents, n_clusters: int, annotations: Annotations, unsure_below: float = UNSURE_BELOW
) -> pd.DataFrame:
    """Columns cluster, name, note, cells, share, median_confidence (missing for an empty cluster), unsure.

    `share` is of all cells; `unsure` counts cells with a confidence below `unsure_below`.
    """
    sizes = np.bincount(cells.clusters, minlength=n_clusters)
    unsure = np.bincount(cells.clusters[cells.confidence < unsure_below], minlength=n_clusters)
    confidences = [cells.confidence[cells.clusters == cluster] for cluster in range(n_clusters)]
    return pd.DataFrame(
        {
            "cluster": np.arange(n_clusters),
            "name": [annotations.name_of(cluster) for cluster in range(n_clusters)],
            "note": [annotations.notes.get(cluster, "") for cluster in range(n_clusters)],
            "cells": sizes,
            "share": sizes / max(1, len(cells.clusters)),
            "median_confidence": [float(np.median(own)) if len(own) else np.nan for own in confidences],
            "unsure": unsure,
        }
    )


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
