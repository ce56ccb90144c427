"""Nearest neighbours in the data, exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

N_COMPONENTS = 50  # neighbours are searched in this many principal components
COMPARED_BATCH = 64  # samples whose lists of neighbours are compared at once


def nearest_neighbours(samples: NDArray[np.float32], n_neighbours: int = 5) -> NDArray[np.int64]:
    """Each sample's nearest other samples (N, n_neighbours), nearest first.

    Distances are Euclidean over the first 50 principal components of the samples (N, ...). There are fewer columns
    where there are fewer other samples. The result depends only on the data, so one search serves a whole training.
    """
    n_neighbours = min(n_neighbours, len(samples) - 1)
    if n_neighbours < 1:
        return np.empty((len(samples), 0), dtype=np.int64)
    return search_nearest(project(samples.reshape(len(samples), -1)), n_neighbours)[0]


def search_nearest(points: NDArray[np.float32], n_neighbours: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(each point's nearest other points, nearest first; their squared distances), both (N, n_neighbours), of (N, D).

    `n_neighbours` must be below N.
    """
    import faiss

    n_points = len(points)
    index = faiss.IndexFlatL2(points.shape[1])
    index.add(points)
    squares, neighbours = index.search(points, n_neighbours + 1)
    # A sample is its own nearest, except among duplicates, where it may come later or not at all.
    is_itself = neighbours == np.arange(n_points)[:, None]
    is_itself[~is_itself.any(axis=1), -1] = True
    shape = (n_points, n_neighbours)
    return neighbours[~is_itself].reshape(shape), squares[~is_itself].reshape(shape)


def sharing_neighbours(samples: NDArray[np.float32], n_neighbours: int, n_candidates: int) -> NDArray[np.int64]:
    """The nearest other samples (N, n_neighbours) that share the most neighbours with each sample.

    They are chosen among `n_candidates` nearest ones, after Jarvis & Patrick, IEEE Transactions on Computers C-22
    (1973): where density varies, or many features hold noise, common neighbours identify samples of one class better
    than distance does. A sample counts among its own neighbours; the nearest comes first among equals.
    """
    nearest = nearest_neighbours(samples, n_candidates)  # (N, M)
    lists = np.concatenate([np.arange(len(nearest))[:, None], nearest], axis=1)  # (N, 1 + M)
    chosen = np.empty((len(nearest), min(n_neighbours, nearest.shape[1])), dtype=np.int64)
    for start in range(0, len(nearest), COMPARED_BATCH):
        part = slice(start, start + COMPARED_BATCH)
        order = np.argsort(-_count_shared(lists, part), axis=1, kind="stable")[:, :n_neighbours]
        chosen[part] = np.take_along_axis(nearest[part], order, axis=1)
    return chosen


def measure_links(
    samples: NDArray[np.float32], is_second: NDArray[np.bool_], n_neighbours: int = 15
) -> tuple[int, float]:
    """How far two groups of samples (N, ...) touch: (links between them, these over those expected by chance).

    A link goes from a sample to each of its nearest. The ratio is PAGA's (Wolf et al., Genome Biology 20:59, 2019),
    which counts the links of a symmetric graph instead. It falls with the length of a path: a line of samples, cut
    once, has n_neighbours² / 4 links across the cut however many samples it has.
    """
    neighbours = nearest_neighbours(samples, n_neighbours)
    n_second, n_samples = int(is_second.sum()), len(is_second)
    n_between = int((is_second[neighbours] != is_second[:, None]).sum())
    expected = neighbours.size * 2 * (n_samples - n_second) * n_second / (n_samples * max(1, n_samples - 1))
    return n_between, n_between / expected if expected else 0.0


def _count_shared(lists: NDArray[np.int64], part: slice) -> NDArray[np.int64]:
    """(B, M) how many members of their lists (N, 1 + M) the samples of `part` share with each of their M neighbours.

    Members are looked up in a row of flags for each sample: comparing every pair of members takes M times as long.
    """
    own = lists[part]
    rows = np.arange(len(own))
    is_own = np.zeros((len(own), len(lists)), dtype=np.bool_)  # (B, N)
    is_own[rows[:, None], own] = True
    return is_own[rows[:, None, None], lists[own[:, 1:]]].sum(axis=2)


def project(flat: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows (N, D) on their first 50 principal components, or unchanged where they have no more columns than that."""
    from sklearn.decomposition import PCA

    if not flat.shape[1] > N_COMPONENTS < len(flat):
        return np.ascontiguousarray(flat)
    return np.ascontiguousarray(PCA(N_COMPONENTS, svd_solver="randomized", random_state=0).fit_transform(flat))
