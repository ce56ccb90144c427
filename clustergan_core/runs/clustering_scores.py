"""Several clusterings of the same cells side by side, without labels and, where there is a reference, with it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.evaluation.agreement import ari, score_agreement
from clustergan_core.evaluation.label_free import silhouette

REFERENCE_SCORES = ("purity", "accuracy", "nmi", "ari")


def compare_clusterings(
    clusterings: Mapping[str, NDArray[np.int64]],
    components: NDArray[np.float32],
    reference: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """A row a clustering (N,): clustering, clusters, silhouette, ari_with_first, and with a reference its four scores.

    `silhouette` is read in components (N, D), the same for all, of at most 2,000 cells; None where it has no meaning.
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
