"""What a card shows: made from the best weights once, kept with them, and shipped with every model."""

from pathlib import Path

import numpy as np
import pytest

from clustergan_core.errors import StorageError
from clustergan_core.generation import generate_grid
from clustergan_core.method import Method
from clustergan_core.runs import gallery
from clustergan_core.runs.gallery import cells_on_map, mode_samples
from clustergan_core.runs.run import Run
from clustergan_core.runs.store import list_shipped
from clustergan_core.runs.worker import execute
from tests.small_runs import new_run, small_config


def never() -> Method:
    pytest.fail("what is kept was made again")


def test_mode_samples_are_those_of_the_model_to_the_byte_and_are_kept(run: Run) -> None:
    samples = mode_samples(run, run.load)
    drawn = generate_grid(run.load(), 2)[:10]
    assert np.array_equal(np.rint(samples * 255), np.rint(drawn * 255))
    assert np.array_equal(mode_samples(run, never), samples)


def test_a_generator_without_modes_shows_draws_from_its_prior(own_folders: Path) -> None:
    run = new_run(own_folders / "runs" / "cloud", small_config(method="wgan-gp", n_steps=2, prior="normal"))
    execute(run)
    samples = mode_samples(run, run.load)
    assert samples.shape == (10, 2, 1, 8, 8)
    assert len(np.unique(samples.reshape(20, -1), axis=0)) == 20


def test_other_weights_are_other_samples(run: Run) -> None:
    samples = mode_samples(run, run.load)
    (run.folder / "weights-best.safetensors").write_bytes((run.folder / "weights-last.safetensors").read_bytes() + b" ")
    with pytest.raises(pytest.fail.Exception, match="made again"):
        mode_samples(run, never)
    assert samples.shape == (10, 2, 1, 8, 8)


def test_a_damaged_file_is_made_anew(run: Run) -> None:
    samples = mode_samples(run, run.load)
    (run.embeddings_folder() / gallery.FILE).write_bytes(b"no archive")
    assert np.array_equal(mode_samples(run, run.load), samples)


def test_a_full_disk_shows_the_card_all_the_same(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, content: bytes) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(gallery, "write_atomically", refuse)
    assert mode_samples(run, run.load).shape == (10, 2, 1, 8, 8)


@pytest.mark.parametrize("shipped", list_shipped(), ids=lambda run: run.name)
def test_a_shipped_model_brings_what_its_card_shows(shipped: Run, own_folders: Path) -> None:
    record = shipped.config.dataset
    if record.kind == "expression":
        coordinates, clusters = cells_on_map(shipped, never)
        assert coordinates.shape == (len(clusters), 2)
        assert set(clusters.tolist()) <= set(range(shipped.config.n_clusters))
    else:
        n_modes = min(10, shipped.config.n_clusters)  # or ten draws, without modes
        assert mode_samples(shipped, never).shape == (n_modes, 2, *record.shape)
