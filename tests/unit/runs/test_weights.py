"""Weights and checkpoints on disk."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from clustergan_core.errors import RunError
from clustergan_core.methods import build_method, parse_settings
from clustergan_core.runs.weights import (
    load_weights,
    read_checkpoint,
    read_tensors,
    write_checkpoint,
    write_shipped_weights,
    write_tensors,
)
from clustergan_core.training import Checkpoint
from tests.small_runs import new_run, small_config


def _checkpoint(weights: dict[str, Tensor]) -> Checkpoint:
    optimizers = {"critic.0.exp_avg": torch.tensor([1e-30, 3.0]), "critic.0.step": torch.tensor(5.0)}
    return Checkpoint(40, 12.5, {"step": 30.0, "value": 0.25}, weights, optimizers, {"train": "AAEC"})


def test_a_checkpoint_survives_the_disk_bit_for_bit(tmp_path: Path) -> None:
    written = _checkpoint({"generator.0.weight": torch.randn(3, 4).t(), "norm.count": torch.tensor(9)})
    write_checkpoint(tmp_path, written)
    read = read_checkpoint(tmp_path)

    assert (read.step, read.seconds, read.best, read.random) == (40, 12.5, written.best, written.random)
    for before, after in ((written.weights, read.weights), (written.optimizers, read.optimizers)):
        assert set(before) == set(after)
        assert all(torch.equal(before[name], after[name]) for name in before)


def test_no_checkpoint_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no checkpoint to continue from"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x08\x00\x00\x00\x00\x00\x00\x00{}", b"not safetensors at all"])
def test_a_damaged_file_is_told_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights-best.safetensors"
    path.write_bytes(content)

    with pytest.raises(RunError, match="cannot be read"):
        read_tensors(path)


def test_a_checkpoint_without_its_notes_is_told_in_one_sentence(tmp_path: Path) -> None:
    write_tensors(tmp_path / "resume.safetensors", {"weights/a": torch.zeros(1)})

    with pytest.raises(RunError, match="cannot be read"):
        read_checkpoint(tmp_path)


def test_weights_of_another_shape_are_told_in_one_sentence(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    write_tensors(run.folder / "weights-best.safetensors", {"generator.0.weight": torch.zeros(2, 2)})

    with pytest.raises(RunError, match="do not fit"):
        run.load()


def test_a_run_without_weights_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="has no best weights yet"):
        new_run(tmp_path / "run").load()


def test_shipped_weights_generate_what_the_whole_ones_do(tmp_path: Path) -> None:
    config = small_config("synthetic")
    shape, cpu = config.dataset.shape, torch.device("cpu")
    method, again = (build_method("clustergan", config.method_settings(), "table", shape, seed, cpu) for seed in (0, 1))
    write_shipped_weights(method, tmp_path)
    load_weights(again, tmp_path, "best")

    draws = method.prior.sample(16, torch.Generator().manual_seed(0), cpu)
    with torch.inference_mode():
        assert torch.allclose(method.generate(draws), again.generate(draws), atol=2e-3)  # half precision


def test_shipped_weights_hold_learned_masses(tmp_path: Path) -> None:
    config = small_config("synthetic")
    settings = parse_settings("paired-clustergan", {"n_clusters": 4, "masses": "learned", "width": 0.1})
    method, again = (
        build_method("paired-clustergan", settings, "table", config.dataset.shape, 0, torch.device("cpu")) for _ in "ab"
    )
    assert method.mode_weights is not None and again.mode_weights is not None
    method.mode_weights.shares.copy_(torch.tensor([0.5, 0.25, 0.125, 0.125]))  # exact in half precision
    write_shipped_weights(method, tmp_path)
    load_weights(again, tmp_path, "best")
    assert torch.equal(again.mode_weights.shares, method.mode_weights.shares)
