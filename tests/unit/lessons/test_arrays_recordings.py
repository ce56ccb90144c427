"""Recordings of the two loops: repeatable, readable, and what NumPy computes from the networks' own outputs."""

from pathlib import Path

import numpy as np
import pytest

from clustergan_core.data.opening import open_dataset
from clustergan_core.errors import DataError
from clustergan_core.lessons.arrays import pack_arrays, read_arrays
from clustergan_core.lessons.cycle import N_PAIRS, is_frame, record_cycle
from clustergan_core.lessons.measures import z_distances
from clustergan_core.lessons.recording import Setup

SETTINGS = {"n_clusters": 10, "n_normal": 4, "batch_size": 8, "n_critic_steps": 1, "critic_norm": "none"}
SETUP = Setup(dataset="digits", method="clustergan", n_steps=100, seed=3, settings=SETTINGS)


def test_a_recording_of_the_loops_is_repeatable_and_is_read_as_it_was_written(tmp_path: Path) -> None:
    content = pack_arrays(record_cycle(SETUP, "cycle/test", ["record"]))
    assert pack_arrays(record_cycle(SETUP, "cycle/test", ["record"])) == content
    path = tmp_path / "test.npz"
    path.write_bytes(content)
    stored = read_arrays(path)
    assert stored.header.setup.seed == 3
    arrays = stored.arrays
    assert arrays["steps"].tolist() == [0, 100]
    assert arrays["x_back"].shape == (2, N_PAIRS, 1, 8, 8)
    test_digits = open_dataset("digits").samples[open_dataset("digits").splits.test]
    assert np.array_equal(arrays["x"], np.rint(test_digits[:N_PAIRS] * 255).astype(np.uint8))
    # z holds a unit vector behind its noise, and what comes back probabilities.
    assert np.allclose(arrays["z"][:, 4:].sum(axis=1), 1)
    assert np.allclose(arrays["z_back"][:, :, 4:].astype(float).sum(axis=2), 1, atol=5e-3)
    parts = arrays["normal_distance"] * 4 + arrays["cluster_distance"] * 10
    assert np.allclose(z_distances(stored), parts / 14)


def test_frames_are_closer_at_the_beginning_of_a_training() -> None:
    assert [step for step in range(50, 601, 50) if is_frame(step, 2000)] == [50, 100, 150, 200, 300, 400, 500, 600]
    assert is_frame(275, 275)


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_a_file_that_is_no_recording_is_named_with_the_remedy(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "both-1.npz"
    if content is None:
        np.savez(path, steps=np.arange(3))  # arrays without a header
    else:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"both-1\.npz cannot be read .* record it again"):
        read_arrays(path)


def test_a_missing_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"both-1\.npz cannot be read \(No such file"):
        read_arrays(tmp_path / "both-1.npz")
