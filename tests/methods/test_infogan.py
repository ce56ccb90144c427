"""InfoGAN: its losses in NumPy and `torch.distributions`, its players, and clusters that it must find."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, Normal

from clustergan_core.method import Batch
from clustergan_core.methods.infogan import InfoGAN, InfoGANFacts, InfoGANSettings
from clustergan_core.nn.losses import cluster_recovery_loss, unit_gaussian_loss
from tests.methods.gaussians import CPU, accuracy_of, separated_gaussians, trained_on
from tests.methods.moved_parameters import moved_by
from tests.methods.numpy_networks import (
    BATCH,
    N_CLUSTERS,
    N_FEATURES,
    N_NORMAL,
    PLAIN,
    array,
    forward,
    hidden,
    softplus,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def small(**settings: Any) -> InfoGAN:
    torch.manual_seed(0)
    return InfoGAN(InfoGANSettings.model_validate(PLAIN | settings), "expression", (N_FEATURES,))


def test_the_losses_are_those_of_the_authors_code() -> None:
    method = small(n_continuous=2)
    latent = method.prior.sample(BATCH, torch.Generator().manual_seed(1), CPU)
    real = torch.rand(BATCH, N_FEATURES)
    fake = forward(method.generator, array(latent.joined()))
    scores = forward(method.critic, fake)
    features = hidden(method.critic, fake)
    first, first_bias, scale, shift, last, last_bias = [array(weight) for weight in method.head.parameters()]
    between = features @ first.T + first_bias
    between = (between - between.mean(axis=0)) / np.sqrt(between.var(axis=0) + 1e-5) * scale + shift
    outputs = np.where(between > 0, between, 0.2 * between) @ last.T + last_bias
    q = Categorical(logits=torch.from_numpy(outputs[:, :N_CLUSTERS]))
    codes = latent.normal[:, N_NORMAL:].double()
    nll = -Normal(torch.from_numpy(outputs[:, N_CLUSTERS:]), 1.0).log_prob(codes).sum(dim=1).mean()
    recovery = {
        "cluster_recovery": -float(q.log_prob(latent.cluster.argmax(dim=1)).mean()),
        "continuous_recovery": float(nll),
    }
    made = {name: float(loss.detach()) for name, loss in method.generator_losses(latent).items()}
    assert made == pytest.approx({"generator": softplus(-scores).mean(), **recovery}, rel=1e-3)
    read = method.critic_losses(real, torch.from_numpy(fake).float(), latent)
    critic = softplus(-forward(method.critic, array(real))).mean() + softplus(scores).mean()
    assert {name: float(loss.detach()) for name, loss in read.items()} == pytest.approx(
        {"critic": critic, **recovery}, rel=1e-3
    )


def test_the_information_is_at_most_log_k_and_reaches_it_when_q_is_perfect() -> None:
    modes = torch.eye(N_CLUSTERS)
    random = torch.Generator().manual_seed(0)
    for scale in (0.1, 1.0, 10.0):
        logits = scale * torch.randn(N_CLUSTERS, N_CLUSTERS, generator=random)
        assert math.log(N_CLUSTERS) - float(cluster_recovery_loss(modes, logits)) < math.log(N_CLUSTERS)
    assert float(cluster_recovery_loss(modes, 1e3 * modes)) == pytest.approx(0, abs=1e-6)


def test_the_continuous_term_is_pytorchs_gaussian() -> None:
    values, means = torch.randn(BATCH, 2), torch.randn(BATCH, 2)
    expected = -Normal(means, 1.0).log_prob(values).sum(dim=1).mean()
    assert float(unit_gaussian_loss(values, means)) == pytest.approx(float(expected), rel=1e-5)


def test_each_player_moves_only_its_own_parameters() -> None:
    method, samples = small(), torch.rand(BATCH, N_FEATURES)
    method.prepare(samples, torch.Generator().manual_seed(0))
    batches = [Batch(samples, torch.arange(BATCH))]
    assert moved_by(method, "critic", batches) == {"critic", "head"}
    assert moved_by(method, "generator", batches) == {"generator"}


def test_running_statistics_come_from_real_samples() -> None:
    method = small(architecture="mlp-batchnorm")
    real = torch.full((BATCH, N_FEATURES), 0.5) + 0.01 * torch.rand(BATCH, N_FEATURES)
    method.prepare(real, torch.Generator().manual_seed(0))
    method.train()
    first = next(layer for layer in method.critic.body if isinstance(layer, torch.nn.BatchNorm1d))
    inputs = next(layer for layer in method.critic.body if isinstance(layer, torch.nn.Linear))
    expected = 0.1 * inputs(real).mean(dim=0)
    method.train_step([Batch(real, torch.arange(BATCH))])
    assert torch.allclose(first.running_mean, expected, atol=1e-6)  # pyright: ignore[reportArgumentType]


def test_separated_gaussians_are_told_apart() -> None:
    dataset = separated_gaussians()
    settings = {"n_continuous": 0, "noise": "normal", "generator_learning_rate": 1e-3, "width": 0.5}
    method = trained_on(dataset, "infogan", 400, **settings)
    assert accuracy_of(method, dataset) >= 0.99


def test_the_paper_s_preset_is_the_authors_for_images() -> None:
    preset = InfoGANFacts.find_preset("paper", "mnist", "image", (1, 28, 28))
    assert (preset.n_steps, preset.settings) == (5_000, {})
