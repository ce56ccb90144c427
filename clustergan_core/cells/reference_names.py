"""Names of cells from a reference: regression names, neighbours in an encoder veto, and "unknown" is an answer.

The regression is multinomial and logistic, on log-normalised counts of genes that both files have, as in CellTypist
(Domínguez Conde et al., Science 376, 2022). It always gives a name. The veto looks where the cell lies among the
reference's: cells of a type that the reference lacks lie further from its cells than those lie from each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from clustergan_core.cells.references import UNKNOWN, Reference
from clustergan_core.cells.shared_genes import share_genes
from clustergan_core.data.counts.matrix import CountMatrix
from clustergan_core.data.counts.sparse import gene_moments, log1p_normalised
from clustergan_core.errors import DataError

N_GENES = 2000  # of highest variance in the reference
MIN_CELLS = 3  # on both sides that express a gene
STRENGTH = 1.0  # inverse of the penalty on squared weights
MAX_ITERATIONS = 1000
N_NEIGHBOURS = 5  # a type may have few cells: the sixth neighbour of one of five is of another
FAR = 0.99  # quantile of the reference's own distances beyond which a cell is unknown
LEAST_PROBABILITY = 0.5  # that the regression gives a name; below it the cell is unknown
_CELLS_AT_ONCE = 10_000


@dataclass(frozen=True)
class CellNames:
    """A name for each of N cells, with the two opinions it rests on."""

    types: tuple[str, ...]
    named: NDArray[np.int64]  # (N,) the regression's type
    probability: NDArray[np.float32]  # (N,) what it gives that type
    neighbour: NDArray[np.int64]  # (N,) the most frequent type among the nearest reference cells
    vote: NDArray[np.float32]  # (N,) the share of them that are of the regression's type
    distance: NDArray[np.float32]  # (N,) the mean distance to them
    limit: float  # the distance beyond which a cell is unlike the reference's

    @property
    def is_unknown(self) -> NDArray[np.bool_]:
        """(N,) whether a cell lies beyond the limit, or the regression finds no type likely."""
        return (self.distance > self.limit) | (self.probability < LEAST_PROBABILITY)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """(N,) the type of each cell; len(types) for unknown ones."""
        return np.where(self.is_unknown, len(self.types), self.named)

    @property
    def names(self) -> NDArray[np.str_]:
        """(N,) the name of each cell, or "unknown"."""
        return np.array([*self.types, UNKNOWN])[self.numbers]

    @property
    def confidence(self) -> NDArray[np.float32]:
        """(N,) the mean of probability and vote: 1 where both opinions are certain of the name; not calibrated."""
        return ((self.probability + self.vote) / 2).astype(np.float32)

    @property
    def agrees(self) -> NDArray[np.bool_]:
        """(N,) whether most neighbours have the name that the regression gives."""
        return self.neighbour == self.named

    def take(self, rows: NDArray[np.int64]) -> CellNames:
        """The names of some cells, in the order of `rows`."""
        return CellNames(
            types=self.types,
            named=self.named[rows],
            probability=self.probability[rows],
            neighbour=self.neighbour[rows],
            vote=self.vote[rows],
            distance=self.distance[rows],
            limit=self.limit,
        )


def name_cells(
    reference: Reference,
    matrix: CountMatrix,
    reference_features: NDArray[np.float32],
    features: NDArray[np.float32],
    n_genes: int = N_GENES,
) -> tuple[CellNames, str]:
    """(names of the cells of `matrix`, a sentence on the genes that both files have).

    The features are those of the reference's cells (M, D) and of the cells of `matrix` (N, D) in one encoder. Raises
    DataError for another species, for too few shared genes, and for scaled values.
    """
    known, new, note = _comparable(reference.matrix, matrix, n_genes)
    classes, probabilities = _regress(known, reference.labels, new)
    named = classes[probabilities.argmax(axis=1)]
    own_distances, _ = _nearest(reference_features, reference_features, skip=1)
    distances, nearest = _nearest(reference_features, features)
    neighbours = reference.labels[nearest]  # (N, k)
    names = CellNames(
        types=reference.types,
        named=named,
        probability=probabilities.max(axis=1).astype(np.float32),
        neighbour=_majority(neighbours, len(reference.types)),
        vote=(neighbours == named[:, None]).mean(axis=1).astype(np.float32),
        distance=distances,
        limit=float(np.quantile(own_distances, FAR)),
    )
    return names, note


def name_clusters(names: CellNames, clusters: NDArray[np.int64]) -> pd.DataFrame:
    """Columns cluster, name, share, unknown_share, neighbours, cells: the most frequent name of each cluster's cells.

    `clusters` (N,) are the clusters of the named cells. `name` is "unknown" where that is the most frequent answer;
    `share` is of all cells of the cluster. `neighbours` is the most frequent type among the nearest reference cells.
    """
    rows = []
    for cluster in np.unique(clusters):
        own = clusters == cluster
        answers = np.bincount(names.numbers[own], minlength=len(names.types) + 1)
        neighbours = np.bincount(names.neighbour[own], minlength=len(names.types))
        rows.append(
            {
                "cluster": int(cluster),
                "name": [*names.types, UNKNOWN][int(answers.argmax())],
                "share": float(answers.max() / own.sum()),
                "unknown_share": float(answers[-1] / own.sum()),
                "neighbours": names.types[int(neighbours.argmax())],
                "cells": int(own.sum()),
            }
        )
    return pd.DataFrame(rows)


def _comparable(known: CountMatrix, new: CountMatrix, n_genes: int) -> tuple[csr_matrix[Any], csr_matrix[Any], str]:
    """(log-normalised reference (M, G), the same of the new cells (N, G), a sentence), by shared genes that vary."""
    shared = share_genes(known, new)
    values, moments = [], []
    for matrix, genes in ((known, shared.first), (new, shared.second)):
        part = log1p_normalised(replace(matrix, counts=matrix.counts[:, genes]))
        part.sort_indices()
        values.append(part)
        moments.append(gene_moments(part, np.ones(part.shape[0], dtype=np.bool_)))
    is_expressed = np.minimum(moments[0].n_cells, moments[1].n_cells) >= MIN_CELLS
    if not is_expressed.any():
        raise DataError(
            f"No gene is in {MIN_CELLS} cells of {known.name} and in {MIN_CELLS} of {new.name}, which have "
            f"{known.counts.shape[0]:,} and {new.counts.shape[0]:,} cells: choose a reference with more cells."
        )
    variance = np.where(is_expressed, moments[0].variance, -1.0)
    chosen = np.argsort(-variance, kind="stable")[: min(n_genes, int(is_expressed.sum()))]
    return values[0][:, chosen], values[1][:, chosen], shared.note


def _regress(
    known: csr_matrix[Any], labels: NDArray[np.int64], new: csr_matrix[Any]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(the types (T,), their probabilities for the new cells (N, T)); every type weighs as much as the others."""
    from sklearn.linear_model import LogisticRegression

    dense = known.toarray()
    mean = dense.mean(axis=0)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=MAX_ITERATIONS).fit(dense - mean, labels)
    starts = range(0, new.shape[0], _CELLS_AT_ONCE)
    parts = [model.predict_proba(new[start : start + _CELLS_AT_ONCE].toarray() - mean) for start in starts]
    return model.classes_, np.concatenate(parts)


def _nearest(
    points: NDArray[np.float32], queries: NDArray[np.float32], skip: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """(mean distance (N,) to the nearest points, their indices (N, k)), without the `skip` nearest of all."""
    import faiss

    index = faiss.IndexFlatL2(points.shape[1])
    index.add(np.ascontiguousarray(points))
    n_neighbours = min(N_NEIGHBOURS, len(points) - skip)
    squares, indices = index.search(np.ascontiguousarray(queries), n_neighbours + skip)
    distances = np.sqrt(np.maximum(squares[:, skip:], 0))
    return distances.mean(axis=1), indices[:, skip:].astype(np.int64)


def _majority(neighbours: NDArray[np.int64], n_types: int) -> NDArray[np.int64]:
    """(N,) the most frequent type in each row (N, k); of equals the nearest's."""
    counts = np.apply_along_axis(np.bincount, 1, neighbours, minlength=n_types)  # (N, n_types)
    own = np.take_along_axis(counts, neighbours, axis=1)
    return np.take_along_axis(neighbours, own.argmax(axis=1)[:, None], axis=1)[:, 0]
