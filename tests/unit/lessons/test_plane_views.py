"""How data of more than two features are drawn, and that dots follow the masses of a prior's modes."""

import numpy as np
import torch
from sklearn.decomposition import PCA

from clustergan_core.data.opening import open_dataset
from clustergan_core.lessons.plane import open_plane
from clustergan_core.lessons.record import record
from clustergan_core.lessons.recording import Setup
from clustergan_core.methods import build_method, parse_settings

SMALL = {"n_clusters": 10, "n_normal": 3, "batch_size": 8, "n_critic_steps": 1, "width": 0.1, "critic_norm": "none"}


def test_data_of_many_features_are_drawn_in_their_principal_components() -> None:
    dataset = open_dataset("gaussians-100d")
    settings = parse_settings("wgan-gp", SMALL | {"architecture": "linear"})
    method = build_method("wgan-gp", settings, dataset.kind, dataset.shape, 0, torch.device("cpu"))
    view = open_plane(method, dataset)
    samples = dataset.samples[dataset.splits.train]
    placed = view.place(samples)
    assert placed.min() > 0
    assert placed.max() < 1
    theirs = PCA(2).fit_transform(samples)
    for axis in range(2):
        ours = placed[:, axis] - placed[:, axis].mean()
        assert abs(np.corrcoef(ours, theirs[:, axis])[0, 1]) > 0.9999
    # One scale for both axes, and the data's mean in the middle.
    spread, their_spread = placed.std(axis=0), theirs.std(axis=0)
    np.testing.assert_allclose(spread[0] / spread[1], their_spread[0] / their_spread[1], rtol=1e-3)
    np.testing.assert_allclose(placed.mean(axis=0), [0.5, 0.5], atol=1e-5)
    frame = view.frame(method)
    assert set(frame) == {"generated"}


def test_dots_have_the_masses_of_their_modes() -> None:
    dataset = open_dataset("moons-80-20")
    settings = parse_settings("nemgan", SMALL | {"n_clusters": 2, "masses": "0.8 0.2"})
    method = build_method("nemgan", settings, dataset.kind, dataset.shape, 0, torch.device("cpu"))
    shares = open_plane(method, dataset).latent.cluster.mean(dim=0)
    assert torch.allclose(shares, torch.tensor([0.8, 0.2]), atol=0.05)


def test_the_last_clusters_are_those_that_the_encoder_reads() -> None:
    setup = Setup(dataset="moons-80-20", method="clustergan", n_steps=3, settings=SMALL | {"n_clusters": 2})
    recording = record(setup, "test", ["record"])
    assert np.array_equal(recording.arrays["clusters"], recording.arrays["real_modes"][-1])
