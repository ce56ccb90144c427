"""Data sets with classes of unequal size for `variants.py`, as user files that `train --dataset FILE` reads.

`mnist-10to1` is MNIST with class sizes that decrease geometrically to a tenth; the two sets of cells are unbalanced by
nature.
"""

from __future__ import annotations

import io
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.published.download import data_folder
from clustergan_core.data.registry import is_available, load_dataset
from clustergan_core.files import write_atomically
from clustergan_core.paths import derived_folder

SMALLEST = 0.1  # of the largest class
N_LARGEST = 6_000  # images of the largest class; each of MNIST's ten classes has as many
SEED = 0  # of the images that are kept
N_GENES = 720
COUNTS = {
    "cbmc_cite": "CITE_CBMC_counts_top2000.h5",
    "mouse_bladder": "mouse_bladder_cell_top2000.h5",
}
UNBALANCED = ("mnist-10to1", *COUNTS)


def prepare(name: str) -> Path | None:
    """Writes the file of a set in UNBALANCED; None if its source is not on this machine."""
    if name in COUNTS:
        source = data_folder() / name / COUNTS[name]
        arrays = read_cells(source) if source.is_file() else None
    else:
        arrays = thin_mnist() if is_available("mnist") else None
    if arrays is None:
        return None
    path = (derived_folder() / "benchmarks" / "data" / f"{name}.npz").resolve()
    content = io.BytesIO()
    np.savez(content, **arrays)  # pyright: ignore[reportArgumentType] - numpy's stub reads ** as its own flag
    write_atomically(path, content.getvalue())
    return path


def thin_mnist() -> dict[str, NDArray[np.generic]]:
    """`images` (N, 1, 28, 28) of the training and test splits together, and their `labels`."""
    mnist = load_dataset("mnist")
    assert mnist.labels is not None
    kept = thin_out(mnist.labels, N_LARGEST)
    return {"images": np.rint(255 * mnist.samples[kept]).astype(np.uint8), "labels": mnist.labels[kept]}


def thin_out(labels: NDArray[np.int64], n_largest: int) -> NDArray[np.int64]:
    """Ascending indices of `n_largest` samples of label 0, fewer of each next label, a tenth as many of the last."""
    random = np.random.default_rng(SEED)
    n_each = np.rint(n_largest * np.geomspace(1, SMALLEST, int(labels.max()) + 1)).astype(int)
    kept = [random.choice(np.flatnonzero(labels == label), n, replace=False) for label, n in enumerate(n_each)]
    return np.sort(np.concatenate(kept))


def read_cells(path: Path) -> dict[str, NDArray[np.generic]]:
    """`x` (cells, genes) and `labels` of an HDF5 file of counts X and cell types Y."""
    with h5py.File(path, "r") as file:
        counts, types = np.asarray(file["X"]), np.asarray(file["Y"])
    return {"x": scale_counts(counts), "labels": types.astype(np.int64)}


def scale_counts(counts: NDArray[np.number]) -> NDArray[np.float32]:
    """Prepares cells as in arXiv 1809.03627: most variable genes, log2(1 + count), divided by the largest entry."""
    variances = counts.var(axis=0, dtype=np.float64)
    genes = np.sort(np.argsort(-variances, kind="stable")[:N_GENES])
    logarithms = np.log2(1 + counts[:, genes].astype(np.float64))
    return (logarithms / logarithms.max()).astype(np.float32)
