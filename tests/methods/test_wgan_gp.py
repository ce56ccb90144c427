"""WGAN-GP on each of its priors, in each of its readings."""

from __future__ import annotations

import copy
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch import Tensor

from clustergan_core.errors import RunError
from clustergan_core.generation import generate_modes
from clustergan_core.method import Batch
from clustergan_core.methods.wgan_gp import WGANGP, WGANGPFacts, WGANGPSettings
from clustergan_core.methods.wgan_gp.settings import PriorName
from clustergan_core.scoring.final import score_method
from tests.methods.gaussians import CPU, accuracy_of, separated_gaussians, trained_on

pytestmark = pytest.mark.usefixtures("one_thread")

N_FEATURES, N_NORMAL, N_CLUSTERS, BATCH = 12, 3, 4, 8
every_prior = pytest.mark.parametrize("prior", get_args(PriorName))


@pytest.fixture(scope="module")
def one_hot() -> WGANGP:
    """Trained on separated Gaussians, of which it decodes forty."""
    method = trained_on(
        separated_gaussians(),
        "wgan-gp",
        250,
        reading="back-projection",
        critic_norm="none",
        n_critic_steps=3,
        n_read=40,
    )
    assert isinstance(method, WGANGP)
    return method


def small(**settings: Any) -> WGANGP:
    """Networks without batch normalisation, with two leaky layers each."""
    torch.manual_seed(0)
    chosen = {"n_clusters": N_CLUSTERS, "n_normal": N_NORMAL, "batch_size": BATCH, "width": 0.1, "n_critic_steps": 2}
    chosen |= {"architecture": "mlp", "initialisation": "framework", "n_iterations": 5, **settings}
    return WGANGP(WGANGPSettings.model_validate(chosen), "expression", (N_FEATURES,))


def array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().numpy().astype(np.float64)


