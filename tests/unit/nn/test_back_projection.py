"""Algorithm 1 against closed forms: ridge regression, the winner among restarts, and what must not change it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from clustergan_core.nn.back_projection import Descent, back_project, descend

N_LATENT, N_FEATURES, N_SAMPLES = 3, 8, 20


def linear(seed: int = 0) -> tuple[Tensor, Tensor]:
    """A map (N_LATENT, N_FEATURES) in float64, and samples (N_SAMPLES, N_FEATURES) near its range."""
    random = torch.Generator().manual_seed(seed)
    weight = torch.randn(N_LATENT, N_FEATURES, generator=random, dtype=torch.float64)
    latents = torch.randn(N_SAMPLES, N_LATENT, generator=random, dtype=torch.float64)
    noise = 0.1 * torch.randn(N_SAMPLES, N_FEATURES, generator=random, dtype=torch.float64)
    return weight, latents @ weight + noise


def squared_error(generated: Tensor, sample: Tensor) -> Tensor:
    return (generated - sample).square().sum(dim=-1)


def test_a_linear_generator_with_squared_loss_has_the_ridge_solution() -> None:
    weight, samples = linear()
    starts = torch.zeros(1, N_LATENT, dtype=torch.float64)
    descent = Descent(n_iterations=400, penalty_weight=6.0, learning_rate=0.03)
    found = back_project(lambda z: z @ weight, samples, starts, descent, squared_error)
    # ‖Wᵀz − x‖² + λ·mean(z²) is ridge regression with λ/d.
    w = weight.numpy()
    expected = np.linalg.solve(w @ w.T + 6.0 / N_LATENT * np.eye(N_LATENT), w @ samples.numpy().T).T
    assert np.allclose(found.best_latents.numpy(), expected, atol=1e-3)


def test_the_best_loss_never_rises_and_is_that_of_the_best_latents() -> None:
    weight, samples = linear()
    starts = torch.eye(2, N_LATENT, dtype=torch.float64)
    steps = list(descend(lambda z: torch.sin(z @ weight), samples, starts, Descent(50, learning_rate=0.3)))
    losses = torch.stack([step.losses for step in steps])
    assert len(steps) == 51
    assert bool((losses.diff(dim=0) <= 0).all())
    assert float(losses[-1].mean()) < float(losses[0].mean())
    last = steps[-1]
    again = (torch.sin(last.latents @ weight) - samples[:, None]).abs().mean(-1)
    again = again + 10 * last.latents.square().mean(-1)
    assert torch.allclose(last.losses, again)


def test_a_sample_is_decoded_alone_as_in_a_batch() -> None:
    weight, samples = linear()
    starts = torch.eye(N_LATENT, dtype=torch.float64)
    together = back_project(lambda z: torch.tanh(z @ weight), samples, starts, Descent(40))
    for number in (0, 7, 19):
        alone = back_project(lambda z: torch.tanh(z @ weight), samples[number : number + 1], starts, Descent(40))
        assert torch.allclose(alone.latents[0], together.latents[number], atol=1e-9)
        assert alone.winner[0] == together.winner[number]


def test_the_descent_is_adam_s() -> None:
    weight, samples = linear()
    start = torch.full((1, N_LATENT), 0.5, dtype=torch.float64)
    descent = Descent(n_iterations=7, penalty_weight=0.0, learning_rate=0.02)
    found = back_project(lambda z: z @ weight, samples[:1], start, descent)
    # Kingma and Ba, arXiv 1412.6980, algorithm 1, on mean |Wᵀz − x|.
    w, x, z = weight.numpy(), samples[0].numpy(), start[0].numpy().copy()
    first = second = np.zeros(N_LATENT)
    for step in range(1, 8):
        gradient = w @ np.sign(z @ w - x) / N_FEATURES
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        z -= 0.02 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    assert np.allclose(found.best_latents[0].numpy(), z)


def test_fixed_entries_stay_and_free_ones_keep_their_bounds() -> None:
    weight, samples = linear()
    starts = torch.tensor([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]], dtype=torch.float64)
    descent = Descent(200, penalty_weight=0.0, n_free=2, lowest=-0.6, highest=0.6)
    found = back_project(lambda z: z @ weight, 5 * samples, starts, descent)
    assert torch.equal(found.latents[..., 2], starts[:, 2].expand(N_SAMPLES, 2))
    assert float(found.latents[..., :2].abs().max()) == pytest.approx(0.6)


def test_the_restart_of_the_right_code_wins_and_says_by_how_much() -> None:
    weight, _ = linear()
    codes = torch.eye(N_LATENT, dtype=torch.float64)
    starts = torch.cat([torch.zeros(N_LATENT, 1, dtype=torch.float64), codes], dim=1)
    samples = codes @ weight + 0.05

    def generator(z: Tensor) -> Tensor:
        return z[:, 1:] @ weight + 0.01 * z[:, :1]

    found = back_project(generator, samples, starts, Descent(20, n_free=1))
    assert found.winner.tolist() == [0, 1, 2]
    best, second = found.losses.sort(dim=1).values[:, :2].unbind(dim=1)
    assert torch.allclose(found.margin, second / best - 1)
    assert bool((found.margin > 1).all())


def test_gradients_are_off_again_for_the_caller() -> None:
    weight, samples = linear()
    starts = torch.zeros(1, N_LATENT, dtype=torch.float64)
    with torch.no_grad():
        for step in descend(lambda z: z @ weight, samples, starts, Descent(2)):
            assert not torch.is_grad_enabled()
            assert not step.latents.requires_grad
