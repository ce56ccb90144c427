"""The table of clusters and the scores beside other clusterings: figures one can count by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score

from clustergan_core.data.dataset import UNLABELLED
from clustergan_core.runs.clusters.names import Annotations
from clustergan_core.runs.clusters.tables import cluster_table, compare_clusterings
from clustergan_core.scoring.latents import RunLatents


def cells_of(clusters: list[int], confidence: list[float]) -> RunLatents:
    n_cells = len(clusters)
    return RunLatents(
        np.arange(n_cells),
        np.zeros((n_cells, 2), np.float32),
        np.zeros((n_cells, 3), np.float32),
        np.array(clusters, np.int64),
        np.array(confidence, np.float32),
    )


def test_a_row_counts_the_clusters_cells_and_those_it_is_unsure_of() -> None:
    annotations = Annotations().with_name(0, "T cells").with_note(2, "look again")
    table = cluster_table(cells_of([0, 0, 0, 2], [0.5, 0.875, 1.0, 0.25]), 3, annotations, unsure_below=0.875)
    assert table.to_dict("list") | {"median_confidence": None} == {
        "cluster": [0, 1, 2],
        "name": ["T cells", "Cluster 1", "Cluster 2"],
        "note": ["", "", "look again"],
        "cells": [3, 0, 1],
        "share": [0.75, 0.0, 0.25],
        "median_confidence": None,
        "unsure": [1, 0, 1],
    }
    assert table["median_confidence"].tolist() == pytest.approx([0.875, np.nan, 0.25], nan_ok=True)


def test_clusterings_are_compared_without_labels_and_with_a_reference_where_there_is_one() -> None:
    generator = np.random.default_rng(0)
    first = np.repeat([0, 1, 2], 20)
    components = (np.eye(3)[first] + 0.1 * generator.normal(size=(60, 3))).astype(np.float32)
    merged = np.minimum(first, 1)
    table = compare_clusterings({"this run": first, "other": merged}, components)
    assert table.columns.tolist() == ["clustering", "clusters", "silhouette", "ari_with_first"]
    assert table["clusters"].tolist() == [3, 2]
    assert table["silhouette"].tolist() == pytest.approx(
        [silhouette_score(components, first), silhouette_score(components, merged)]
    )
    assert table["ari_with_first"].tolist() == pytest.approx([1, adjusted_rand_score(first, merged)])

    reference = np.where(np.arange(60) < 10, UNLABELLED, first)
    scored = compare_clusterings({"this run": first, "other": merged}, components, reference)
    assert scored[["purity", "accuracy", "nmi", "ari"]].iloc[0].tolist() == pytest.approx([1, 1, 1, 1])
    assert scored["purity"].iloc[1] == pytest.approx(30 / 50)
    nobody = np.full(60, UNLABELLED)
    pd.testing.assert_frame_equal(compare_clusterings({"this run": first, "other": merged}, components, nobody), table)
