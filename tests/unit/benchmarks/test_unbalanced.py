"""The unbalanced sets: class sizes, genes, and files that the program opens as it would anyone's."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from benchmarks import unbalanced
from benchmarks.unbalanced import N_GENES, N_LARGEST, prepare, scale_counts, thin_out
from clustergan_core.data.opening import open_dataset


def test_classes_fall_geometrically_to_a_tenth_and_always_to_the_same_samples() -> None:
    labels = np.repeat(np.arange(10), N_LARGEST)[::-1]
    kept = thin_out(labels, N_LARGEST)
    assert np.bincount(labels[kept]).tolist() == [round(N_LARGEST * 10 ** (-label / 9)) for label in range(10)]
    assert np.all(np.diff(kept) > 0)
    assert np.array_equal(kept, thin_out(labels, N_LARGEST))


def test_thinned_mnist_is_a_file_of_images_with_their_labels(
    data_folder: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unbalanced, "N_LARGEST", 100)
    path = prepare("mnist-10to1")
    assert path is not None
    assert path.is_relative_to(own_folders)
    data = open_dataset(str(path))
    assert (data.kind, data.shape, data.n_labels) == ("image", (1, 28, 28), 10)
    assert data.labels is not None
    assert np.bincount(data.labels).tolist() == [100, 77, 60, 46, 36, 28, 22, 17, 13, 10]
    assert data.samples.max() == 1


def test_cells_keep_the_genes_of_highest_variance_as_logarithms_up_to_one() -> None:
    counts = np.zeros((4, N_GENES + 2))
    counts[0] = 3
    counts[0, 5], counts[0, 7] = 0, 15  # the first varies least, and of those that vary alike the last goes
    scaled = scale_counts(counts)
    assert scaled.shape == (4, N_GENES)
    assert scaled[0].tolist() == pytest.approx([0.5] * 6 + [1] + [0.5] * (N_GENES - 7))
    assert not scaled[1:].any()


def test_counts_of_cells_become_a_table_with_their_types(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERGAN_DATA", str(own_folders))
    (own_folders / "cbmc_cite").mkdir()
    with h5py.File(own_folders / "cbmc_cite" / unbalanced.COUNTS["cbmc_cite"], "w") as file:
        file["X"] = np.random.default_rng(0).poisson(3, (40, 30)).astype(np.float32)
        file["Y"] = np.repeat([1.0, 2, 3, 4], [20, 10, 6, 4])
    path = prepare("cbmc_cite")
    assert path is not None
    data = open_dataset(str(path))
    assert (data.kind, data.shape, data.n_labels, data.splits.is_shared) == ("table", (30,), 4, True)
    assert (data.samples.min(), data.samples.max()) == (0, 1)
    assert data.label_names == ("1", "2", "3", "4")
