"""What is said of distances on a map."""

import numpy as np
import pytest

from clustergan_core.embedding.compute import compute_map
from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import Algorithm, MapSettings
from ui.map.plot import caption_of, shown_share


def map_of(algorithm: Algorithm) -> FittedMap:
    """Latents (500, 3) with variances of about 9, 4 and 1."""
    latents = (np.random.default_rng(0).normal(size=(500, 3)) * [3, 2, 1]).astype(np.float32)
    settings = MapSettings.model_validate({"algorithm": algorithm})
    coordinates = list(compute_map(latents, settings))[-1].coordinates if algorithm == "pca" else latents[:, :2]
    return FittedMap(latents, coordinates, settings)


@pytest.mark.parametrize("algorithm", ["tsne", "umap"])
def test_distances_between_clusters_mean_nothing_where_neighbours_were_laid_out(algorithm: Algorithm) -> None:
    assert caption_of(map_of(algorithm)).startswith("Distances between clusters carry no meaning")


def test_a_projection_tells_the_share_of_variance_that_its_axes_show() -> None:
    assert shown_share(map_of("pca")) == pytest.approx(13 / 14, abs=0.02)
    caption = caption_of(map_of("pca"))
    assert f"These two axes show {shown_share(map_of('pca')):.0%} of the variance" in caption
    assert "carry no meaning" not in caption


def test_latents_that_are_all_alike_are_shown_in_full() -> None:
    alike = np.zeros((5, 3), dtype=np.float32)
    assert shown_share(FittedMap(alike, alike[:, :2], MapSettings.model_validate({"algorithm": "pca"}))) == 1.0
