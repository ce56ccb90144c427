"""The energy score of generated samples, against its definition and against distributions whose order is known."""

import numpy as np
import pytest
import torch
from torch import Tensor

from clustergan_core.methods.paired_clustergan import PairedClusterGAN, PairedClusterGANSettings
from clustergan_core.methods.paired_clustergan.energy import energy_score, fit_components
from clustergan_core.scoring.mode_variance import RealVariance
from clustergan_core.training import _draw

N_STEPS = 240


def normal(count: int, spread: float, seed: int) -> Tensor:
    return spread * torch.randn(count, 3, generator=torch.Generator().manual_seed(seed))


def test_the_score_is_that_of_its_definition():
    first, second, real = (normal(50, 1, seed) for seed in range(3))
    expected = [
        (np.linalg.norm(y - x) + np.linalg.norm(z - x)) / 2 - np.linalg.norm(y - z) / 2
        for y, z, x in zip(first.numpy(), second.numpy(), real.numpy(), strict=True)
    ]
    assert float(energy_score(first, second, real)) == pytest.approx(np.mean(expected), rel=1e-5)


def test_the_real_spread_scores_best_and_repeating_the_mean_worse_than_half_of_it():
    real = normal(20_000, 1, 0)
    scores = {
        spread: float(energy_score(normal(20_000, spread, 1), normal(20_000, spread, 2), real))
        for spread in (0.0, 0.5, 1.0, 2.0)
    }
    assert min(scores, key=lambda spread: scores[spread]) == 1
    assert scores[0.0] > scores[0.5] > scores[1.0] < scores[2.0]


def test_components_are_the_directions_of_most_variance_with_a_total_of_one():
    scales = torch.linspace(3, 0.1, 80)
    samples = 5 + scales * torch.randn(400, 80, generator=torch.Generator().manual_seed(0))
    points = fit_components(samples).project(samples).numpy()
    assert points.shape == (400, 50)
    assert points.var(axis=0).sum() == pytest.approx(1, rel=1e-4)
    exact = np.linalg.svd(samples.numpy() - samples.numpy().mean(axis=0), compute_uv=False)[:50]
    shares = exact**2 / (exact**2).sum()
    assert points.var(axis=0) == pytest.approx(shares, rel=0.05, abs=1e-3)


def two_modes() -> Tensor:
    """Two groups of 300 samples with noise in all sixty features."""
    samples = 0.3 * torch.randn(600, 60, generator=torch.Generator().manual_seed(0))
    samples[:300, 0] += 1.5
    samples[300:, 1] += 1.5
    return samples


def ratio_after(energy_weight: float) -> float:
    settings = {
        "n_clusters": 2, "n_normal": 8, "width": 0.2, "n_neighbours": 10, "energy_weight": energy_weight,
        "batch_size": 32, "pair_batch_size": 64, "decay": 0.97, "architecture": "mlp-batchnorm",
    }  # fmt: skip
    torch.manual_seed(0)
    method = PairedClusterGAN(PairedClusterGANSettings.model_validate(settings), "expression", (60,))
    samples, random = two_modes(), torch.Generator().manual_seed(0)
    method.prepare(samples, random)
    for step in range(1, N_STEPS + 1):
        method.begin_step(step, N_STEPS)
        method.train_step([_draw(samples, size, random) for size in method.batch_sizes])
    record = RealVariance(samples.numpy()).compare(method, method.assign_all(samples)[0].numpy(), 400)
    assert record is not None
    return record["value"]


def test_with_the_energy_score_modes_vary_as_their_samples_do_and_without_it_less():
    alone, scored = ratio_after(0), ratio_after(20)
    assert alone < 0.65
    assert 0.7 < scored < 1.3