def forward(parameters: list[np.ndarray], inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A network of two leaky layers and a linear one in NumPy: its last hidden layer and its output."""
    for weight, bias in zip(parameters[:4:2], parameters[1:4:2], strict=True):
        inputs = inputs @ weight.T + bias
        inputs = np.where(inputs > 0, inputs, 0.2 * inputs)
    return inputs, inputs @ parameters[4].T + parameters[5]


# --- priors ---------------------------------------------------------------------------------------------------------


@every_prior
def test_every_prior_has_as_many_dimensions_and_the_spread_of_the_authors_code(prior: PriorName) -> None:
    method = small(prior=prior)
    latent = method.prior.sample(4_000, torch.Generator().manual_seed(0), CPU)
    values = method._latents(latent).numpy()
    assert values.shape == (4_000, N_NORMAL + N_CLUSTERS)
    codes = latent.cluster.numpy()
    if prior == "normal":
        assert np.std(values) == pytest.approx(0.15, rel=0.03)
    elif prior == "uniform":
        assert -1 <= values.min() < -0.99 < 0.99 < values.max() <= 1
    elif prior == "mixture":  # around the first unit vectors, in all dimensions
        assert np.std(values - np.pad(codes, ((0, 0), (0, N_NORMAL)))) == pytest.approx(0.1, rel=0.03)
    else:
        assert np.array_equal(values[:, N_NORMAL:], codes)
        assert np.std(values[:, :N_NORMAL]) == pytest.approx(0.1, rel=0.03)


@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_a_prior_without_modes_says_so(prior: PriorName) -> None:
    method = small(prior=prior)
    assert not method.has_modes
    with pytest.raises(RunError, match="prior without modes"):
        generate_modes(method, 2)


# --- the game -------------------------------------------------------------------------------------------------------


def test_the_losses_are_those_of_the_paper() -> None:
    method = small()
    latent = method.prior.sample(BATCH, torch.Generator().manual_seed(1), CPU)
    generator = [array(weight) for weight in method.generator.parameters()]
    critic = [array(weight) for weight in method.critic.parameters()]
    fake = forward(generator, array(latent.joined()))[1]
    assert float(method.generator_loss(latent).detach()) == pytest.approx(-forward(critic, fake)[1].mean(), rel=1e-4)


def test_a_step_is_the_critics_updates_and_then_one_of_the_generator() -> None:
    method = small()
    random = torch.Generator().manual_seed(3)
    samples = torch.rand(40, N_FEATURES)
    method.prepare(samples, random)
    order: list[str] = []
    for name, optimizer in method.optimizers().items():
        optimizer.register_step_post_hook(lambda *_, name=name: order.append(name))
    losses = method.train_step([Batch(samples[:BATCH], torch.arange(BATCH))] * 2)
    assert order == ["critic", "critic", "generator"]
    assert losses.keys() == {"critic", "penalty", "generator"}


def test_each_player_moves_only_its_own_parameters() -> None:
    method = small()
    samples = torch.rand(40, N_FEATURES)
    method.prepare(samples, torch.Generator().manual_seed(3))
    batches = [Batch(samples[:BATCH], torch.arange(BATCH))] * 2
    for frozen, moving in (("critic", "generator"), ("generator", "critic")):
        before = copy.deepcopy(method.state_dict())
        rate = method.optimizers()[frozen].param_groups[0]["lr"]
        method.optimizers()[frozen].param_groups[0]["lr"] = 0.0
        method.train_step(batches)
        method.optimizers()[frozen].param_groups[0]["lr"] = rate
        changed = {
            key.split(".")[0] for key, value in method.state_dict().items() if not torch.equal(value, before[key])
        }
        assert changed == {moving}


# --- critic features ------------------------------------------------------------------------------------------------


def test_the_features_are_those_that_the_critic_scores() -> None:
    method = small()
    samples = torch.rand(BATCH, N_FEATURES)
    features = method.encode_all(samples).normal
    last = method.critic.last
    assert torch.allclose(features @ last.weight[0] + last.bias, method.critic(samples), atol=1e-6)
    parameters = [array(weight) for weight in method.critic.parameters()]
    assert np.allclose(features.numpy(), forward(parameters, array(samples))[0], atol=1e-5)


def test_clusters_have_the_numbers_of_the_modes_that_look_like_them(one_hot: WGANGP) -> None:
    settings = one_hot.settings.model_copy(update={"reading": "critic-features"})
    method = WGANGP(settings, "table", one_hot.shape)
    method.load_state_dict(
        {key: value for key, value in one_hot.state_dict().items() if "centres" not in key}, strict=False
    )
    dataset = separated_gaussians()
    method.calibrate(torch.from_numpy(dataset.samples[dataset.splits.train]))
    assert accuracy_of(method, dataset) > 0.95
    samples = torch.from_numpy(generate_modes(method, 8))
    found = method.assign_all(samples.flatten(0, 1))[0].reshape(4, 8)
    assert (found == torch.arange(4)[:, None]).float().mean() > 0.9


# --- back-projection ------------------------------------------------------------------------------------------------


@every_prior
def test_a_sample_is_decoded_alone_as_in_a_batch_and_better_than_from_its_starts(prior: PriorName) -> None:
    method = small(prior=prior, reading="back-projection", n_iterations=60, latent_weight=0.01)
    latent = method.prior.sample(BATCH, torch.Generator().manual_seed(2), CPU)
    with torch.no_grad():
        samples = method.generate(latent)
        at_starts = (method._generate_joined(method.starts)[None] - samples[:, None]).abs().mean(dim=2)
    together = method.encode_all(samples)
    with torch.no_grad():
        again = method.decode(together)
    assert again is not None
    assert float((again - samples).abs().mean()) < 0.7 * float(at_starts.amin(dim=1).mean())
    for number in (0, 5):
        alone = method.encode_all(samples[number : number + 1]).joined()
        assert torch.allclose(alone[0], together.joined()[number], atol=1e-4)
    features = method.clustering_features(together)
    assert features.shape == (BATCH, N_NORMAL + N_CLUSTERS)
    with torch.no_grad():
        assert torch.allclose(method.generator(features), again, atol=1e-5)


@pytest.mark.parametrize("prior", ["one-hot", "mixture"])
def test_the_mode_of_the_best_restart_is_the_cluster(prior: PriorName) -> None:
    method = small(prior=prior, reading="back-projection")
    with torch.no_grad():
        next(method.generator.parameters()).mul_(10)  # modes far from each other
        samples = method._generate_joined(method.starts)
    clusters, confidence = method.assign_all(samples)
    assert torch.equal(clusters, torch.arange(N_CLUSTERS))
    assert bool((confidence > 0.5).all())


def test_modes_of_separated_gaussians_are_found_by_back_projection(one_hot: WGANGP) -> None:
    dataset = separated_gaussians()
    assert score_method(one_hot, dataset, "test")["n"] == 40
    assert accuracy_of(one_hot, dataset) >= 0.99
    assert accuracy_of(one_hot, dataset, "kmeans") >= 0.99


def test_only_back_projection_limits_what_is_read() -> None:
    settings = WGANGPSettings.model_validate({"n_read": 300})
    assert WGANGPFacts.max_read_with(settings) is None
    assert WGANGPFacts.max_read_with(settings.model_copy(update={"reading": "back-projection"})) == 300


def test_the_paper_s_preset_is_the_authors_length() -> None:
    preset = WGANGPFacts.find_preset("paper", "pendigits", "table", (16,))
    assert (preset.n_steps, preset.settings) == (200_000, {"n_normal": 5, "n_iterations": 5_000})
