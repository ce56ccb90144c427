"""The estimators keep scikit-learn's rules, and give the clusters of a run for the same data, settings and seed."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits, make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_clustering, parametrize_with_checks

from clustergan_core.data.opening import open_dataset
from clustergan_core.errors import DataError, SettingsError
from clustergan_core.library.estimators import ESTIMATORS, ClusterGAN, GanClusterer, PairedClusterGAN
from clustergan_core.runs.configure import make_config
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.store import create_run
from clustergan_core.runs.worker import execute
from clustergan_core.training import Progress

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]  # fits some hundred times

SMALL: dict[str, dict[str, Any]] = {
    "clustergan": {"width": 0.1, "n_normal": 2, "batch_size": 16, "n_critic_steps": 1, "learning_rate": 3e-3},
    "paired-clustergan": {"width": 0.1, "n_normal": 2, "batch_size": 16, "pair_batch_size": 32, "n_starts": 1},
}
ONE_CLUSTER = "it sets n_clusters to 1, and the prior of a ClusterGAN has two modes at least"
EXPECTED = {
    "check_dont_overwrite_parameters": ONE_CLUSTER,
    "check_fit2d_1feature": ONE_CLUSTER,
    "check_fit2d_predict1d": ONE_CLUSTER,
    "check_methods_subset_invariance": ONE_CLUSTER,
    "check_clustering": "four steps find no clusters; with enough of them it is run below",
}


def small(method: str, n_steps: int = 4, n_clusters: int = 3, **words: Any) -> GanClusterer:
    """An estimator that is trained in a tenth of a second."""
    return ESTIMATORS[method](n_clusters, n_steps=n_steps, settings=SMALL[method], **words)


@parametrize_with_checks([small(method) for method in ESTIMATORS], expected_failed_checks=lambda _: EXPECTED)
def test_the_estimators_pass_the_checks_of_scikit_learn(estimator: GanClusterer, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("method", list(ESTIMATORS))
def test_blobs_are_found_as_scikit_learn_asks_of_a_clusterer(method: str) -> None:
    check_clustering(method, small(method, n_steps=150))


@pytest.mark.parametrize("method", list(ESTIMATORS))
def test_what_is_made_of_a_sample_does_not_depend_on_the_others(method: str) -> None:
    X = np.random.default_rng(0).normal(size=(20, 3))  # noqa: N806
    model = small(method, n_clusters=2, random_state=0).fit(X)
    alone = np.concatenate([model.transform(row[None]) for row in X])
    np.testing.assert_allclose(alone, model.transform(X), atol=1e-6)
    assert [model.predict(row[None]).item() for row in X] == model.labels_.tolist()
    with pytest.raises(ValueError, match="Reshape your data"):
        model.predict(X[0])


@pytest.mark.parametrize("method", list(ESTIMATORS))
@pytest.mark.parametrize("values", ["bytes", "decimals", "images"])
def test_the_clusters_are_those_of_a_run_on_the_same_array(method: str, values: str, tmp_path: Path) -> None:
    digits = load_digits().data[:150]
    X = {  # noqa: N806
        "bytes": (digits * 15).astype(np.uint8),
        "decimals": digits - 3.5,
        "images": digits.reshape(-1, 8, 8) / 16,
    }[values]
    np.savez(tmp_path / "own.npz", x=X)
    path = str(tmp_path / "own.npz")
    config = make_config(
        open_dataset(path), path, method=method, settings=SMALL[method] | {"n_clusters": 4}, n_steps=30, seed=3
    )
    run = create_run(config, tmp_path / "run")
    execute(run)
    of_run = run_latents(run, "all")

    model = small(method, n_steps=30, n_clusters=4, random_state=3).fit(X)
    assert model.labels_.tolist() == of_run.clusters.tolist()
    assert len(set(model.labels_.tolist())) > 1
    np.testing.assert_allclose(model.transform(X)[:, :2], of_run.normal, atol=2e-3)  # kept in half precision
    assert model.config_.dataset.digest == config.dataset.digest
    assert model.predict(path).tolist() == model.labels_.tolist()


def test_another_seed_gives_other_latents_and_the_same_seed_the_same() -> None:
    X, _ = make_blobs(40, random_state=0)  # noqa: N806
    first, again, other = (small("clustergan", random_state=seed).fit_transform(X) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    drawn = [small("clustergan", random_state=np.random.RandomState(5)).fit(X).config_.seed for _ in range(2)]
    assert drawn[0] == drawn[1] != 0


def test_an_estimator_survives_clone_and_pickle() -> None:
    X, _ = make_blobs(40, random_state=0)  # noqa: N806
    model = small("paired-clustergan", random_state=0).fit(X)
    back = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(back.transform(X), model.transform(X))
    copy = clone(model)
    assert copy.get_params() == model.get_params() and not hasattr(copy, "labels_")


def test_a_pipeline_of_a_data_frame_clusters_by_names() -> None:
    X, y = make_blobs(120, n_features=3, random_state=1)  # noqa: N806
    frame = pd.DataFrame(X, columns=["height", "width", "depth"])
    pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), small("paired-clustergan", 150))
    pipeline.set_params(pairedclustergan__random_state=0)
    assert adjusted_rand_score(y, pipeline.fit_predict(frame)) > 0.9
    model = pipeline[-1]
    assert model.config_.dataset.feature_names == ("height", "width", "depth")
    assert model.get_feature_names_out().tolist() == [f"pairedclustergan{number}" for number in range(5)]
    with pytest.raises(ValueError, match="feature names should match"):
        pipeline.predict(frame[["width", "height", "depth"]])


def test_generated_samples_have_the_units_and_the_cluster_that_was_asked_for() -> None:
    X, y = make_blobs(150, centers=[[100, 0], [200, 0], [300, 5]], random_state=1)  # noqa: N806
    settings = SMALL["paired-clustergan"] | {"width": 0.5, "warm_up_share": 0.3}
    model = PairedClusterGAN(3, n_steps=500, settings=settings, random_state=0).fit(X)
    assert adjusted_rand_score(y, model.labels_) > 0.9
    samples, clusters = model.sample(40, random_state=1)
    assert samples.shape == (40, 2) and set(clusters.tolist()) == {0, 1, 2}
    centres = np.array([np.median(X[model.labels_ == cluster, 0]) for cluster in range(3)])
    for cluster in range(3):
        of_one, ones = model.sample(20, cluster=cluster)
        assert set(ones.tolist()) == {cluster}
        assert np.argmin(np.abs(centres - np.median(of_one[:, 0]))) == cluster
        np.testing.assert_array_equal(of_one, model.sample(20, cluster=cluster)[0])
    # What is generated of a sample's own latents lies nearest to its own cluster.
    back = model.inverse_transform(model.transform(X))[:, :1]
    assert np.mean(np.argmin(np.abs(back - centres), axis=1) == model.labels_) > 0.9
    with pytest.raises(ValueError, match="There is no cluster 3: choose one of 0 to 2"):
        model.sample(2, cluster=3)
    with pytest.raises(ValueError, match="have 2 dimensions, but the model has 5"):
        model.inverse_transform(X)


def test_images_come_back_as_images_in_their_own_range() -> None:
    images = (load_digits().images[:60] * 15).astype(np.uint8)  # (60, 8, 8)
    model = small("clustergan", 10, random_state=0).fit(images)
    assert model.n_features_in_ == 64
    samples, _ = model.sample(5)
    assert samples.shape == (5, 1, 8, 8)
    assert samples.min() >= 0 and 1 < samples.max() <= 255
    with pytest.raises(DataError, match="the run was trained on 8×8: resize them"):
        model.predict(np.zeros((2, 12, 12), dtype=np.uint8))
    with pytest.raises(DataError, match="provide images with the same number of channels"):
        model.predict(np.zeros((2, 64)))


def test_new_samples_are_scaled_by_the_numbers_of_the_training_data() -> None:
    X, _ = make_blobs(60, random_state=0)  # noqa: N806
    model = small("clustergan", random_state=0).fit(X)
    np.testing.assert_array_equal(model.transform(X[:7]), model.transform(X)[:7])
    with pytest.raises(DataError, match="was scaled by its own values"):
        model.predict(open_dataset(X[:7]))
    with pytest.raises(DataError, match=r"have shape \(1, 8, 8\), but the model was trained on \(2,\)"):
        model.predict(open_dataset("digits"))


def test_progress_is_heard_of_and_a_wrong_setting_is_told_in_one_sentence() -> None:
    X, _ = make_blobs(40, random_state=0)  # noqa: N806
    heard: list[Progress] = []
    ClusterGAN(3, n_steps=20, settings=SMALL["clustergan"], random_state=0, on_progress=heard.append).fit(X)
    assert [progress.step for progress in heard] == list(range(1, 21))
    assert heard[-1].scores is not None
    with pytest.raises(SettingsError, match="clustergan has no setting named widht"):
        ClusterGAN(3, settings={"widht": 1}).fit(X)
    with pytest.raises(SettingsError, match="paired-clustergan has no preset named paper"):
        PairedClusterGAN(3, preset="paper").fit(X)
