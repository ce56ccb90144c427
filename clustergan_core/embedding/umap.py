"""UMAP by umap-learn (McInnes, Healy & Melville, arXiv 1802.03426).

From 4,096 samples on umap-learn searches neighbours with pynndescent, which takes 62 s to compile in a process's first
fit and 76 s in its first transform, compared with 9 s and 2 s without it. Exact neighbours of 10,000 latents take half
a second, so this module passes them in.
"""

import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from clustergan_core.embedding.pca import starting_layout
from clustergan_core.embedding.settings import MapFrame, MapSettings, Place

START_SPREAD = 2.5  # umap-learn stretches any start over 0 to 10 before it optimises


class _ExactIndex:
    """Replaces umap-learn's own index: the same `query`, answered exactly."""

    _angular_trees = False  # umap-learn reads it before it queries

    def __init__(self, latents: NDArray[np.float32]) -> None:
        self._index = NearestNeighbors().fit(latents)

    def query(
        self, latents: NDArray[np.float32], k: int, epsilon: float = 0.0
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Indices and distances (M, k) of the nearest latents, including the sample itself."""
        del epsilon  # how approximate an answer may be
        distances, indices = self._index.kneighbors(latents, k)
        return indices.astype(np.int32), distances.astype(np.float32)


def frames(latents: NDArray[np.float32], settings: MapSettings, n_jobs: int) -> Iterator[MapFrame]:
    """The PCA start and the finished map; umap-learn reports nothing in between."""
    del n_jobs  # with a seed, umap-learn uses one thread
    start = starting_layout(latents, settings, START_SPREAD)
    n_neighbours = _n_neighbours(len(latents), settings)
    lowered = "" if n_neighbours == settings.n_neighbours else f" (neighbours lowered to {n_neighbours}: few samples)"
    yield MapFrame(
        start.astype(np.float32),
        0.0,
        f"UMAP lays out {len(latents):,} samples{lowered}; the first map takes some 10 s longer, to compile.",
    )
    model = _fit(latents, settings, init=start.astype(np.float32), n_epochs=None)
    yield MapFrame(np.array(model.embedding_, dtype=np.float32), 1.0, f"UMAP is ready{lowered}.", is_final=True)


def placer(latents: NDArray[np.float32], coordinates: NDArray[np.float32], settings: MapSettings) -> Place:
    """Places new latents with umap-learn's `transform`, which leaves the finished map as it is.

    The model is rebuilt without optimisation and given the finished coordinates.
    """
    model = _fit(latents, settings, init="random", n_epochs=0)
    model.embedding_ = np.array(coordinates, dtype=np.float32)
    model.n_epochs = None  # 0 in the fit; a transform chooses its own

    def place(new: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.array(model.transform(new), dtype=np.float32)

    return place


def _n_neighbours(n_samples: int, settings: MapSettings) -> int:
    """At most the number of other samples; umap-learn counts the sample itself as one of its neighbours."""
    return min(settings.n_neighbours, n_samples - 1)


def lay_out(
    latents: NDArray[np.float32], n_components: int, n_neighbours: int, min_dist: float, seed: int
) -> NDArray[np.float32]:
    """The layout (N, n_components) of latents (N, D) in any number of dimensions, to cluster them there."""
    n_neighbours = min(n_neighbours, len(latents) - 1)
    model = _fit_umap(latents, n_components, n_neighbours, min_dist, seed, init="spectral", n_epochs=None)
    return np.array(model.embedding_, dtype=np.float32)


def _fit(latents: NDArray[np.float32], settings: MapSettings, init: NDArray[np.float32] | str, n_epochs: int | None):
    n_neighbours = _n_neighbours(len(latents), settings)
    return _fit_umap(latents, settings.n_components, n_neighbours, settings.min_dist, settings.seed, init, n_epochs)


def _fit_umap(
    latents: NDArray[np.float32],
    n_components: int,
    n_neighbours: int,
    min_dist: float,
    seed: int,
    init: NDArray[np.float32] | str,
    n_epochs: int | None,
):
    with warnings.catch_warnings():
        # umap-learn warns at import (no Tensorflow) and about the index (not its own class, which is intended).
        warnings.filterwarnings("ignore", message="Tensorflow not installed", category=ImportWarning)
        warnings.filterwarnings("ignore", message=r"precomputed_knn\[2\]", category=UserWarning)
        from umap import UMAP

        index = _ExactIndex(latents)
        return UMAP(
            n_neighbors=n_neighbours,
            n_components=n_components,
            min_dist=min_dist,
            init=init,
            n_epochs=n_epochs,
            random_state=seed,
            transform_seed=seed,
            n_jobs=1,
            precomputed_knn=(*index.query(latents, n_neighbours), index),
        ).fit(latents)
