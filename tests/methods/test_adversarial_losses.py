"""WGAN-GP's setting `adversarial_loss`: the first GAN's two games in the place of the Wasserstein one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from clustergan_core.errors import SettingsError
from clustergan_core.method import Batch
from clustergan_core.methods import parse_settings
from clustergan_core.methods.wgan_gp import WGANGP, WGANGPSettings
from clustergan_core.nn.acceleration import Recording, Step, StepRunner
from tests.methods.gaussians import CPU, accuracy_of, separated_gaussians, trained_on
from tests.methods.moved_parameters import moved_by
from tests.methods.numpy_networks import BATCH, N_FEATURES, PLAIN, Array, array, forward

pytestmark = pytest.mark.usefixtures("one_thread")

# What the generator minimises, by the probability (B,) that the discriminator gives its samples of being real.
OBJECTIVES = {
    "saturating": lambda real: np.log(1 - real).mean(),
    "non-saturating": lambda real: -np.log(real).mean(),
}
every_game = pytest.mark.parametrize("loss", OBJECTIVES)


def small(loss: str, **settings: Any) -> WGANGP:
    torch.manual_seed(0)
    chosen = PLAIN | {"n_critic_steps": 2, "adversarial_loss": loss} | settings
    return WGANGP(WGANGPSettings.model_validate(chosen), "expression", (N_FEATURES,))


def batches(samples: Tensor) -> list[Batch]:
    return [Batch(samples[:BATCH], torch.arange(BATCH))] * 2


def probability(method: WGANGP, samples: Array) -> Array:
    """The discriminator's probability (B,) that samples are real."""
    return 1 / (1 + np.exp(-forward(method.critic, samples)[:, 0]))


@every_game
def test_the_losses_are_those_of_goodfellow_s_algorithm_1(loss: str) -> None:
    method, random = small(loss), torch.Generator().manual_seed(1)
    latent = method.prior.sample(BATCH, random, CPU)
    real, fake = torch.rand(BATCH, N_FEATURES, generator=random), forward(method.generator, array(latent.joined()))
    of_real, of_fake = probability(method, array(real)), probability(method, fake)
    expected = -np.log(of_real).mean() - np.log(1 - of_fake).mean()
    assert float(method.discriminator_loss(real, torch.from_numpy(fake).float()).detach()) == pytest.approx(
        expected, rel=1e-4
    )
    assert float(method.generator_loss(latent).detach()) == pytest.approx(OBJECTIVES[loss](of_fake), rel=1e-4)


def test_the_saturating_loss_has_no_gradient_left_where_generated_samples_are_recognised() -> None:
    lengths = {}
    for loss in OBJECTIVES:
        method = small(loss)
        with torch.no_grad():
            method.critic.last.bias.fill_(-12.0)
        method.generator_loss(method.prior.sample(BATCH, torch.Generator().manual_seed(1), CPU)).backward()
        lengths[loss] = float(torch.cat([weight.grad.flatten() for weight in method.generator.parameters()]).norm())  # pyright: ignore[reportOptionalMemberAccess]
    # d/ds log(1 − σ(s)) = −σ(s) and d/ds (−log σ(s)) = −(1 − σ(s)): at s ≈ −12 their ratio is e⁻¹².
    assert lengths["saturating"] / lengths["non-saturating"] == pytest.approx(np.exp(-12), rel=0.5)


@every_game
def test_a_step_is_the_discriminator_s_updates_and_then_one_of_the_generator(loss: str) -> None:
    method, samples = small(loss), torch.rand(40, N_FEATURES)
    method.prepare(samples, torch.Generator().manual_seed(3))
    order: list[str] = []
    for name, optimizer in method.optimizers().items():
        optimizer.register_step_post_hook(lambda *_, name=name: order.append(name))
    losses = method.train_step(batches(samples))
    assert order == ["critic", "critic", "generator"]
    assert losses.keys() == {"discriminator", "generator"}  # no penalty is taken, so none is reported


@every_game
def test_each_player_moves_only_its_own_parameters(loss: str) -> None:
    method, samples = small(loss), torch.rand(40, N_FEATURES)
    method.prepare(samples, torch.Generator().manual_seed(3))
    for player in ("critic", "generator"):
        assert moved_by(method, player, batches(samples)) == {player}


@every_game
def test_a_normalised_discriminator_takes_its_statistics_from_real_samples(loss: str) -> None:
    method = small(loss, architecture="mlp-batchnorm", n_critic_steps=1)
    real = torch.full((BATCH, N_FEATURES), 0.5) + 0.01 * torch.rand(BATCH, N_FEATURES)
    method.prepare(real, torch.Generator().manual_seed(0))
    norm = next(layer for layer in method.critic.body if isinstance(layer, torch.nn.BatchNorm1d))
    inputs = next(layer for layer in method.critic.body if isinstance(layer, torch.nn.Linear))
    expected = 0.1 * inputs(real).mean(dim=0)
    method.train_step([Batch(real, torch.arange(BATCH))])
    assert torch.allclose(norm.running_mean, expected, atol=1e-6)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@every_game
def test_steps_that_are_recorded_and_repeated_give_the_losses_of_eager_ones(loss: str, precision: str) -> None:
    assert losses_of(loss, precision, record_by_repeating) == losses_of(loss, precision, None)


def losses_of(loss: str, precision: str, record: Any) -> list[dict[str, float]]:
    method, samples = small(loss, precision=precision), torch.rand(40, N_FEATURES, generator=seeded(4))
    random = seeded(5)
    method.prepare(samples, random)
    runner = StepRunner(CPU, random, record)
    found = []
    for _ in range(8):
        losses = runner.run("", lambda: method.train_step(batches(samples)))
        found.append({name: float(value) for name, value in losses.items()})
    assert bool(runner.recordings) == (record is not None)
    return found


def record_by_repeating(step: Step, random: torch.Generator) -> Recording:
    """What a CUDA graph is to its user: nothing happens yet, and each replay fills the same losses anew."""
    losses: dict[str, Tensor] = {}
    return Recording(lambda: losses.update(step()), losses)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_separated_gaussians_are_told_apart_by_a_discriminator_s_features() -> None:
    dataset = separated_gaussians()
    settings = {"adversarial_loss": "non-saturating", "critic_norm": "none", "n_critic_steps": 1, "width": 0.5}
    method = trained_on(dataset, "wgan-gp", 250, **settings)
    assert accuracy_of(method, dataset) > 0.95


def test_an_unknown_loss_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(SettingsError, match=r"hinge.*'wasserstein', 'saturating' or 'non-saturating'"):
        parse_settings("wgan-gp", {"adversarial_loss": "hinge"})
