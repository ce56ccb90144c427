"""A run's encoded samples: computed once for each split and stored beside the run."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np

from clustergan_core.data.dataset import Dataset, SplitName
from clustergan_core.files import write_atomically
from clustergan_core.methods import find_method
from clustergan_core.runs.run import Run, Weights
from clustergan_core.scoring.latents import RunLatents, encode_samples, readable_indices


def run_latents(
    run: Run, split: SplitName = "test", which: Weights = "best", dataset: Dataset | None = None
) -> RunLatents:
    """Reads the stored latents, or encodes the split's samples and stores them. DataError where the data is absent.

    A method that is slow to read samples reads only some of them. `dataset` is the run's, if already open.
    """
    file_name, digest = latents_file(split, which), weights_digest(run, which)
    stored = _read_latents(run.find_embedding(file_name), digest)
    if stored is not None:
        return stored
    encode_run(run, split, which, dataset or run.dataset())
    # Read back, so that the first visit sees the same rounded values as every later one, and finds the same maps.
    latents = _read_latents(run.embeddings_folder() / file_name, digest)
    assert latents is not None
    return latents


def encode_run(run: Run, split: SplitName, which: Weights, dataset: Dataset) -> RunLatents:
    """Encodes the split's samples, stores the latents, and returns them before they are rounded."""
    indices = readable_indices(find_method(run.config.method), run.config.method_settings(), dataset.indices(split))
    latents = encode_samples(run.load(which), dataset.samples[indices], indices)
    write_latents(run.embeddings_folder() / latents_file(split, which), latents, weights_digest(run, which))
    return latents


def _read_latents(path: Path | None, weights_digest: str) -> RunLatents | None:
    """Latents stored for the weights with that digest; None for other weights and for unreadable files."""
    if path is None:
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            if stored["weights"].item() != weights_digest:
                return None
            return RunLatents(
                stored["indices"].astype(np.int64),
                stored["normal"].astype(np.float32),
                stored["code"].astype(np.float32),
                stored["clusters"].astype(np.int64),
                stored["confidence"].astype(np.float32),
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        # Derived and safe to delete: a corrupt file is computed again, like a missing one.
        return None


def write_latents(path: Path, latents: RunLatents, weights_digest: str) -> None:
    """Stores latents for the weights with that digest, in half precision, which maps and k-means do not notice."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        weights=np.array(weights_digest),
        indices=latents.indices.astype(np.uint32),
        normal=latents.normal.astype(np.float16),
        code=latents.code.astype(np.float16),
        clusters=latents.clusters.astype(np.uint16),
        confidence=latents.confidence.astype(np.float16),
    )
    write_atomically(path, buffer.getvalue())


def latents_file(split: SplitName, which: Weights) -> str:
    """The file name of a split's latents."""
    return f"latents-{split}-{which}.npz"


def weights_digest(run: Run, which: Weights) -> str:
    """SHA-256 over the run's weight files, for which derived files are valid."""
    digest = hashlib.sha256()
    for path in sorted(run.folder.glob(f"weights-{which}*.safetensors")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]
