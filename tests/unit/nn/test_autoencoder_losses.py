"""The losses of VAE, VaDE, DEC and DCN against closed forms, NumPy and torch.distributions."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.distributions import Categorical, Independent, MixtureSameFamily, MultivariateNormal, Normal, kl_divergence

from clustergan_core.methods.dcn.method import FIRST_COUNT, Centres
from clustergan_core.methods.vade import VaDE, VaDESettings
from clustergan_core.methods.vae_gmm import VAEGMM, VAEGMMSettings
from clustergan_core.nn.losses import (
    centre_distance,
    gaussian_divergence,
    mixture_divergence,
    sharpened_target,
    student_assignment,
    target_divergence,
)

N_DRAWS = 20_000


def random_of(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# --- VAE ------------------------------------------------------------------------------------------------------------


def test_the_divergence_of_a_vae_is_that_of_torch_distributions() -> None:
    mean, scale = random_of(7, 3), random_of(7, 3, seed=1).exp()
    expected = kl_divergence(Independent(Normal(mean, scale), 1), Independent(Normal(0 * mean, 1.0), 1))
    assert torch.allclose(gaussian_divergence(mean, scale), expected)


class _Constant(nn.Module):
    """An encoder that gives the same outputs for every sample."""

    def __init__(self, outputs: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("outputs", outputs)

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        return self.get_buffer("outputs").expand(len(samples), -1)


@pytest.mark.parametrize("is_exact", [True, False])
def test_the_bound_of_a_linear_vae_reaches_the_likelihood_at_the_exact_posterior_alone(is_exact: bool) -> None:
    """x = W z + s ε is N(0, W Wᵀ + s² I); with orthogonal columns the posterior is a diagonal normal."""
    s = 0.5
    W = torch.linalg.qr(random_of(5, 2))[0] * torch.tensor([2.0, 0.7])  # noqa: N806
    x = random_of(5, seed=3)
    variance = 1 / (1 + W.square().sum(dim=0) / s**2)
    mean = variance * (W.T @ x) / s**2
    scale = variance.sqrt() * (1.0 if is_exact else 1.5)
    settings = VAEGMMSettings.model_validate({"n_clusters": 2, "n_normal": 2, "noise_scale": s, "width": 0.1})
    method = VAEGMM(settings, "expression", (5,)).double()
    raw = (scale - 1e-4).expm1().log()  # the inverse of softplus
    decoder = nn.Linear(2, 5, bias=False).double()
    decoder.load_state_dict({"weight": W})
    method.encoder, method.decoder = _Constant(torch.cat([mean, raw])[None]), nn.Sequential(decoder)
    with torch.no_grad():
        losses = method.losses(x.expand(N_DRAWS, -1), random_of(N_DRAWS, 2, seed=5))
    bound = -float(losses["reconstruction"] + losses["divergence"]) - 2.5 * math.log(2 * math.pi * s**2)
    exact = float(MultivariateNormal(torch.zeros(5).double(), W @ W.T + s**2 * torch.eye(5)).log_prob(x))
    if is_exact:
        assert bound == pytest.approx(exact, abs=0.03)
    else:
        assert bound < exact - 0.2


# --- VaDE -----------------------------------------------------------------------------------------------------------


def test_one_standard_component_makes_the_divergence_that_of_the_vae() -> None:
    mean, log_variance = random_of(6, 4), random_of(6, 4, seed=1)
    nothing = torch.zeros(1, 4, dtype=torch.float64)
    found = mixture_divergence(mean, log_variance, torch.zeros(6, 1), torch.zeros(1), nothing, nothing)
    assert torch.allclose(found, gaussian_divergence(mean, (0.5 * log_variance).exp()))


def test_the_divergence_of_a_mixture_is_the_sum_of_its_components() -> None:
    """KL(q(c) ‖ π) + Σ γ_c KL(q(z) ‖ N_c), each by torch.distributions."""
    mean, log_variance = random_of(6, 4), random_of(6, 4, seed=1)
    means, log_variances = random_of(3, 4, seed=2), random_of(3, 4, seed=3)
    log_gamma, log_masses = random_of(6, 3, seed=4).log_softmax(1), random_of(3, seed=5).log_softmax(0)
    posterior = Independent(Normal(mean, (0.5 * log_variance).exp()), 1)
    expected = kl_divergence(Categorical(logits=log_gamma), Categorical(logits=log_masses.expand(6, 3)))
    for component in range(3):
        centre, scale = means[component].expand(6, 4), (0.5 * log_variances[component]).exp()
        within = kl_divergence(posterior, Independent(Normal(centre, scale), 1))
        expected = expected + log_gamma[:, component].exp() * within
    found = mixture_divergence(mean, log_variance, log_gamma, log_masses, means, log_variances)
    assert torch.allclose(found, expected)


def test_the_bound_of_vade_with_a_linear_decoder_stays_below_the_likelihood() -> None:
    """x = W z + ε with z from the mixture is a mixture of N(W μ_c, W diag σ_c² Wᵀ + I)."""
    settings = VaDESettings.model_validate({"n_clusters": 3, "n_normal": 2, "width": 0.05})
    torch.manual_seed(0)
    method = VaDE(settings, "expression", (5,)).double()
    W = random_of(5, 2)  # noqa: N806
    decoder = nn.Linear(2, 5, bias=False).double()
    decoder.load_state_dict({"weight": W})
    method.autoencoder.mirror = nn.Sequential(decoder)
    mixture = method.mixture
    with torch.no_grad():
        mixture.logits.copy_(random_of(3, seed=1))
        mixture.means.copy_(2 * random_of(3, 2, seed=2))
        mixture.log_variances.copy_(random_of(3, 2, seed=3))
    x = random_of(4, 5, seed=4)
    covariances = W @ torch.diag_embed(mixture.log_variances.detach().exp()) @ W.T + torch.eye(5).double()
    components = MultivariateNormal(mixture.means.detach() @ W.T, covariances)
    exact = MixtureSameFamily(Categorical(logits=mixture.logits.detach()), components).log_prob(x)
    for row in range(4):
        with torch.no_grad():
            losses = method.losses(x[row].expand(4000, -1), random_of(4000, 2, seed=5))
        bound = -float(losses["reconstruction"] + losses["divergence"]) - 2.5 * math.log(2 * math.pi)
        assert bound < float(exact[row])
        assert math.isfinite(bound)


# --- DEC ------------------------------------------------------------------------------------------------------------


def test_assignments_and_targets_are_those_of_the_paper() -> None:
    points, centres = random_of(9, 2), random_of(3, 2, seed=1)
    kernel = np.array([[1 / (1 + np.sum((z - m) ** 2)) for m in centres.numpy()] for z in points.numpy()])
    q = kernel / kernel.sum(axis=1, keepdims=True)
    weight = q**2 / q.sum(axis=0)
    p = weight / weight.sum(axis=1, keepdims=True)
    assignment = student_assignment(points, centres)
    target = sharpened_target(assignment, assignment.sum(dim=0))
    np.testing.assert_allclose(assignment.numpy(), q, rtol=1e-12)
    np.testing.assert_allclose(target.numpy(), p, rtol=1e-12)
    expected = np.sum(p * np.log(p / q)) / len(p)
    assert float(target_divergence(target, assignment)) == pytest.approx(expected, rel=1e-10)


def test_the_gradients_of_dec_are_the_papers_closed_forms() -> None:
    """∂KL/∂z_i = 2 Σ_j (1 + ‖z_i − μ_j‖²)⁻¹ (p_ij − q_ij)(z_i − μ_j); for μ_j minus its sum over i (eq. 4, 5)."""
    points, centres = random_of(8, 3).requires_grad_(), random_of(4, 3, seed=1).requires_grad_()
    assignment = student_assignment(points, centres)
    target = sharpened_target(assignment, assignment.sum(dim=0)).detach()
    (target_divergence(target, assignment) * len(points)).backward()
    offsets = (points[:, None] - centres).detach()
    factors = 2 / (1 + offsets.square().sum(dim=2)) * (target - assignment.detach())
    assert points.grad is not None and centres.grad is not None
    assert torch.allclose(points.grad, (factors[:, :, None] * offsets).sum(dim=1))
    assert torch.allclose(centres.grad, -(factors[:, :, None] * offsets).sum(dim=0))


# --- DCN ------------------------------------------------------------------------------------------------------------


def test_centres_follow_their_members_as_if_one_came_after_another() -> None:
    """The authors' n ← n + 1, m ← (1 − 1/n) m + f/n, one sample at a time, with assignments made before."""
    points = random_of(40, 2).float()
    clusters = Centres(3, 2)
    clusters.start_from(torch.tensor([[-1.0, 0.0], [1.0, 0.0], [0.0, 2.0]]))
    centres, counts = clusters.centres.numpy().copy(), np.full(3, FIRST_COUNT)
    nearest = np.argmin(((points.numpy()[:, None] - centres) ** 2).sum(axis=2), axis=1)
    for point, cluster in zip(points.numpy(), nearest, strict=True):
        counts[cluster] += 1
        centres[cluster] = (1 - 1 / counts[cluster]) * centres[cluster] + point / counts[cluster]
    clusters.follow(points)
    np.testing.assert_allclose(clusters.centres.numpy(), centres, atol=1e-6)
    np.testing.assert_allclose(clusters.counts.numpy(), counts)


def test_the_distance_to_a_centre_is_half_its_square() -> None:
    points, centres, cluster = random_of(5, 2), random_of(3, 2, seed=1), torch.tensor([0, 2, 1, 1, 0])
    expected = 0.5 * np.mean(np.sum((points.numpy() - centres.numpy()[cluster.numpy()]) ** 2, axis=1))
    assert float(centre_distance(points, centres, cluster)) == pytest.approx(expected)


def test_an_empty_centre_moves_to_the_farthest_sample_and_the_others_stay() -> None:
    clusters = Centres(3, 2)
    clusters.start_from(torch.tensor([[0.0, 0.0], [5.0, 0.0], [99.0, 99.0]]))
    clusters.counts.fill_(500.0)
    clusters.revive(torch.tensor([[0.1, 0.0], [5.0, 0.1], [0.0, 3.0], [5.0, 1.0]]))
    assert clusters.centres.tolist() == [[0, 0], [5, 0], [0, 3]]
    assert clusters.counts.tolist() == [500, 500, FIRST_COUNT]
