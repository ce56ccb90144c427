"""What VaDE, DEC, DCN and the two baselines owe beyond the contract: blobs are found, phases move what they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from clustergan_core.data.dataset import Dataset, split_samples
from clustergan_core.method import Batch, Method
from clustergan_core.methods import METHODS, build_method
from tests.methods.small_blobs import CPU, accuracy_on_test, separated_blobs, train_on

pytestmark = pytest.mark.usefixtures("one_thread")

LENGTHS: dict[str, tuple[int, dict[str, Any]]] = {
    "pca-gmm": (1, {"n_normal": 5}),
    "vae-gmm": (150, {"n_normal": 4, "batch_size": 64, "width": 0.25}),
    "vade": (200, {"n_normal": 4, "batch_size": 64, "width": 0.1, "learning_rate": 3e-3}),
    "dec": (200, {"n_normal": 4, "batch_size": 64, "width": 0.1, "learning_rate": 3e-3, "refresh_every": 20}),
    "dcn": (200, {"n_normal": 4, "batch_size": 64, "width": 0.1, "learning_rate": 3e-3}),
}
PHASED = ("vade", "dec", "dcn")


@pytest.mark.parametrize("name", LENGTHS)
def test_well_separated_gaussians_are_told_apart(name: str) -> None:
    dataset = separated_blobs()
    n_steps, settings = LENGTHS[name]
    assert accuracy_on_test(train_on(dataset, name, n_steps, **settings), dataset) >= 0.99


@pytest.mark.parametrize("seed", [0, 1])
def test_vade_keeps_narrow_clusters_beside_wide_ones(seed: int) -> None:
    random = np.random.default_rng(0)
    labels, spreads = np.arange(1200) % 4, np.array([0.002, 0.002, 0.1, 0.1])
    means = random.choice([0.3, 0.7], (4, 12)) + random.uniform(-0.1, 0.1, (4, 12))
    samples = (means[labels] + spreads[labels][:, None] * random.normal(size=(1200, 12))).clip(0, 1).astype(np.float32)
    dataset = Dataset("unequal", "table", samples, split_samples(1200), labels, tuple("abcd"))
    settings = LENGTHS["vade"][1] | {"warm_up_share": 200 / 260}
    assert accuracy_on_test(train_on(dataset, "vade", 260, seed, **settings), dataset) >= 0.98


def started(name: str, **settings: Any) -> tuple[Method, torch.Tensor]:
    """A small method that is ready for its first step, and its samples."""
    chosen = METHODS[name].Settings.model_validate({"n_clusters": 4, "n_normal": 3, "width": 0.05} | settings)
    samples = torch.from_numpy(separated_blobs(20).samples)
    method = build_method(name, chosen, "table", (12,), 0, CPU)
    method.prepare(samples, torch.Generator().manual_seed(1))
    return method, samples


def moved_by(method: Method, samples: torch.Tensor, step: int, n_steps: int) -> set[str]:
    """The tensors of a method that the training of one step changes, after what prepares for it."""
    method.begin_step(step, n_steps)
    before = {name: value.clone() for name, value in method.state_dict().items()}
    method.train_step([Batch(samples, torch.arange(len(samples)))])
    changed = {name for name, value in method.state_dict().items() if not torch.equal(value, before[name])}
    return {name for name in changed if not name.endswith("bias")}


AUTOENCODER = {
    *(f"autoencoder.body.{number}.weight" for number in (1, 3, 5)),
    "autoencoder.head.weight",
    *(f"autoencoder.mirror.{number}.weight" for number in (0, 2, 4, 6)),
}
ENCODER = {name for name in AUTOENCODER if "mirror" not in name}
SECOND_PHASE: dict[str, set[str]] = {
    "vade": AUTOENCODER
    | {"log_variance_head.weight", "mixture.logits", "mixture.means", "mixture.log_variances", "mixture.masses.shares"},
    "dec": ENCODER | {"clusters.centres"},
    "dcn": AUTOENCODER | {"clusters.centres", "clusters.counts"},
}


@pytest.mark.parametrize("name", PHASED)
def test_each_phase_moves_its_own_parameters_alone(name: str) -> None:
    method, samples = started(name, warm_up_share=0.5, learning_rate=1e-2)
    for step in range(1, 11):
        assert moved_by(method, samples, step, 20) == AUTOENCODER
    for step in (11, 12):
        assert moved_by(method, samples, step, 20) == SECOND_PHASE[name]


def test_idec_moves_its_decoder_too_and_decodes() -> None:
    method, samples = started("dec", warm_up_share=0.5, reconstruction_weight=10.0)
    moved_by(method, samples, 1, 2)
    assert moved_by(method, samples, 2, 2) == AUTOENCODER | {"clusters.centres"}
    decoded = method.decode(method.encode(samples))
    assert decoded is not None and decoded.shape == samples.shape
    dec, _ = started("dec")
    assert dec.decode(dec.encode(samples)) is None


@pytest.mark.parametrize("name", ["pca-gmm", "vae-gmm", "vade"])
def test_a_mode_generates_what_is_assigned_to_it(name: str) -> None:
    n_steps, settings = LENGTHS[name]
    method = train_on(separated_blobs(), name, n_steps, **settings)
    modes = torch.arange(4).repeat_interleave(50)
    latent = method.prior.sample(200, torch.Generator().manual_seed(0), CPU, modes)
    with torch.no_grad():
        generated = method.generate(latent)
        decoded = method.decode(method.encode(generated))
    clusters, _ = method.assign_all(generated)
    assert float((clusters == modes).float().mean()) > 0.95
    assert method.mode_weights is not None
    assert method.mode_weights.shares.numpy() == pytest.approx([0.25] * 4, abs=0.05)
    assert decoded is not None
    assert float((decoded - generated).square().mean()) < 2e-3


@pytest.mark.parametrize("name", ["dec", "dcn"])
def test_one_without_a_generator_says_so(name: str) -> None:
    method, _ = started(name)
    assert method.lacks("encoder") == ""
    for ability in ("generator", "modes"):
        assert "has no generator" in method.lacks(ability)
