"""Marker genes within each sample of an experiment, then combined: what marks a cluster whatever the sample.

A cluster's cells are compared with the other cells of the same sample only, so that a gene that differs between samples
marks no cluster by that alone. Wilcoxon's z scores are combined by Stouffer's method, each sample weighted by the
square root of n_in · n_out / (n_in + n_out), which is van Elteren's (1960) test of strata up to terms of 1 / n.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clustergan_core.cells.markers import OUTSIDE, adjust_p, find_markers
from clustergan_core.cells.overcorrection import LEAST_CELLS
from clustergan_core.data.counts.genes import unique_gene_names
from clustergan_core.data.counts.matrix import CountMatrix, take_cells
from clustergan_core.errors import DataError

LARGEST_P = 0.05  # adjusted, within a sample: what counts as found there
SMALLEST_CHANGE = 0.5  # log2, the same


@dataclass(frozen=True)
class SampleMarkers:
    """Markers within samples, combined.

    Columns of `table`, by cluster and then best first: cluster, gene, gene_id, n_found and n_samples (found in so many
    of the samples where the cluster was tested), score (combined z), log2_fold_change (mean over these samples),
    least_change (the smallest of them), fraction_in, fraction_out, p, p_adjusted (Benjamini–Hochberg in the cluster).
    """

    table: pd.DataFrame
    left_out: dict[int, tuple[str, ...]]  # by cluster, samples with fewer than 10 of its cells, or of other cells


def find_sample_markers(
    matrix: CountMatrix, clusters: NDArray[np.int64], batches: NDArray[np.int64], names: Sequence[str]
) -> SampleMarkers:
    """Tests every cluster (N,) within each sample; `batches` (N,) are numbers into `names`. Cells numbered −1 are left.

    Found in a sample: adjusted p of at most 0.05 there, and a log2 fold change of at least 0.5. A gene that too few
    cells of a sample express is not found there, and adds nothing to the score. Raises DataError for fewer than two
    samples, and where no cluster can be tested in any.
    """
    if len(names) < 2:
        raise DataError(f"{matrix.name} has one sample: markers within samples need several.")
    gene_of = {gene: number for number, gene in enumerate(unique_gene_names(matrix))}
    known = clusters != OUTSIDE
    found: dict[int, list[_Within]] = {int(cluster): [] for cluster in np.unique(clusters[known])}
    left_out: dict[int, list[str]] = {cluster: [] for cluster in found}
    for batch, name in enumerate(names):
        rows = np.flatnonzero(known & (batches == batch))
        own = clusters[rows]
        sizes = {cluster: int((own == cluster).sum()) for cluster in found}
        large = [cluster for cluster, size in sizes.items() if min(size, len(rows) - size) >= LEAST_CELLS]
        for cluster in found:
            if cluster not in large:
                left_out[cluster].append(name)
        if not large:
            continue
        markers = find_markers(take_cells(matrix, rows), own)
        for cluster in large:
            n_in, n_out = sizes[cluster], len(rows) - sizes[cluster]
            weight = float(np.sqrt(n_in * n_out / (n_in + n_out)))
            found[cluster].append(_read(markers[markers["cluster"] == cluster], gene_of, weight))
    tables = [_combine(matrix, cluster, own) for cluster, own in found.items() if own]
    if not tables:
        raise DataError(
            f"No cluster has {LEAST_CELLS} cells in a sample with as many others: markers within samples need them."
        )
    return SampleMarkers(
        pd.concat(tables, ignore_index=True), {cluster: tuple(samples) for cluster, samples in left_out.items()}
    )


@dataclass(frozen=True)
class _Within:
    """A cluster's figures in one sample, each (G,): 0 where a gene was not tested."""

    weight: float
    score: NDArray[np.float64]
    change: NDArray[np.float64]
    fraction_in: NDArray[np.float64]
    fraction_out: NDArray[np.float64]
    is_found: NDArray[np.bool_]


def _read(markers: pd.DataFrame, gene_of: dict[str, int], weight: float) -> _Within:
    places = np.array([gene_of[gene] for gene in markers["gene"]], dtype=np.int64)

    def spread(values: pd.Series) -> NDArray[np.float64]:
        spread = np.zeros(len(gene_of))
        spread[places] = values.to_numpy(dtype=np.float64)
        return spread

    is_found = (markers["p_adjusted"] <= LARGEST_P) & (markers["log2_fold_change"] >= SMALLEST_CHANGE)
    return _Within(
        weight,
        spread(markers["score"]),
        spread(markers["log2_fold_change"]),
        spread(markers["fraction_in"]),
        spread(markers["fraction_out"]),
        spread(is_found) > 0,
    )


def _combine(matrix: CountMatrix, cluster: int, within: Sequence[_Within]) -> pd.DataFrame:
    from scipy.special import ndtr

    weights = np.array([own.weight for own in within])
    scores = np.stack([own.score for own in within])  # (S, G)
    changes = np.stack([own.change for own in within])
    combined = weights @ scores / np.sqrt((weights**2).sum())
    tested = np.flatnonzero((scores != 0).any(axis=0))
    p = 2 * ndtr(-np.abs(combined[tested]))
    table = pd.DataFrame(
        {
            "cluster": cluster,
            "gene": np.array(unique_gene_names(matrix), dtype=object)[tested],
            "gene_id": matrix.gene_ids[tested].astype(object),
            "n_found": np.sum([own.is_found for own in within], axis=0)[tested],
            "n_samples": len(within),
            "score": combined[tested],
            "log2_fold_change": changes.mean(axis=0)[tested],
            "least_change": changes.min(axis=0)[tested],
            "fraction_in": np.mean([own.fraction_in for own in within], axis=0)[tested],
            "fraction_out": np.mean([own.fraction_out for own in within], axis=0)[tested],
            "p": p,
            "p_adjusted": adjust_p(p),
        }
    )
    return table.sort_values(["n_found", "score"], ascending=False, kind="stable", ignore_index=True)
