"""k-means and Leiden of a run's own cells, on the genes the run was given: computed once and stored beside it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clustergan_core.data.dataset import Dataset
from clustergan_core.evaluation.clusterings import (
    LeidenClusters,
    kmeans_cells,
    leiden_at,
    leiden_clusters,
    neighbour_graph,
    principal_components,
)
from clustergan_core.files import write_atomically
from clustergan_core.runs.run import Run

FILE = "reference-clusterings.npz"
VERSION = 1  # raise it when the same cells would be clustered differently


@dataclass(frozen=True)
class ReferenceClusterings:
    """Clusterings of all N cells of a data set, and the components they were computed from."""

    components: NDArray[np.float32]  # (N, D)
    kmeans: NDArray[np.int64]  # (N,) as many clusters as the run has modes
    leiden: LeidenClusters  # at the default resolution
    leiden_at_k: LeidenClusters  # at a resolution that gives as many clusters as the run has modes, or nearly so


def reference_clusterings(run: Run, dataset: Dataset) -> ReferenceClusterings:
    """The clusterings for these cells and this number of modes, from disk or computed (seconds for thousands of cells).

    `dataset` is the run's own, of kind "expression".
    """
    assert dataset.kind == "expression", dataset.kind
    stored = _read(run.find_embedding(FILE), _key(run, dataset))
    if stored is not None:
        return stored
    path = run.embeddings_folder() / FILE
    write_reference_clusterings(run, dataset, path)
    # Read back, so that the first visit sees the same rounded components as every later one.
    clusterings = _read(path, _key(run, dataset))
    assert clusterings is not None
    return clusterings


def write_reference_clusterings(run: Run, dataset: Dataset, path: Path) -> None:
    """Computes them and writes them to `path`."""
    _write(path, _compute(dataset.samples, run.config.n_clusters), _key(run, dataset))


def _key(run: Run, dataset: Dataset) -> str:
    return hashlib.sha256(f"{VERSION} {dataset.digest} {run.config.n_clusters}".encode()).hexdigest()


def _compute(samples: NDArray[np.float32], n_clusters: int) -> ReferenceClusterings:
    components = principal_components(samples)
    graph = neighbour_graph(components)
    return ReferenceClusterings(
        components,
        kmeans_cells(components, n_clusters),
        leiden_clusters(graph),
        leiden_at(graph, n_clusters),
    )


def _write(path: Path, clusterings: ReferenceClusterings, key: str) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        key=np.array(key),
        components=clusterings.components.astype(np.float16),
        kmeans=clusterings.kmeans.astype(np.uint16),
        leiden=clusterings.leiden.clusters.astype(np.uint16),
        leiden_at_k=clusterings.leiden_at_k.clusters.astype(np.uint16),
        resolutions=np.array([clusterings.leiden.resolution, clusterings.leiden_at_k.resolution]),
    )
    write_atomically(path, buffer.getvalue())


def _read(path: Path | None, key: str) -> ReferenceClusterings | None:
    """The clusterings stored under that key; None for another key and for unreadable files."""
    if path is None:
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if stored["key"].item() != key:
                return None
            usual, at_k = stored["resolutions"].tolist()
            return ReferenceClusterings(
                stored["components"].astype(np.float32),
                stored["kmeans"].astype(np.int64),
                LeidenClusters(stored["leiden"].astype(np.int64), usual),
                LeidenClusters(stored["leiden_at_k"].astype(np.int64), at_k),
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        # Derived and safe to delete: a corrupt file is computed again, like a missing one.
        return None
