"""The variance within modes of generators whose figure is known: one that repeats means, and one that draws anew."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch

from clustergan_core.method import Method
from clustergan_core.nn.prior import Latent, Prior
from clustergan_core.scoring.mode_variance import RealVariance

MEANS = torch.tensor([[4.0, 0, 0, 0, 0, 0], [0, 4.0, 0, 0, 0, 0], [0, 0, 4.0, 0, 0, 0]])
SPREAD = 0.7


def generator(scale: float) -> Method:
    """Each mode is a normal distribution around its mean, `scale` times as wide as the real one."""

    def generate(latent: Latent) -> torch.Tensor:
        return latent.cluster @ MEANS + scale * latent.normal

    parts = {"prior": Prior(6, 3, SPREAD), "device": torch.device("cpu"), "mode_weights": None, "n_batches": 0}
    return cast(Method, SimpleNamespace(generate=generate, **parts))


@pytest.fixture(scope="module")
def real() -> tuple[RealVariance, np.ndarray]:
    clusters = np.repeat([0, 1], 500)
    samples = MEANS.numpy()[clusters] + np.random.default_rng(0).normal(0, SPREAD, (1000, 6))
    return RealVariance(samples.astype(np.float32)), clusters


@pytest.mark.parametrize(("scale", "ratio"), [(0.0, 0.0), (0.5, 0.25), (1.0, 1.0)])
def test_the_ratio_is_that_of_the_spreads(real: tuple[RealVariance, np.ndarray], scale: float, ratio: float) -> None:
    variance, clusters = real

    record = variance.compare(generator(scale), clusters, 2000)

    assert record is not None
    assert record["value"] == pytest.approx(ratio, rel=0.08, abs=1e-6)
    assert record["ratios"][2] is None, "no real sample is assigned to it"
    assert (record["n_real"], record["n_generated"], record["n_components"]) == (1000, 2000 // 3, 6)


def test_few_samples_of_many_features_overstate_their_own_variance_and_many_of_few_do_not(
    real: tuple[RealVariance, np.ndarray],
) -> None:
    variance, clusters = real
    noise = np.random.default_rng(0).normal(size=(120, 600)).astype(np.float32)
    one_mode = np.zeros(120, dtype=np.int64)

    many = variance.compare(generator(1), clusters, 300)
    few = RealVariance(noise)
    own, other = few._halves[1].points, few._halves[2]

    assert many is not None and many["real_halves"] == pytest.approx(1, rel=0.1)
    expected = np.trace(np.cov(other.T)) / np.trace(np.cov(own.T))
    assert few._compare_halves(one_mode) == pytest.approx(expected, rel=0.01)
    assert expected < 0.5, "sixty samples lie far along directions that were chosen for them"


def test_without_a_mode_of_ten_samples_there_is_no_figure(real: tuple[RealVariance, np.ndarray]) -> None:
    variance, _ = real

    assert variance.compare(generator(1), np.r_[np.zeros(9), np.full(991, 5)].astype(np.int64), 300) is None
