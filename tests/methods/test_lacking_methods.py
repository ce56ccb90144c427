"""Methods without a generator, modes or an encoder: trained, scored and carded, with a sentence on what they lack."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from clustergan_core.data.published.synthetic import load_synthetic
from clustergan_core.errors import RunError
from clustergan_core.generation import generate_modes
from clustergan_core.methods import METHODS
from clustergan_core.nn.prior import Prior
from clustergan_core.runs.assignments import run_table
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.estimate import estimate_run
from clustergan_core.runs.latents import run_latents
from clustergan_core.runs.run import Run
from clustergan_core.runs.samples import grid_steps
from clustergan_core.runs.scores import read_label_free
from clustergan_core.runs.worker import execute
from tests.methods.lacking_methods import LACKING, InvertedWGAN, NoiseWGAN, PCAKMeans
from tests.small_runs import new_run, small_config

AGREEMENT = ("purity", "accuracy", "nmi", "ari")


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, method in LACKING.items():
        monkeypatch.setitem(METHODS, name, method)


def config_of(method: str) -> RunConfig:
    return small_config("synthetic", n_steps=10, evaluate_every=5, method=method)


def finished(folder: Path, method: str) -> Run:
    run = new_run(folder / method, config_of(method))
    execute(run)
    return run


def scores_of(run: Run) -> dict[str, Any]:
    return json.loads((run.folder / "scores.json").read_text())


def test_one_without_a_generator_clusters_decodes_and_says_that_it_draws_nothing(tmp_path: Path) -> None:
    run = finished(tmp_path, PCAKMeans.name)
    scores, card = scores_of(run), (run.folder / "card.md").read_text()
    assert all(scores[name] > 0.5 for name in AGREEMENT)
    assert scores["sample_cycle"] < 0.01
    assert "latent_cycle" not in scores
    assert scores["frechet"] is scores["mode_accuracy"] is None
    assert set(scores["missing"]) == {"generator", "modes"}
    assert "PCA + k-means has no generator" in card
    assert "4 clusters" in card and "4 modes" not in card
    label_free = read_label_free(run)
    assert label_free is not None and label_free.frechet is None and label_free.n_used == 4
    assert grid_steps(run.folder) == []
    assert {"cluster", "confidence"} <= set(run_table(run, "test").columns)
    with pytest.raises(RunError, match="no generator"):
        generate_modes(run.load(), 2)


def test_one_without_modes_or_encoder_is_scored_by_its_samples_alone(tmp_path: Path) -> None:
    run = finished(tmp_path, NoiseWGAN.name)
    scores, card = scores_of(run), (run.folder / "card.md").read_text()
    assert all(scores[name] is None for name in (*AGREEMENT, "silhouette", "usage"))
    assert scores["frechet"]["value"] > 0
    assert scores["coverage"] is not None and scores["mode_variance"] is None
    assert set(scores["missing"]) == {"encoder", "modes"}
    assert "WGAN has no encoder" in card and "prior without modes" in card
    assert "those of the last evaluation" in card
    assert read_label_free(run) is None
    assert run.metrics().rows[-1].get("scores", {}).keys() == {"frechet", "coverage"}
    with pytest.raises(RunError, match="no encoder"):
        run_table(run, "test")
    with pytest.raises(RunError, match="without modes"):
        generate_modes(run.load(), 2)


def test_the_weights_of_one_without_clusters_are_those_of_its_end(tmp_path: Path) -> None:
    run = finished(tmp_path, NoiseWGAN.name)
    best, last = run.load("best").state_dict(), run.load("last").state_dict()
    assert all(torch.equal(value, last[name]) for name, value in best.items())


def test_one_that_optimises_latents_is_read_at_its_end_on_the_samples_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(METHODS, InvertedWGAN.name, InvertedWGAN)
    run = finished(tmp_path, InvertedWGAN.name)
    scores, label_free = scores_of(run), read_label_free(run)
    assert label_free is not None
    assert all("criterion" not in row.get("scores", {}) for row in run.metrics().rows)
    assert (scores["n"], scores["n_in_split"], label_free.n) == (60, len(load_synthetic().splits.test), 60)
    assert scores["purity"] > 0
    assert "60 samples drawn from its" in (run.folder / "card.md").read_text()
    latents = run_latents(run)
    assert len(latents.indices) == len(set(latents.indices)) == 60
    assert set(latents.indices) <= set(load_synthetic().splits.test)
    assert not np.array_equal(latents.normal, np.zeros_like(latents.normal))


@pytest.mark.parametrize("method", LACKING)
def test_its_time_is_estimated(method: str) -> None:
    assert estimate_run(config_of(method), load_synthetic()).seconds_per_step > 0


def test_noise_may_be_uniform_and_a_prior_without_modes_has_an_empty_code() -> None:
    random, cpu = torch.Generator().manual_seed(0), torch.device("cpu")
    latent = Prior(n_normal=50, n_clusters=0, sigma=0.3, noise="uniform").sample(2_000, random, cpu)
    assert latent.cluster.shape == (2_000, 0)
    assert torch.equal(latent.joined(), latent.normal)
    values = latent.normal.flatten().numpy()
    assert -0.3 <= values.min() < -0.299 < 0.299 < values.max() <= 0.3
    assert np.std(values) == pytest.approx(0.3 / np.sqrt(3), rel=0.01)
