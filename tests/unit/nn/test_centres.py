"""Centres against scikit-learn, and how sure they are."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

from clustergan_core.nn.centres import Centres


def three_groups() -> torch.Tensor:
    random = np.random.default_rng(0)
    return torch.from_numpy(np.concatenate([random.normal(mean, 0.5, (50, 2)) for mean in (0, 2, 5)])).float()


def test_samples_belong_to_the_clusters_of_scikit_learn() -> None:
    features = three_groups()
    centres = Centres(3, 2)
    centres.fit(features)
    found, _ = centres.assign(features)
    expected = KMeans(3, n_init=10, random_state=0).fit(features.double().numpy())
    assert np.allclose(centres.values.numpy(), expected.cluster_centers_, atol=1e-5)
    assert np.array_equal(found.numpy(), expected.labels_)


def test_confidence_is_the_posterior_of_round_gaussians() -> None:
    features = three_groups()
    centres = Centres(3, 2)
    centres.fit(features)
    mixture = GaussianMixture(3, covariance_type="spherical")
    mixture.weights_, mixture.means_ = np.full(3, 1 / 3), centres.values.double().numpy()
    mixture.covariances_ = np.full(3, float(centres.variance))
    mixture.precisions_cholesky_ = 1 / np.sqrt(mixture.covariances_)
    _, confidence = centres.assign(features)
    assert np.allclose(confidence.numpy(), mixture.predict_proba(features.double().numpy()).max(axis=1), atol=1e-4)


def test_fewer_distinct_samples_than_centres_leave_clusters_empty() -> None:
    features = torch.tensor([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    centres = Centres(4, 2)
    centres.fit(features)
    clusters, confidence = centres.assign(features)
    assert clusters[0] == clusters[1] != clusters[2]
    assert bool(confidence.isfinite().all())
