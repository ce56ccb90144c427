"""compute_map(): any of the three maps as a stream of frames."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from clustergan_core.embedding.settings import Algorithm, MapFrame, MapSettings, Place
from clustergan_core.errors import DataError

LEAST_SAMPLES = 4

Frames = Callable[[NDArray[np.float32], MapSettings, int], Iterator[MapFrame]]
Placer = Callable[[NDArray[np.float32], NDArray[np.float32], MapSettings], Place]


def compute_map(latents: NDArray[np.float32], settings: MapSettings, n_jobs: int = 1) -> Iterator[MapFrame]:
    """Lays latents (N, D) out and yields frames, the last of which `is_final`.

    To stop, ask for no more frames. The same latents, settings and number of threads give the same map. On few or busy
    cores one thread is fastest, because openTSNE's threads wait for each other.

    Raises DataError for fewer than LEAST_SAMPLES latents and for latents that are not finite.
    """
    latents = np.ascontiguousarray(latents, dtype=np.float32)
    if len(latents) < LEAST_SAMPLES:
        raise DataError(f"A map needs at least {LEAST_SAMPLES} samples, but there are {len(latents)}: choose more.")
    if not np.isfinite(latents).all():
        n_off = int((~np.isfinite(latents)).any(axis=1).sum())
        raise DataError(f"{n_off} of {len(latents)} latents are not finite numbers: choose weights saved earlier.")
    if is_constant(latents):
        return iter([_single_point(len(latents), settings)])
    frames, _ = find_algorithm(settings.algorithm)
    return frames(latents, settings, n_jobs)


def is_constant(latents: NDArray[np.float32]) -> bool:
    """Whether all latents (N, D) are equal, which leaves nothing to lay out."""
    return bool((latents == latents[0]).all())


def find_algorithm(name: Algorithm) -> tuple[Frames, Placer]:
    """The algorithm's two functions; its library is imported here, when it is first used."""
    if name == "pca":
        from clustergan_core.embedding import pca as algorithm
    elif name == "tsne":
        from clustergan_core.embedding import tsne as algorithm
    else:
        from clustergan_core.embedding import umap as algorithm
    return algorithm.frames, algorithm.placer


def _single_point(n_samples: int, settings: MapSettings) -> MapFrame:
    coordinates = np.zeros((n_samples, settings.n_components), dtype=np.float32)
    return MapFrame(coordinates, 1.0, "All latents are equal: the map is a single point.", is_final=True)
