"""Cells of several samples in one space, and neighbours across samples.

A sample of an experiment is a batch here, because a sample is one row of a data set in this code. Principal components
of cells from several batches seldom have neighbours in another batch; Harmony's components do, and so do mutual
nearest neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clustergan_core.evaluation.neighbours import nearest_neighbours, project

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

N_MUTUAL = 20  # neighbours in the other batch, in both directions
N_SUPPORTING = 15  # neighbours in its own batch among which pairs support a cell's pair
DROPPED_SHARE = 0.25  # of the pairs: those with the least support
CELLS_PER_CENTRE = 30  # Harmony's own default
MAX_CENTRES = 100
COMPARED_PAIRS = 20_000  # pairs whose support is counted at once

Search = Callable[[NDArray[np.float32]], NDArray[np.int64]]


def harmony_components(samples: NDArray[np.float32], batches: NDArray[np.int64], seed: int = 0) -> NDArray[np.float32]:
    """The first 50 principal components (N, D) of samples (N, ...) after Harmony has moved the batches (N,) together.

    Harmony (Korsunsky et al., Nature Methods 16:1289, 2019) with harmonypy's defaults. Components of one batch stay as
    they are. The number of threads does not change the result.
    """
    components = project(samples.reshape(len(samples), -1))
    if len(np.unique(batches)) < 2:
        return components
    import harmonypy

    n_centres = max(2, min(round(len(components) / CELLS_PER_CENTRE), MAX_CENTRES))
    # Harmony compares directions, which mean something from the centre only; few columns come as they are.
    centred = components - components.mean(axis=0)
    corrected = harmonypy.run_harmony(
        centred, {"batch": batches}, "batch", nclust=n_centres, random_state=seed, ncores=1, verbose=False
    )
    return np.ascontiguousarray(corrected.Z_corr, dtype=np.float32)


def mutual_pairs(
    points: NDArray[np.float32], batches: NDArray[np.int64], n_neighbours: int = N_MUTUAL
) -> NDArray[np.int64]:
    """Pairs (P, 2) of points (N, D) in different batches (N,), each among the other's nearest in its batch.

    Mutual nearest neighbours after Haghverdi et al., Nature Biotechnology 36:421, 2018. The first of a pair is in the
    batch of lower number.
    """
    rows_of = [np.flatnonzero(batches == batch) for batch in np.unique(batches)]
    found = [np.empty((0, 2), dtype=np.int64)]
    for first, second in combinations(rows_of, 2):
        to_second = _search_other(points[first], points[second], n_neighbours)  # (len(first), ≤ n_neighbours)
        to_first = _search_other(points[second], points[first], n_neighbours)
        one, other = np.repeat(np.arange(len(first)), to_second.shape[1]), to_second.ravel()
        back = (to_first + len(first) * np.arange(len(second))[:, None]).ravel()
        is_mutual = np.isin(one + len(first) * other, back)  # each pair as one number
        found.append(np.column_stack([first[one[is_mutual]], second[other[is_mutual]]]))
    return np.concatenate(found)


def pair_support(
    points: NDArray[np.float32],
    batches: NDArray[np.int64],
    pairs: NDArray[np.int64],
    n_neighbours: int = N_SUPPORTING,
) -> NDArray[np.int64]:
    """How many of the pairs (P, 2) join the neighbourhoods of each pair's two points (P,), itself included.

    A neighbourhood is the point and its nearest in its own batch. Wrong pairs, such as those of a type that only one
    batch holds, are told by support rather than by their distance: a right pair lies among many others.
    """
    from scipy.sparse import csr_matrix

    n_points = len(points)
    own = _neighbourhoods(points, batches, n_neighbours)  # (N, N), 1 for members
    ones = np.ones(len(pairs), dtype=np.int32)
    links: csr_matrix[Any] = csr_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(n_points, n_points))
    reached = csr_matrix(own @ links)  # (N, N): pairs from a point's neighbourhood to each point
    support = np.empty(len(pairs), dtype=np.int64)
    for start in range(0, len(pairs), COMPARED_PAIRS):
        part = slice(start, start + COMPARED_PAIRS)
        support[part] = np.asarray(reached[pairs[part, 0]].multiply(own[pairs[part, 1]]).sum(axis=1)).ravel()
    return support


def drop_unsupported(
    points: NDArray[np.float32], batches: NDArray[np.int64], pairs: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The pairs (P, 2) of points (N, D) without the quarter that has the least support, the best first."""
    order = np.argsort(-pair_support(points, batches, pairs), kind="stable")
    return pairs[order[: len(pairs) - int(DROPPED_SHARE * len(pairs))]]


