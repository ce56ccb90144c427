"""Maps of several steps of a training: what does not change stays, what moves moves, and lengths are kept."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from clustergan_core.embedding.aligned import align_maps, lay_onto
from clustergan_core.embedding.settings import MapSettings
from clustergan_core.errors import DataError

RANDOM = np.random.default_rng(0)
GROUPS = np.repeat(np.arange(3), 40)
APART = (8 * np.eye(3, 6)[GROUPS] + RANDOM.normal(size=(120, 6))).astype(np.float32)
QUICK = MapSettings.model_validate({"algorithm": "tsne", "n_iterations": 250})


def test_equal_steps_move_no_further_than_the_layout_does_by_itself_and_a_changed_one_does() -> None:
    mixed = APART[RANDOM.permutation(len(APART))]
    *_, maps = align_maps([mixed, APART, APART], QUICK)
    assert maps.is_whole and len(maps.coordinates) == 3
    first, second, last = maps.coordinates
    still = np.linalg.norm(second - last, axis=1).mean()
    assert still == pytest.approx(maps.own_move, rel=0.01)
    assert np.linalg.norm(first - second, axis=1).mean() > 5 * maps.own_move
    middles = np.stack([last[group == GROUPS].mean(axis=0) for group in range(3)])
    nearest = np.linalg.norm(last[:, None] - middles, axis=-1).argmin(axis=1)
    assert (nearest == GROUPS).mean() > 0.98


def test_a_layout_is_found_again_under_rotation_mirror_and_shift_and_keeps_its_lengths() -> None:
    target = RANDOM.normal(size=(50, 2))
    turned = target @ np.array([[np.cos(1), np.sin(1)], [np.sin(1), -np.cos(1)]]) + [3, -5]
    np.testing.assert_allclose(lay_onto(turned, target), target, atol=1e-5)
    other = RANDOM.normal(size=(50, 2))
    np.testing.assert_allclose(pdist(lay_onto(other, target)), pdist(other), rtol=1e-4)


def test_steps_before_anything_was_learnt_stay_where_the_next_one_lies() -> None:
    *_, maps = align_maps([np.zeros_like(APART), APART], QUICK)
    np.testing.assert_array_equal(maps.coordinates[0], maps.coordinates[1])


def test_it_can_be_stopped_after_any_step_and_other_samples_are_refused() -> None:
    begun = align_maps([APART, APART], QUICK)
    assert not next(begun).is_whole
    with pytest.raises(DataError, match="different samples"):
        next(align_maps([APART[:50], APART], QUICK))
