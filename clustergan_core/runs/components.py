"""Principal components of a run's data, as they are before any training: computed once and stored beside the run."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clustergan_core.files import write_atomically
from clustergan_core.runs.run import Run

FILE = "components.npz"


def run_components(run: Run) -> NDArray[np.float32]:
    """(N, D) the first 50 components of all samples of the run's data. Raises DataError where it is absent.

    They are stored, since their last bits differ between processes, and a map is found by the bits of what it shows.
    """
    from clustergan_core.evaluation.neighbours import project

    stored = _read(run.find_embedding(FILE), run.config.dataset.digest)
    if stored is not None:
        return stored
    samples = run.dataset().samples
    components, buffer = project(samples.reshape(len(samples), -1)), io.BytesIO()
    np.savez(buffer, digest=np.array(run.config.dataset.digest), components=components)
    write_atomically(run.embeddings_folder() / FILE, buffer.getvalue())
    return components


def _read(path: Path | None, digest: str) -> NDArray[np.float32] | None:
    """The components stored for the data with that digest; None for other data and for unreadable files."""
    if path is None:
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            return stored["components"] if stored["digest"].item() == digest else None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        # Derived and safe to delete: a corrupt file is computed again, like a missing one.
        return None
