"""PCA: the plane or space of largest variance, which is also where the other two maps start."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from clustergan_core.embedding.settings import MapFrame, MapSettings, Place


def frames(latents: NDArray[np.float32], settings: MapSettings, n_jobs: int) -> Iterator[MapFrame]:
    """A single, final frame."""
    del n_jobs  # linear algebra has its own threads
    place = _fit(latents, settings.n_components)
    yield MapFrame(place(latents), 1.0, "Principal components are ready.", is_final=True)


def placer(latents: NDArray[np.float32], coordinates: NDArray[np.float32], settings: MapSettings) -> Place:
    """Projects new latents; the axes are fitted to the latents again, which takes milliseconds."""
    del coordinates
    return _fit(latents, settings.n_components)


def starting_layout(latents: NDArray[np.float32], settings: MapSettings, spread: float) -> NDArray[np.float64]:
    """Principal components (N, n_components) with standard deviation `spread` along the first, and a slight jitter.

    The jitter separates equal latents and adds spread along axes on which the latents do not vary.
    """
    layout = _fit(latents, settings.n_components)(latents).astype(np.float64)
    layout *= spread / layout[:, 0].std()
    return layout + np.random.default_rng(settings.seed).normal(0, 0.01 * spread, layout.shape)


def _fit(latents: NDArray[np.float32], n_components: int) -> Place:
    # With fewer latents or latent dimensions than components, the remaining components stay 0.
    n_fitted = min(n_components, *latents.shape)
    pca = PCA(n_fitted, random_state=0).fit(latents)

    def place(new: NDArray[np.float32]) -> NDArray[np.float32]:
        coordinates = np.zeros((len(new), n_components), dtype=np.float32)
        coordinates[:, :n_fitted] = pca.transform(new)
        return coordinates

    return place
