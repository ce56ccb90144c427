"""t-SNE by openTSNE (van der Maaten & Hinton 2008; Linderman et al., arXiv 1712.09005 for the FFT method).

Measured on latents of 40 dimensions and one core: exact neighbours take 0.4 s for 5,000 samples and 0.9 s for 10,000,
where the approximate index takes 1.7 s and 3.9 s. The FFT method takes 1.5 s for 100 iterations of 10,000 samples; for
1,000 it still takes 1 s where Barnes–Hut takes 0.3 s, and they meet at about 2,000. FFT supports two dimensions only.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from openTSNE import TSNEEmbedding
from openTSNE.affinity import PerplexityBasedNN

from clustergan_core.embedding.pca import starting_layout
from clustergan_core.embedding.settings import MapFrame, MapSettings, Place

FRAME_EVERY = 25  # iterations
N_EARLY = 250  # iterations of early exaggeration
EARLY_EXAGGERATION = 12.0
START_SPREAD = 1e-4
FFT_FROM = 2_000  # samples
APPROXIMATE_FROM = 50_000  # samples
PLACE_PERPLEXITY = 5.0  # openTSNE's own choice for new points


def frames(latents: NDArray[np.float32], settings: MapSettings, n_jobs: int) -> Iterator[MapFrame]:
    """The PCA start, then a frame every 25 iterations."""
    perplexity = _perplexity(len(latents), settings.perplexity)
    start = starting_layout(latents, settings, START_SPREAD)
    lowered = "" if perplexity == settings.perplexity else f" (perplexity lowered to {perplexity:.1f}: few samples)"
    yield MapFrame(start.astype(np.float32), 0.0, f"Finding the neighbours of {len(latents):,} samples{lowered}.")

    embedding = _embedding(latents, start, perplexity, settings.seed, n_jobs)
    n_early = min(N_EARLY, settings.n_iterations // 3)
    n_done = 0
    while n_done < settings.n_iterations:
        is_early = n_done < n_early
        n_next = min(FRAME_EVERY, (n_early if is_early else settings.n_iterations) - n_done)
        embedding.optimize(n_next, exaggeration=EARLY_EXAGGERATION if is_early else 1.0, inplace=True)
        n_done += n_next
        yield MapFrame(
            np.array(embedding, dtype=np.float32),
            n_done / settings.n_iterations,
            f"Iteration {n_done} of {settings.n_iterations}{lowered}.",
            is_final=n_done == settings.n_iterations,
        )


def placer(latents: NDArray[np.float32], coordinates: NDArray[np.float32], settings: MapSettings) -> Place:
    """Optimises new points against the finished map, which stays as it is (openTSNE's `transform`).

    The object is rebuilt from coordinates and neighbours, so that a stored map places samples as a new one does.
    """
    # transform() centres its map on the middle of its extent, so the map is centred beforehand and shifted back after.
    middle = (coordinates.max(axis=0) + coordinates.min(axis=0)) / 2
    perplexity = _perplexity(len(latents), PLACE_PERPLEXITY)
    embedding = _embedding(latents, coordinates - middle, perplexity, settings.seed, n_jobs=1)

    def place(new: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(embedding.transform(new, perplexity=perplexity) + middle, dtype=np.float32)

    return place


def continue_layout(
    latents: NDArray[np.float32], layout: NDArray[np.float32], settings: MapSettings, n_iterations: int
) -> NDArray[np.float32]:
    """The map of latents (N, D) after some iterations from `layout` (N, 2), without early exaggeration."""
    perplexity = _perplexity(len(latents), settings.perplexity)
    embedding = _embedding(np.ascontiguousarray(latents, np.float32), layout, perplexity, settings.seed, n_jobs=1)
    embedding.optimize(n_iterations, exaggeration=1.0, inplace=True)
    return np.array(embedding, dtype=np.float32)


def _perplexity(n_samples: int, chosen: float) -> float:
    """At most a third of the other samples, because t-SNE uses three times as many neighbours as its perplexity."""
    return min(chosen, (n_samples - 1) / 3)


def _embedding(
    latents: NDArray[np.float32], layout: NDArray[np.floating], perplexity: float, seed: int, n_jobs: int
) -> TSNEEmbedding:
    affinities = PerplexityBasedNN(
        latents,
        perplexity,
        method="exact" if len(latents) < APPROXIMATE_FROM else "approx",
        n_jobs=n_jobs,
        random_state=seed,
    )
    is_flat = layout.shape[1] == 2
    return TSNEEmbedding(
        np.array(layout, dtype=np.float64),
        affinities,
        random_state=seed,
        negative_gradient_method="fft" if is_flat and len(latents) >= FFT_FROM else "bh",
        learning_rate="auto",
        momentum=0.8,
        n_jobs=n_jobs,
    )
