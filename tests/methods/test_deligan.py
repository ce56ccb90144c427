"""DeLiGAN: its regulariser and losses in NumPy, balanced batches, and a mixture that goes to the modes of the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment
from sklearn.mixture import GaussianMixture
from torch import nn

from clustergan_core.method import Batch
from clustergan_core.methods.deligan import DeLiGAN, DeLiGANFacts, DeLiGANSettings
from clustergan_core.nn.prior import Latent
from tests.methods.gaussians import CPU, accuracy_of, separated_gaussians, trained_on
from tests.methods.moved_parameters import moved_by
from tests.methods.numpy_networks import BATCH, N_CLUSTERS, N_FEATURES, N_NORMAL, PLAIN, array, forward, softplus

pytestmark = pytest.mark.usefixtures("one_thread")


def small(**settings: Any) -> DeLiGAN:
    torch.manual_seed(0)
    return DeLiGAN(DeLiGANSettings.model_validate(PLAIN | {"n_iterations": 5} | settings), "expression", (N_FEATURES,))


def test_the_mixture_begins_as_the_authors() -> None:
    mixture = small(first_sigma=0.02).mixture
    means = array(mixture.means)
    assert np.allclose(array(mixture.sigmas), 0.02)
    assert -1 <= means.min() < 0 < means.max() <= 1


def test_the_losses_are_those_of_the_paper() -> None:
    method = small()
    with torch.no_grad():
        method.mixture.log_sigma_weights.normal_(generator=torch.Generator().manual_seed(2))
    latent = method.prior.sample(BATCH, torch.Generator().manual_seed(1), CPU)
    means, sigmas = array(method.mixture.means), np.exp(array(method.mixture.log_sigma_weights))
    modes = array(latent.cluster).argmax(axis=1)
    fake = forward(method.generator, means[modes] + sigmas[modes] * array(latent.normal))
    scores = forward(method.critic, fake)
    expected = {"generator": softplus(-scores).mean(), "sigma": np.mean((1 - sigmas) ** 2)}
    made = {name: float(loss.detach()) for name, loss in method.generator_losses(latent).items()}
    assert made == pytest.approx(expected, rel=1e-4)
    real = torch.rand(BATCH, N_FEATURES)
    critic = softplus(-forward(method.critic, array(real))).mean() + softplus(scores).mean()
    assert float(method.critic_loss(real, torch.from_numpy(fake).float()).detach()) == pytest.approx(critic, rel=1e-4)


def test_every_component_is_equally_often_in_a_batch() -> None:
    method = small()
    method.prepare(torch.rand(BATCH, N_FEATURES), torch.Generator().manual_seed(0))
    assert method.draw_balanced(3 * N_CLUSTERS).cluster.sum(dim=0).tolist() == [3] * N_CLUSTERS
    counts = torch.stack([method.draw_balanced(N_CLUSTERS + 1).cluster.sum(dim=0) for _ in range(40)])
    assert sorted(set(counts.flatten().tolist())) == [1, 2]
    assert bool((counts.sum(dim=0) > 40).all())  # each is sometimes the one that there are two of


def test_each_player_moves_only_its_own_parameters() -> None:
    method, samples = small(), torch.rand(BATCH, N_FEATURES)
    method.prepare(samples, torch.Generator().manual_seed(0))
    batches = [Batch(samples, torch.arange(BATCH))]
    assert moved_by(method, "critic", batches) == {"critic"}
    assert moved_by(method, "generator", batches) == {"generator", "mixture"}


def test_the_shares_are_those_of_a_diagonal_mixture_in_scikit_learn() -> None:
    mixture = small().mixture
    with torch.no_grad():
        mixture.log_sigma_weights.normal_(generator=torch.Generator().manual_seed(2))
    z = torch.randn(20, N_NORMAL, generator=torch.Generator().manual_seed(3))
    reference = GaussianMixture(N_CLUSTERS, covariance_type="diag")
    reference.weights_, reference.means_ = np.full(N_CLUSTERS, 1 / N_CLUSTERS), array(mixture.means)
    reference.covariances_ = array(mixture.sigmas) ** 2
    reference.precisions_cholesky_ = 1 / array(mixture.sigmas)
    assert np.allclose(array(mixture.posterior(z)), reference.predict_proba(array(z)), atol=1e-5)


def test_a_sample_of_a_component_is_read_as_it_was_made() -> None:
    method = small(n_iterations=200)
    with torch.no_grad():
        next(method.generator.parameters()).mul_(5)
        latent = method.prior.sample(BATCH, torch.Generator().manual_seed(4), CPU)
        samples = method.generate(latent)
    encoding = method.encode_all(samples)
    assert encoding.cluster is not None
    with torch.no_grad():
        again = method.decode(encoding)
    assert again is not None
    assert float((again - samples).abs().mean()) < 0.1 * float((samples - samples.mean(dim=0)).abs().mean())
    z = method.clustering_features(encoding)
    with torch.no_grad():
        assert torch.allclose(method.generator(z), again, atol=1e-5)
    assert torch.allclose(method.encode_all(samples[3:4]).joined()[0], encoding.joined()[3], atol=1e-3)


def test_with_the_identity_for_a_generator_the_means_go_to_the_modes() -> None:
    """The mixture alone is trained, against samples of four corners of a square, from a mean in each quadrant."""
    torch.manual_seed(1)
    settings = PLAIN | {"n_normal": 2, "batch_size": 64, "learning_rate": 5e-3, "width": 0.25, "sigma_weight": 0.0}
    method = DeLiGAN(DeLiGANSettings.model_validate(settings), "expression", (2,))
    method.generator = nn.Sequential(nn.Identity())
    corners = torch.tensor([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    with torch.no_grad():
        method.mixture.mean_weights.copy_(0.3 * corners.flip(0))
    random = torch.Generator().manual_seed(0)
    samples = corners.repeat(100, 1) + 0.2 * torch.randn(400, 2, generator=random)
    method.prepare(samples, random)
    for _ in range(400):
        indices = torch.randint(400, (64,), generator=random)
        method.train_step([Batch(samples[indices], indices)])
    distances = torch.cdist(corners, method.mixture.means.detach()).numpy()
    assert distances[linear_sum_assignment(distances)].max() < 0.2


def test_separated_gaussians_are_told_apart() -> None:
    dataset = separated_gaussians()
    method = trained_on(dataset, "deligan", 400, n_read=40, width=0.5, n_iterations=100)
    assert max(accuracy_of(method, dataset), accuracy_of(method, dataset, "kmeans")) >= 0.99


def test_it_reads_as_many_samples_as_it_is_told() -> None:
    assert DeLiGANFacts.max_read_with(DeLiGANSettings.model_validate({"n_read": 30})) == 30
    latent = Latent(torch.zeros(1, N_NORMAL), torch.full((1, N_CLUSTERS), 1 / N_CLUSTERS))
    assert small().generate(latent).shape == (1, N_FEATURES)
