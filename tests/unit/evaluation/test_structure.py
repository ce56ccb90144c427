"""Whether there are groups at all: noise has none, whatever k-means finds in it."""

import numpy as np
import pytest

from clustergan_core.data.registry import load_dataset
from clustergan_core.evaluation.clusterings import principal_components
from clustergan_core.evaluation.structure import LEAST_STRUCTURE, measure_structure


@pytest.mark.parametrize("n_dimensions", [2, 10])
@pytest.mark.parametrize("kind", ["uniform", "normal", "unequal"])
def test_noise_has_no_structure(kind: str, n_dimensions: int) -> None:
    random = np.random.default_rng(3)
    shape = (600, n_dimensions)
    samples = random.random(shape) if kind == "uniform" else random.normal(size=shape)
    if kind == "unequal":
        samples = samples / np.sqrt(np.arange(1, n_dimensions + 1))
    assert measure_structure(principal_components(samples.astype(np.float32))) < LEAST_STRUCTURE


def test_groups_have_structure_in_proportion_to_how_far_they_lie_apart() -> None:
    random = np.random.default_rng(0)
    centres = random.normal(size=(5, 10))
    noise, groups = random.normal(size=(600, 10)), np.arange(600) % 5
    apart = [
        measure_structure(principal_components((distance * centres[groups] + noise).astype(np.float32)))
        for distance in (0.2, 1.0, 5.0)
    ]
    assert apart[0] < LEAST_STRUCTURE < apart[1] < apart[2]


def test_written_digits_have_structure_and_drawing_their_pixels_anew_leaves_none() -> None:
    samples = load_dataset("digits").samples[:600].reshape(600, -1)
    assert measure_structure(principal_components(samples)) > 0.3
    random = np.random.default_rng(0)
    shuffled = np.stack([random.permutation(column) for column in samples.T], axis=1)
    assert measure_structure(principal_components(shuffled)) < LEAST_STRUCTURE


def test_too_few_samples_say_nothing() -> None:
    assert measure_structure(np.eye(12, dtype=np.float32)) == 0.0
