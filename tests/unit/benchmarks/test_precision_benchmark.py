"""The benchmark of precision trains ClusterGAN at either one."""

import pytest

from benchmarks.precision import train_once
from clustergan_core.data.registry import load_dataset


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_short_training_gives_scores(precision: str) -> None:
    row = train_once(load_dataset("synthetic"), "synthetic", seed=0, n_steps=2, settings={"precision": precision})
    assert 0 < float(row["purity"]) <= 1
