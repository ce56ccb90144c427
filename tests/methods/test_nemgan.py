"""NEMGAN: its prior's masses, its losses in NumPy, its players, and masses that follow a few labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from clustergan_core.errors import SettingsError
from clustergan_core.method import Batch, LabelledSubset
from clustergan_core.methods import parse_settings
from clustergan_core.methods.nemgan import NEMGAN, LabelledNEMGAN, LabelledNEMGANSettings, NEMGANSettings
from tests.methods.gaussians import CPU, accuracy_of, separated_gaussians, trained_on
from tests.methods.moved_parameters import moved_by
from tests.methods.numpy_networks import (
    BATCH,
    N_CLUSTERS,
    N_FEATURES,
    PLAIN,
    array,
    cross_entropy,
    forward,
)

pytestmark = pytest.mark.usefixtures("one_thread")

MASSES = "4 3 2 1"


def small(**settings: Any) -> NEMGAN:
    torch.manual_seed(0)
    return NEMGAN(NEMGANSettings.model_validate(PLAIN | {"n_normal": 6} | settings), "expression", (N_FEATURES,))


def small_labelled(**settings: Any) -> LabelledNEMGAN:
    torch.manual_seed(0)
    chosen = PLAIN | {"n_normal": 6, "n_labelled": BATCH} | settings
    return LabelledNEMGAN(LabelledNEMGANSettings.model_validate(chosen), "expression", (N_FEATURES,))


# --- the prior ------------------------------------------------------------------------------------------------------


def test_modes_are_drawn_with_the_given_masses() -> None:
    method = small(masses=MASSES)
    method.prepare(torch.rand(BATCH, N_FEATURES), torch.Generator().manual_seed(0))
    counts = method._draw(4_000).cluster.sum(dim=0).numpy()
    assert chisquare(counts, 4_000 * np.array([0.4, 0.3, 0.2, 0.1])).pvalue > 0.01


def test_modes_are_drawn_with_the_softmax_of_alpha_once_masses_are_learned() -> None:
    method = small_labelled(mass_rate=0.3)
    samples = torch.rand(40, N_FEATURES)
    method.prepare(samples, torch.Generator().manual_seed(0))
    method.begin_step(20, 20)
    for _ in range(3):
        method.train_step([Batch(samples, torch.arange(40))])
    shares = np.exp(array(method.alpha)) / np.exp(array(method.alpha)).sum()
    assert np.ptp(shares) > 0.1
    counts = method._draw(4_000).cluster.sum(dim=0).numpy()
    assert chisquare(counts, 4_000 * shares).pvalue > 0.01


def test_latents_are_uniform_around_unit_vectors_in_the_last_places() -> None:
    method = small(spread=0.2)
    latent = method.prior.sample(500, torch.Generator().manual_seed(0), CPU)
    z = method._latents(latent).numpy()
    noise = z - np.pad(latent.cluster.numpy(), ((0, 0), (2, 0)))
    assert z.shape == (500, 6)
    assert -0.2 <= noise.min() < -0.19 < 0.19 < noise.max() <= 0.2
    assert np.array_equal(z[:, 2:].argmax(axis=1), latent.cluster.argmax(dim=1).numpy())


@pytest.mark.parametrize("masses", ["0.5 0.5", "a b c d", "1 2 3 -4", "1 2 3 inf"])
def test_masses_that_do_not_fit_are_named_with_the_remedy(masses: str) -> None:
    with pytest.raises(SettingsError, match=f"Setting masses={masses} is not possible: it must be 4 positive numbers"):
        parse_settings("nemgan", {"n_clusters": 4, "masses": masses})


# --- the game -------------------------------------------------------------------------------------------------------


def test_the_losses_are_those_of_the_paper() -> None:
    method = small()
    latent = method.prior.sample(BATCH, torch.Generator().manual_seed(1), CPU)
    z = array(latent.normal) + np.pad(array(latent.cluster), ((0, 0), (2, 0)))
    fake = forward(method.generator, z)
    recovered = forward(method.encoder, fake)
    expected = {
        "generator": -forward(method.critic, fake).mean(),
        "latent_recovery": np.mean((z - recovered[:, :6]) ** 2),
        "cluster_recovery": cross_entropy(array(latent.cluster), recovered[:, 6:]),
    }
    losses = {name: float(loss.detach()) for name, loss in method.generator_encoder_losses(latent).items()}
    assert losses == pytest.approx(expected, rel=1e-4)


def test_each_player_moves_only_its_own_parameters() -> None:
    method, samples = small(), torch.rand(BATCH, N_FEATURES)
    method.prepare(samples, torch.Generator().manual_seed(0))
    batches = [Batch(samples, torch.arange(BATCH))] * method.settings.n_critic_steps
    for player in ("critic", "generator", "encoder"):
        assert moved_by(method, player, batches) == {player}


def test_the_masses_are_moved_by_their_own_optimizer() -> None:
    method, samples = small_labelled(), torch.rand(BATCH, N_FEATURES)
    method.prepare(samples, torch.Generator().manual_seed(0))
    method.begin_step(10, 10)
    assert moved_by(method, "masses", [Batch(samples, torch.arange(BATCH))]) == {"alpha"}


def test_decoding_puts_the_recovered_latent_together_again() -> None:
    method, samples = small(), torch.rand(BATCH, N_FEATURES)
    recovered = forward(method.encoder, array(samples))[:, :6]
    decoded = method.decode(method.encode_all(samples))
    assert decoded is not None
    assert np.allclose(array(decoded), forward(method.generator, recovered), atol=1e-5)


def test_separated_gaussians_are_told_apart() -> None:
    dataset = separated_gaussians()
    method = trained_on(dataset, "nemgan", 400, critic_norm="none", width=0.5, n_critic_steps=2)
    assert accuracy_of(method, dataset) >= 0.99


# --- learned masses -------------------------------------------------------------------------------------------------


def test_with_the_inverter_frozen_the_masses_become_its_mean() -> None:
    method = small_labelled(mass_rate=0.1)
    samples = torch.rand(60, N_FEATURES)
    method.prepare(samples, torch.Generator().manual_seed(0))
    with torch.no_grad():
        next(method.encoder.parameters()).mul_(5)  # unequal shares
    expected = np.exp(forward(method.encoder, array(samples))[:, 6:])
    expected = (expected / expected.sum(axis=1, keepdims=True)).mean(axis=0)
    for _ in range(300):
        loss = method.mass_loss(samples)
        loss.backward()
        gradient = array(method.alpha.grad)  # pyright: ignore[reportArgumentType]
        shares = np.exp(array(method.alpha)) / np.exp(array(method.alpha)).sum()
        assert np.allclose(gradient, shares - expected, atol=1e-5)
        method.mass_optimizer.step()
        method.mass_optimizer.zero_grad()
    assert np.ptp(expected) > 0.02
    assert np.allclose(array(method.alpha.softmax(dim=0)), expected, atol=1e-3)


def test_every_label_is_drawn_equally_often() -> None:
    method, samples = small_labelled(), torch.rand(50, N_FEATURES)
    labels = torch.tensor([0] * 40 + [1] * 6 + [2] * 3 + [3])
    random = torch.Generator().manual_seed(0)
    method.prepare(samples, random, LabelledSubset(torch.arange(50), labels))
    drawn = torch.bincount(labels[torch.multinomial(method.draw_weights, 4_000, True, generator=random)])
    assert chisquare(drawn.numpy()).pvalue > 0.01


def test_more_labels_than_clusters_are_an_error_with_the_remedy() -> None:
    method = small_labelled()
    labelled = LabelledSubset(torch.arange(5), torch.arange(5))
    with pytest.raises(SettingsError, match=f"5 labels, but n_clusters is {N_CLUSTERS}: set it to at least 5"):
        method.prepare(torch.rand(8, N_FEATURES), torch.Generator(), labelled)


def test_masses_are_learned_from_a_few_labels_whose_numbers_the_modes_take() -> None:
    masses = (0.45, 0.3, 0.15, 0.1)
    dataset = separated_gaussians(masses=masses)
    settings = {"critic_norm": "none", "width": 0.5, "n_labelled": 40, "mass_rate": 0.03}
    method = trained_on(dataset, "nemgan-labelled", 400, **settings)
    assert accuracy_of(method, dataset) >= 0.99
    assert method.mode_weights is not None and dataset.labels is not None
    truth = np.bincount(dataset.labels[dataset.splits.train]) / len(dataset.splits.train)
    assert np.allclose(method.mode_weights.shares.numpy(), truth, atol=0.03)
    clusters, _ = method.assign_all(torch.from_numpy(dataset.samples[dataset.splits.test]))
    assert (clusters.numpy() == dataset.labels[dataset.splits.test]).mean() >= 0.99
