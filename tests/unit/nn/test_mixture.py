"""Mixtures in a latent space: their probabilities are scikit-learn's, and noise and points are two views of one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.mixture import GaussianMixture

from clustergan_core.errors import SettingsError
from clustergan_core.nn.mixture import LEAST_VARIANCE, FittedMixture, LearnedMixture, Mixture


def draw_points() -> torch.Tensor:
    random = np.random.default_rng(0)
    shapes = random.normal(size=(3, 2, 2))
    means = np.array([[0, 0], [6, 0], [0, 9]])
    groups = np.repeat(np.arange(3), (100, 200, 300))
    noise = random.normal(size=(600, 2))
    return torch.from_numpy(means[groups] + np.einsum("nij,nj->ni", shapes[groups], noise)).float()


def fitted(points: torch.Tensor) -> dict[str, Mixture]:
    full, diagonal = FittedMixture(3, 2), LearnedMixture(3, 2)
    full.fit(points, seed=4)
    diagonal.start_from(points, seed=4)
    return {"full": full, "diag": diagonal}


@pytest.mark.parametrize("covariances", ["full", "diag"])
def test_responsibilities_and_weights_are_those_of_scikit_learn(covariances: str) -> None:
    points = draw_points()
    values = points.double().numpy()
    expected = GaussianMixture(
        3,
        covariance_type=covariances,
        n_init=10,
        max_iter=200,
        random_state=4,
        reg_covar=LEAST_VARIANCE * values.var(axis=0).mean() + 1e-12,
    ).fit(values)
    mixture = fitted(points)[covariances].double()
    found = mixture.responsibilities(points.double()).detach().numpy()
    np.testing.assert_allclose(found, expected.predict_proba(values), atol=1e-4)
    np.testing.assert_allclose(mixture.masses.shares.numpy(), expected.weights_, atol=1e-5)
    likelihood = mixture.log_joint(points.double()).logsumexp(dim=1).mean().item()
    assert likelihood == pytest.approx(expected.score(values), abs=1e-4)


def test_gamma_of_a_learned_mixture_is_scikit_learns_at_any_parameters() -> None:
    random = np.random.default_rng(1)
    means, variances, points = random.normal(size=(4, 3)), random.uniform(0.2, 3, (4, 3)), random.normal(size=(50, 3))
    weights = np.array([0.1, 0.2, 0.3, 0.4])
    mixture = LearnedMixture(4, 3).double()
    with torch.no_grad():
        mixture.logits.copy_(torch.from_numpy(np.log(weights) + 5))  # a constant cancels
        mixture.means.copy_(torch.from_numpy(means))
        mixture.log_variances.copy_(torch.from_numpy(np.log(variances)))
    expected = GaussianMixture(4, covariance_type="diag")
    expected.weights_, expected.means_, expected.covariances_ = weights, means, variances
    expected.precisions_cholesky_ = 1 / np.sqrt(variances)
    found = mixture.responsibilities(torch.from_numpy(points)).detach().numpy()
    np.testing.assert_allclose(found, expected.predict_proba(points), rtol=1e-10)


@pytest.mark.parametrize("covariances", ["full", "diag"])
def test_noise_and_component_give_the_point_back(covariances: str) -> None:
    points = draw_points()
    mixture = fitted(points)[covariances]
    cluster = mixture.responsibilities(points).argmax(dim=1)
    noise = mixture.noise_of(points, cluster)
    weights = torch.nn.functional.one_hot(cluster, 3).float()
    assert torch.allclose(mixture.locate(noise, weights), points, atol=1e-4)
    for component in range(3):  # the noise of a component's own points is standard
        own = noise[cluster == component]
        assert float(own.detach().mean().abs()) < 0.1
        assert float(own.detach().std()) == pytest.approx(1, abs=0.1)


def test_far_points_keep_finite_probabilities() -> None:
    for mixture in fitted(draw_points()).values():
        found = mixture.responsibilities(torch.tensor([[1e4, -1e4]])).detach()
        assert bool(found.isfinite().all())
        assert float(found.sum()) == pytest.approx(1)


def test_fewer_points_than_components_are_refused_in_a_sentence() -> None:
    with pytest.raises(SettingsError, match="5 components needs as many samples, and there are 3: choose fewer"):
        FittedMixture(5, 2).fit(draw_points()[:3], seed=0)


def test_weights_stay_positive_and_variances_in_range_whatever_a_step_has_done() -> None:
    mixture = LearnedMixture(3, 2)
    with torch.no_grad():
        mixture.logits.copy_(torch.tensor([-30.0, 0.0, 2.0]))
        mixture.log_variances.copy_(torch.tensor([[-50.0, 0.0], [50.0, 1.0], [2.0, 3.0]]))
    mixture.settle()
    assert float(mixture.masses.shares.min()) > 0
    assert mixture.log_variances.tolist() == [[-10, 0], [10, 1], [2, 3]]
    assert float(mixture.masses.shares.sum()) == pytest.approx(1)
