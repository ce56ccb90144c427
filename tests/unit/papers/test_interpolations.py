"""Figure 6: two generators walk between the same samples, and distances to real ones are right."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from clustergan_core.decoding import decode_samples, generate_decoded
from clustergan_core.errors import RunError
from clustergan_core.generation import draw_normals, generate_codes
from clustergan_core.method import Method
from clustergan_core.methods import METHODS, build_method
from clustergan_core.papers.interpolations import interpolate, pair_modes

REAL = np.random.default_rng(3).random((60, 16), dtype=np.float32)
PAIRS = ((0, 1), (3, 2))
SMALL: dict[str, Any] = {"n_clusters": 4, "n_normal": 3, "width": 0.1}


def build(name: str, **settings: Any) -> Method:
    """An untrained method on tables of 16 columns."""
    chosen = METHODS[name].Settings.model_validate(SMALL | settings)
    return build_method(name, chosen, "table", (16,), 0, torch.device("cpu")).eval().requires_grad_(False)


def test_walks_begin_and_end_at_the_modes_and_at_what_algorithm_1_decodes_from_these() -> None:
    with_modes, without = build("clustergan"), build("wgan-gp", prior="normal")
    found = interpolate(with_modes, without, PAIRS, REAL, seed=5, n_iterations=20)
    normal = draw_normals(with_modes.prior, 5)[0]
    modes = np.eye(4, dtype=np.float32)
    for walk, (start, to) in zip(found.by_code, PAIRS, strict=True):
        ends = generate_codes(with_modes, modes[[start, to]], normal)
        np.testing.assert_allclose(walk[[0, -1]], ends, atol=1e-6)
    ends = found.by_code[:, [0, -1]].reshape(-1, 16)
    *_, decoded = decode_samples(without, ends, 20)
    by_noise = found.by_noise[:, [0, -1]].reshape(-1, 16)
    np.testing.assert_allclose(by_noise, generate_decoded(without, decoded.best_latents), atol=1e-5)
    halfway = decoded.best_latents.unflatten(0, (2, 2)).mean(dim=1)
    np.testing.assert_allclose(found.by_noise[:, 5], generate_decoded(without, halfway), atol=1e-5)


def test_distances_are_to_the_fifth_nearest_real_sample_in_units_of_the_usual_one() -> None:
    found = interpolate(build("clustergan"), build("wgan-gp", prior="normal"), PAIRS, REAL, seed=5, n_iterations=2)
    pca = PCA(16).fit(REAL)  # all components, so distances are those of the samples themselves
    neighbours = NearestNeighbors().fit(pca.transform(REAL))
    usual = np.median(neighbours.kneighbors(n_neighbors=5)[0][:, -1])
    expected = neighbours.kneighbors(pca.transform(found.by_noise.reshape(-1, 16)), 5)[0][:, -1] / usual
    np.testing.assert_allclose(found.distances_by_noise.ravel(), expected, rtol=1e-3)
    assert found.middle[1] == pytest.approx(np.median(found.distances_by_noise[:, 3:8]))


def test_two_generators_of_the_same_sort_are_refused() -> None:
    without = build("wgan-gp", prior="normal")
    with pytest.raises(RunError, match="one of each"):
        interpolate(without, without, PAIRS, REAL, seed=0)
    with pytest.raises(RunError, match="one of each"):
        interpolate(build("clustergan"), build("clustergan"), PAIRS, REAL, seed=0)


def test_pairs_use_no_mode_twice_and_leave_the_odd_one_out() -> None:
    assert pair_modes(range(5)) == ((0, 1), (2, 3))
    assert len(pair_modes(range(20))) == 4
