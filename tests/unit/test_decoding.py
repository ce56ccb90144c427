"""Algorithm 1 through a method's own generator."""

from typing import Any

import numpy as np
import pytest
import torch

from clustergan_core.data.registry import load_dataset
from clustergan_core.decoding import decode_samples, generate_decoded, read_clusters
from clustergan_core.errors import RunError
from clustergan_core.method import Method
from clustergan_core.methods import METHODS, build_method
from clustergan_core.nn.back_projection import BackProjection, Descent, back_project, descent_for, draw_starts
from clustergan_core.nn.prior import Latent, Prior
from clustergan_core.runs.store import find_run

SAMPLES = np.random.default_rng(2).random((3, 16), dtype=np.float32)
SMALL: dict[str, Any] = {"n_clusters": 4, "n_normal": 3, "width": 0.1, "n_iterations": 3}


def build(name: str, **settings: Any) -> Method:
    """An untrained method on tables of 16 columns."""
    fields = METHODS[name].Settings
    small = {field: value for field, value in SMALL.items() if field in fields.model_fields}
    chosen = fields.model_validate(small | settings)
    return build_method(name, chosen, "table", (16,), 0, torch.device("cpu")).eval().requires_grad_(False)


def decode(method: Method, samples: np.ndarray, n_iterations: int) -> BackProjection:
    *_, last = decode_samples(method, samples, n_iterations)
    return last


@pytest.mark.parametrize("name", METHODS)
def test_a_generator_is_descended_through_and_a_method_without_one_says_so(name: str) -> None:
    method = build(name)
    if not method.generates:
        with pytest.raises(RunError, match="has no generator"):
            next(decode_samples(method, SAMPLES))
        return
    latent = method.prior.sample(2, torch.Generator().manual_seed(0), torch.device("cpu"))
    noise = latent.normal.requires_grad_()
    assert method.generate(Latent(noise, latent.cluster)).requires_grad, "no gradient reaches the noise"
    decoded = decode(method, SAMPLES, 2)
    n_modes = method.prior.n_clusters
    assert decoded.latents.shape == (3, 4, method.prior.n_normal + n_modes)
    if n_modes:
        assert torch.equal(decoded.latents[0, :, -n_modes:], torch.eye(n_modes)), "restart k keeps mode k"


def test_the_latents_are_those_of_back_projection_by_the_authors_constants() -> None:
    method = build("clustergan")
    authors = Descent(30, learning_rate=0.01, penalty_weight=10, n_free=3, lowest=-0.6, highest=0.6)
    generate = lambda z: method.generate(Latent(z[:, :3], z[:, 3:]))  # noqa: E731
    direct = back_project(generate, torch.from_numpy(SAMPLES), draw_starts(method.prior, 4), authors)
    decoded = decode(method, SAMPLES, 30)
    torch.testing.assert_close(decoded.latents, direct.latents, rtol=0, atol=1e-5)
    torch.testing.assert_close(decoded.losses, direct.losses)


def test_a_back_projecting_method_decodes_as_it_reads() -> None:
    method = build("wgan-gp", reading="back-projection", n_iterations=12)
    read = method.encode(torch.from_numpy(SAMPLES))
    decoded = decode(method, SAMPLES, 12)
    assert torch.equal(decoded.best_latents[:, : method.prior.n_normal], read.normal)
    answers = read_clusters(method, SAMPLES)
    assert answers is not None
    assert decoded.winner.tolist() == answers[0].tolist()


def test_a_prior_without_modes_descends_from_different_draws() -> None:
    method = build("wgan-gp", prior="normal", reading="back-projection")
    decoded = decode(method, SAMPLES, 1)
    assert decoded.latents.shape == (3, 4, 7)  # n_normal + K noise dimensions
    assert len(torch.unique(decoded.latents[0], dim=0)) == 4


def test_the_descent_has_the_scale_of_the_prior() -> None:
    small, large = (descent_for(Prior(3, 4, sigma)) for sigma in (0.1, 1.0))
    assert (small.learning_rate, small.penalty_weight, small.highest) == pytest.approx((0.01, 10, 0.6))
    # A penalty on z / σ and steps of z / σ are the same in both.
    assert large.learning_rate == pytest.approx(10 * small.learning_rate)
    assert large.penalty_weight == pytest.approx(small.penalty_weight / 100)
    uniform = descent_for(Prior(3, 0, 1.0, "uniform"))
    assert (uniform.penalty_weight, uniform.lowest, uniform.highest) == (0, -1, 1)


def test_a_generated_digit_is_decoded_to_its_own_mode() -> None:
    method = find_run("digits-clustergan").load()
    latent = method.prior.sample(10, torch.Generator().manual_seed(1), torch.device("cpu"), torch.arange(10))
    samples = method.generate(latent).numpy()
    decoded = decode(method, samples, 200)
    assert decoded.winner.tolist() == list(range(10))
    nearest = generate_decoded(method, decoded.best_latents)
    assert np.abs(nearest - samples).mean() < 0.05 < np.abs(samples - samples.mean(axis=0)).mean()


def test_algorithm_1_and_the_encoder_mostly_agree_on_real_digits() -> None:
    dataset = load_dataset("digits")
    method = find_run("digits-clustergan").load()
    samples = dataset.samples[dataset.splits.test[:40]]
    answers = read_clusters(method, samples)
    assert answers is not None
    agreement = (decode(method, samples, 100).winner.numpy() == answers[0]).mean()
    assert agreement >= 0.8


def test_without_a_penalty_the_loss_is_the_distance_to_the_sample_alone() -> None:
    method = build("clustergan")
    *_, last = decode_samples(method, SAMPLES, 3, penalty_weight=0.0)
    copies = np.stack([generate_decoded(method, latents) for latents in last.latents])  # (3, 4, 16)
    assert np.allclose(last.losses.numpy(), np.abs(copies - SAMPLES[:, None]).mean(axis=2), atol=1e-6)
