"""The clusters of a run's cells as a table, a row a cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustergan_core.runs.annotations import Annotations
from clustergan_core.runs.latents import RunLatents

UNSURE_BELOW = 0.9  # the confidence below which a cell is called unsure, until a person says otherwise


def cluster_table(
    cells: RunLatents, n_clusters: int, annotations: Annotations, unsure_below: float = UNSURE_BELOW
) -> pd.DataFrame:
    """Columns cluster, name, note, cells, share, median_confidence (missing for an empty cluster), unsure.

    `share` is of all cells; `unsure` counts cells of a confidence below `unsure_below`.
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
