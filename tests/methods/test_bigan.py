"""BiGAN and ALI: their losses in NumPy, steps from the same weights, and an encoder that inverts the generator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from clustergan_core.method import Batch
from clustergan_core.methods.bigan import BiGAN, BiGANSettings
from tests.methods.gaussians import CPU, accuracy_of, separated_gaussians, trained_on
from tests.methods.moved_parameters import moved_by
from tests.methods.numpy_networks import BATCH, N_FEATURES, N_NORMAL, PLAIN, array, forward, softplus

pytestmark = pytest.mark.usefixtures("one_thread")

VARIANTS: dict[str, dict[str, Any]] = {
    "bigan": {"encoder": "deterministic", "noise": "uniform"},
    "ali": {"encoder": "gaussian", "noise": "normal"},
}
every_variant = pytest.mark.parametrize("variant", VARIANTS)


def small(**settings: Any) -> BiGAN:
    torch.manual_seed(0)
    return BiGAN(BiGANSettings.model_validate(PLAIN | settings), "expression", (N_FEATURES,))


@every_variant
def test_the_losses_are_those_of_the_paper_and_of_opposite_scores(variant: str) -> None:
    method = small(**VARIANTS[variant])
    random = torch.Generator().manual_seed(1)
    real, noise = torch.rand(BATCH, N_FEATURES), torch.randn(BATCH, N_NORMAL, generator=random)
    latent = method.prior.sample(BATCH, random, CPU)
    encoded = forward(method.encoder, array(real))
    if variant == "ali":
        encoded = encoded[:, :N_NORMAL] + np.exp(encoded[:, N_NORMAL:]) * array(noise)
    of_real = forward(method.critic, np.concatenate([array(real), encoded], axis=1))
    fake = forward(method.generator, array(latent.normal))
    of_fake = forward(method.critic, np.concatenate([fake, array(latent.normal)], axis=1))
    expected = {
        "critic": softplus(-of_real).mean() + softplus(of_fake).mean(),
        "generator_encoder": softplus(of_real).mean() + softplus(-of_fake).mean(),
    }
    losses = {name: float(loss.detach()) for name, loss in method.losses(real, latent, noise).items()}
    assert losses == pytest.approx(expected, rel=1e-4)
    with torch.no_grad():
        for parameter in list(method.critic.head.parameters())[-2:]:
            parameter.neg_()
    opposite = method.losses(real, latent, noise)
    assert float(opposite["critic"].detach()) == pytest.approx(losses["generator_encoder"], rel=1e-5)


def test_each_player_moves_only_its_own_parameters() -> None:
    method, samples = small(), torch.rand(BATCH, N_FEATURES)
    method.prepare(samples, torch.Generator().manual_seed(0))
    batches = [Batch(samples, torch.arange(BATCH))]
    assert moved_by(method, "critic", batches) == {"critic"}
    assert moved_by(method, "player", batches) == {"generator", "encoder"}


def test_both_players_step_from_the_same_weights() -> None:
    """Whether the discriminator moves in a step makes no difference for where the others move in it."""
    samples = torch.rand(BATCH, N_FEATURES)
    method, still = small(), small()
    for player in (method, still):
        player.prepare(samples, torch.Generator().manual_seed(0))
    still.critic_optimizer.param_groups[0]["lr"] = 0.0
    for player in (method, still):
        player.train_step([Batch(samples, torch.arange(BATCH))])
    for name in ("generator", "encoder"):
        found, expected = getattr(method, name).state_dict(), getattr(still, name).state_dict()
        assert all(torch.equal(value, expected[key]) for key, value in found.items())


@every_variant
def test_reading_is_deterministic_and_decoding_inverts_what_it_says(variant: str) -> None:
    method, samples = small(**VARIANTS[variant]), torch.rand(BATCH, N_FEATURES)
    first, second = method.encode_all(samples).normal, method.encode_all(samples).normal
    assert torch.equal(first, second)
    assert np.allclose(array(first), forward(method.encoder, array(samples))[:, :N_NORMAL], atol=1e-5)


def test_in_one_linear_dimension_the_encoder_becomes_the_inverse_of_the_generator() -> None:
    """x ~ N(1, 0.5²) and G(z) = 0.5 z + 1 generates it: E(x) = c x + d begins as the identity and must end as G⁻¹."""
    torch.manual_seed(0)
    chosen = PLAIN | {"n_normal": 1, "noise": "normal", "learning_rate": 1e-2}
    method = BiGAN(BiGANSettings.model_validate(chosen), "expression", (1,))
    method.generator, method.encoder = nn.Sequential(nn.Linear(1, 1)), nn.Sequential(nn.Linear(1, 1))
    with torch.no_grad():
        for parameter, value in zip(method.parameters(), (0.5, 1.0, 1.0, 0.0), strict=False):
            parameter.fill_(value)
    method.generator.requires_grad_(False)
    random = torch.Generator().manual_seed(0)
    samples = 1 + 0.5 * torch.randn(1000, 1, generator=random)
    method.prepare(samples, random)
    method.players = list(method.encoder.parameters())
    ends = []
    for step in range(500):
        indices = torch.randint(1000, (128,), generator=random)
        method.train_step([Batch(samples[indices], indices)])
        if step >= 200:  # the game circles its equilibrium
            ends.append([float(value.detach()) for value in method.encoder.parameters()])
    c, d = np.mean(ends, axis=0)
    assert c == pytest.approx(2, abs=0.4)
    assert c * 1 + d == pytest.approx(0, abs=0.15)


def test_separated_gaussians_are_told_apart() -> None:
    dataset = separated_gaussians()
    method = trained_on(dataset, "bigan", 300, width=0.5)
    assert accuracy_of(method, dataset) >= 0.99
