"""Latents of a training's steps in one frame: corners of a polygon for codes, a plane for latents without one."""

import numpy as np
import pytest

from clustergan_core.embedding.mode_wheel import lay_out_plane, lay_out_wheel, wheel_reach


def test_sure_samples_lie_at_the_corners_clockwise_from_the_top_and_undecided_ones_between() -> None:
    code = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0.25] * 4, [0.5, 0.5, 0, 0]], np.float32)
    places = lay_out_wheel(code, np.zeros((6, 0), np.float32), np.zeros(0, np.float32))
    expected = [[0, 1], [1, 0], [0, -1], [-1, 0], [0, 0], [0.5, 0.5]]
    np.testing.assert_allclose(places, expected, atol=1e-6)


@pytest.mark.parametrize("n_modes", [2, 3, 10, 40])
def test_samples_of_a_corner_spread_by_z_n_within_the_frame_and_without_reaching_the_next_corner(n_modes: int) -> None:
    random = np.random.default_rng(0)
    normal = (100 * random.normal(size=(n_modes * 200, 5))).astype(np.float32)  # far out, as before any training
    code = np.repeat(np.eye(n_modes, dtype=np.float32), 200, axis=0)
    places = lay_out_wheel(code, normal, np.ones(5, np.float32))
    assert np.abs(places).max() <= wheel_reach(n_modes)
    no_normal = np.zeros((n_modes, 0), np.float32)
    corners = lay_out_wheel(np.eye(n_modes, dtype=np.float32), no_normal, np.zeros(0, np.float32))
    nearest = np.linalg.norm(places[:, None] - corners[None], axis=2).argmin(axis=1)
    assert np.array_equal(nearest, code.argmax(axis=1))
    near = lay_out_wheel(code[:1], np.array([[0.1, 0.0, 9, 9, 9]], np.float32), np.ones(5, np.float32))
    assert near[0, 0] > 0, "the first dimension of z_n points to the right"


def test_latents_without_a_code_lie_in_the_plane_of_the_newest_step() -> None:
    random = np.random.default_rng(1)
    newest = (random.normal(size=(300, 6)) * [9, 4, 1, 1, 1, 1]).astype(np.float32)
    places, reach = lay_out_plane(newest, newest)
    from sklearn.decomposition import PCA

    expected = PCA(2).fit_transform(newest)
    np.testing.assert_allclose(np.abs(places), np.abs(expected), atol=1e-3)
    assert np.abs(places).max() < reach
    earlier, same_reach = lay_out_plane(newest[10:20], newest)
    assert same_reach == reach
    np.testing.assert_allclose(earlier, places[10:20], atol=1e-5)
    assert lay_out_plane(newest[:, :1], newest[:, :1])[0].shape == (300, 2)