def partners_across(
    samples: NDArray[np.float32], batches: NDArray[np.int64], n_partners: int, search_own: Search
) -> NDArray[np.int64]:
    """Partners (N, n_partners) of samples (N, ...): half from the own batch, half mutual neighbours in other batches.

    Pairs are found in principal components, and for samples that are in none there, in Harmony's; the quarter with the
    least support is dropped from both. A sample whose pairs are all dropped probably has no counterpart: all its
    partners are from its own batch. Partners from other batches are repeated where there are fewer than half.
    `search_own` returns the neighbours (n, M) of the samples of one batch, given their components (n, D).
    """
    components = project(samples.reshape(len(samples), -1))
    pairs = mutual_pairs(components, batches)
    is_left = ~np.isin(np.arange(len(components)), pairs)
    across = _list_partners(drop_unsupported(components, batches, pairs), len(components))
    if is_left.any():
        moved = harmony_components(samples, batches)
        pairs = drop_unsupported(moved, batches, mutual_pairs(moved, batches))
        for index, partners in enumerate(_list_partners(pairs, len(components))):
            if is_left[index]:
                across[index] = partners
    chosen = np.empty((len(components), n_partners), dtype=np.int64)
    for batch in np.unique(batches):
        rows = np.flatnonzero(batches == batch)
        for row, neighbours in zip(rows, rows[search_own(components[rows])], strict=True):
            n_across = max(1, n_partners // 2) if across[row] else 0
            own = neighbours if len(neighbours) else np.array([row])
            chosen[row, :n_across] = np.resize(across[row][:n_across], n_across)
            chosen[row, n_across:] = np.resize(own, n_partners - n_across)
    return chosen


def _list_partners(pairs: NDArray[np.int64], n_points: int) -> list[list[int]]:
    """Each point's partners in the order of the pairs."""
    partners: list[list[int]] = [[] for _ in range(n_points)]
    for one, other in pairs.tolist():
        partners[one].append(other)
        partners[other].append(one)
    return partners


def _search_other(points: NDArray[np.float32], others: NDArray[np.float32], n_neighbours: int) -> NDArray[np.int64]:
    """The nearest of `others` (M, D) to each point (N, D), nearest first: (N, n_neighbours), or all of fewer."""
    import faiss

    index = faiss.IndexFlatL2(others.shape[1])
    index.add(np.ascontiguousarray(others))
    return index.search(np.ascontiguousarray(points), min(n_neighbours, len(others)))[1]


def _neighbourhoods(points: NDArray[np.float32], batches: NDArray[np.int64], n_neighbours: int) -> csr_matrix[Any]:
    """(N, N) 1 for a point itself and its nearest in its own batch, else 0."""
    from scipy.sparse import csr_matrix

    rows, members = [np.arange(len(points))], [np.arange(len(points))]
    for batch in np.unique(batches):
        own = np.flatnonzero(batches == batch)
        neighbours = nearest_neighbours(points[own], n_neighbours)
        rows.append(np.repeat(own, neighbours.shape[1]))
        members.append(own[neighbours].ravel())
    row, member = np.concatenate(rows), np.concatenate(members)
    return csr_matrix((np.ones(len(row), dtype=np.int32), (row, member)), shape=(len(points), len(points)))
